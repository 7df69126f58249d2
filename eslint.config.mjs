import prettier from "eslint-config-prettier";
import importX from "eslint-plugin-import-x";
import tseslint from "typescript-eslint";

/** Imports point one way (docs/architecture.md): tables <- stacks, functions, scripts. */
const zones = [
  {
    target: "./tables",
    from: ["./stacks", "./functions", "./scripts"],
    message: "A table is pure data: it knows nobody.",
  },
  {
    target: "./functions",
    from: ["./stacks", "./scripts"],
    message: "A function knows its tables, not how it is deployed.",
  },
  {
    target: "./stacks",
    from: ["./functions", "./scripts"],
    message: "A stack names a function by its entry path.",
  },
];

const barrel = {
  name: "@cdktf/provider-aws",
  message: "Import @cdktf/provider-aws/lib/<resource>: the barrel takes ten seconds and 1.4 GB.",
};

export default tseslint.config(
  { ignores: ["node_modules", "cdktf.out", ".build", ".tools", ".local", "coverage"] },
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked, prettier],
    plugins: { "import-x": importX },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    settings: { "import-x/resolver": { node: { extensions: [".ts", ".js"] } } },
    rules: {
      "import-x/no-restricted-paths": ["error", { zones }],
      "import-x/no-cycle": "error",
      "no-restricted-imports": ["error", { paths: [barrel] }],
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/dot-notation": ["error", { allowIndexSignaturePropertyAccess: true }],
      // An empty variable of the environment counts as unset.
      "@typescript-eslint/prefer-nullish-coalescing": ["error", { ignorePrimitives: { string: true } }],
      // A table without indexes has an empty map of them, so that naming one does not compile.
      "@typescript-eslint/no-generated-empty-object-type": "off",
      "max-lines": ["error", { max: 300, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    // The rules look at definitions that a cast has let through: the types do not hold there.
    files: ["tables/rules/**/*.ts"],
    rules: { "@typescript-eslint/no-unnecessary-condition": "off" },
  },
  {
    files: ["tables/**/*.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        { paths: ["cdktf", "constructs", barrel], patterns: ["@aws-sdk/*", "@cdktf/*"] },
      ],
    },
  },
);
