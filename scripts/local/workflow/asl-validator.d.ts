/** The package has its types where TypeScript does not look. */
declare module "asl-validator" {
  interface Verdict {
    readonly errors: readonly {
      readonly "Error code": string;
      readonly Message: string;
      readonly schemaError?: { readonly instancePath: string };
    }[];
  }
  function validate(definition: unknown): Verdict;
  export = validate;
}
