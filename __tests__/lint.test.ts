/** The rules that hold the architecture: imports point one way, and nobody imports the provider's barrel. */

import { execFileSync } from "node:child_process";
import { root } from "../scripts/lib/paths";

/**
 * Lints texts as if they stood in files that exist. The architecture's rules need no types, and finding out all
 * types of the repository takes ten times as long: `npm run lint` does that.
 */
const lintAll = `
  import { ESLint } from "eslint";
  import tseslint from "typescript-eslint";
  const eslint = new ESLint({ overrideConfig: [tseslint.configs.disableTypeChecked] });
  const rules = [];
  for (const [file, text] of JSON.parse(process.argv[1])) {
    const [result] = await eslint.lintText(text, { filePath: file });
    rules.push(result.messages.map(({ ruleId }) => ruleId));
  }
  console.log(JSON.stringify(rules));
`;

interface Case {
  readonly what: string;
  readonly file: string;
  readonly text: string;
  readonly rule: string | undefined;
}

const cases: readonly Case[] = [
  {
    what: "the provider's barrel",
    file: "stacks/app.ts",
    text: 'export { dynamodbTable } from "@cdktf/provider-aws";\n',
    rule: "no-restricted-imports",
  },
  {
    what: "cdktf in a table",
    file: "tables/conversations.ts",
    text: 'export { App } from "cdktf";\n',
    rule: "no-restricted-imports",
  },
  {
    what: "an SDK in a table",
    file: "tables/conversations.ts",
    text: 'export { DynamoDBClient } from "@aws-sdk/client-dynamodb";\n',
    rule: "no-restricted-imports",
  },
  {
    what: "a stack in a table",
    file: "tables/conversations.ts",
    text: 'export { stackId } from "../stacks/naming";\n',
    rule: "import-x/no-restricted-paths",
  },
  {
    what: "a script in a stack",
    file: "stacks/app.ts",
    text: 'export { root } from "../scripts/lib/paths";\n',
    rule: "import-x/no-restricted-paths",
  },
  {
    what: "nothing of a sound import",
    file: "stacks/app.ts",
    text: 'export { App } from "cdktf";\n',
    rule: undefined,
  },
];

describe("lint refuses", () => {
  let found: readonly (readonly string[])[];
  beforeAll(() => {
    const texts = JSON.stringify(cases.map(({ file, text }) => [file, text]));
    const args = ["--input-type=module", "-e", lintAll, texts];
    found = JSON.parse(execFileSync(process.execPath, args, { cwd: root, encoding: "utf8" })) as string[][];
  }, 60_000);

  it.each(cases.map((one, index) => ({ ...one, index })))("$what", ({ index, rule }) => {
    expect(found[index]).toEqual(rule === undefined ? [] : [rule]);
  });
});
