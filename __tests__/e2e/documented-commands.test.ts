/**
 * Every command of the pages is run: here, against a local AWS, in the order in which it stands; or by
 * whatever the list below names.
 */

import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "../../scripts/lib/paths";
import { run } from "../../scripts/lib/process";
import { startDeployment, type Deployment } from "../support/deployment";
import { commandBlocks, isWalk, pages, readPage } from "../support/documents";

/** Commands that would take too long here, or run this test again. */
const runElsewhere: Readonly<Record<string, string>> = {
  "npm run quickstart": "__tests__/e2e/quickstart.test.ts",
  "npm test": ".ci/run",
  "npx jest __tests__/tables __tests__/stacks": ".ci/run",
  "npx tsc --noEmit": ".ci/run",
  "npm run lint": ".ci/run",
  "npm run bench -- functions --quick": "__tests__/scripts/bench.test.ts",
  // They need the table, in an account: the same is run with --env local.
  "npm run migrate-profiles -- --env prod --from json_storage":
    "__tests__/scripts/migrate-profiles-command.test.ts",
  "npm run migrate-profiles -- --env prod --rollback --to json_storage":
    "__tests__/scripts/migrate-profiles-command.test.ts",
  ...runBy("docs/runbooks/connect-function.md", "__tests__/scripts/connect-function.test.ts"),
  ...runBy("docs/runbooks/populate-brands.md", "__tests__/scripts/populate-brands-command.test.ts"),
  ...runBy("docs/runbooks/export-a-table.md", "__tests__/scripts/export.test.ts"),
};

/** All of a page: its test runs them as they stand there. */
function runBy(page: string, test: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    commandBlocks(page).flatMap(({ commands }) => commands.map((one) => [one, test])),
  );
}

const blocks = pages()
  .flatMap(commandBlocks)
  // A walk through the APIs needs them running: __tests__/e2e/quickstart.test.ts.
  .filter((block) => !isWalk(block))
  .map(({ page, commands }) => ({
    page,
    commands: commands.filter((command) => !(command in runElsewhere)),
  }))
  .filter(({ commands }) => commands.length > 0);

describe("the commands of the pages", () => {
  let deployment: Deployment;
  beforeAll(async () => (deployment = await startDeployment()), 60_000);
  afterAll(() => deployment.stop());

  it.each(blocks)(
    "of $page do what they say: $commands",
    async ({ commands }) => {
      const script = ["set -euo pipefail", ...commands].join("\n");
      const { code, stdout, stderr } = await run("bash", ["-c", script], {
        cwd: root,
        env: { ...deployment.variables, CI: "1" },
      });
      expect({ code, output: code === 0 ? "" : `${stdout}\n${stderr}` }).toEqual({ code: 0, output: "" });
    },
    300_000,
  );

  it("that are run elsewhere stand in the pages, and what runs them is there", () => {
    const documented = pages()
      .flatMap(commandBlocks)
      .flatMap(({ commands }) => commands);
    for (const [command, runner] of Object.entries(runElsewhere)) {
      expect(documented).toContain(command);
      expect(existsSync(join(root, runner))).toBe(true);
    }
  });
});

describe("the links of the pages", () => {
  it.each(pages().map((page) => ({ page })))("of $page lead somewhere", ({ page }) => {
    const targets = [...readPage(page).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(
      ([, target = ""]) => target,
    );
    const missing = targets.filter((target) => !existsSync(join(root, dirname(page), target)));
    expect(missing).toEqual([]);
  });
});
