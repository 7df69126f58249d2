/** A defective table stops synthesis and every script with its own words, not with a stack trace. */

import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../../scripts/lib/paths";
import { run } from "../../scripts/lib/process";
import { cleanVariables } from "../support/scripts";

describe("with a table that has one attribute as both keys", () => {
  let copy: string;
  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), "defective-"));
    for (const part of [
      "main.ts",
      "tables",
      "functions",
      "stacks",
      "scripts",
      "package.json",
      "tsconfig.json",
    ]) {
      cpSync(join(root, part), join(copy, part), { recursive: true });
    }
    symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
    const file = join(copy, "tables/conversations.ts");
    const sound = readFileSync(file, "utf8");
    writeFileSync(file, sound.replace('sortKey: "user_id"', 'sortKey: "conversation_id"'));
  });
  afterAll(() => rmSync(copy, { recursive: true }));

  it.each([
    ["main.ts", [], 1],
    ["scripts/verify.ts", ["--env", "dev"], 2],
    ["scripts/quickstart.ts", [], 2],
    ["scripts/document-tables.ts", [], 2],
    ["scripts/document-alarms.ts", [], 2],
  ])("%s says what is wrong, and how to mend it", async (script, args, expected) => {
    const { code, stdout, stderr } = await run(process.execPath, ["--import", "tsx", script, ...args], {
      cwd: copy,
      env: cleanVariables({ CDKTF_OUTDIR: join(copy, "cdktf.out") }),
    });
    expect(code).toBe(expected);
    expect(stdout).toBe("");
    expect(stderr.trim().split("\n")).toEqual([
      'Table "conversations" is defective:',
      expect.stringContaining(
        'same-partition-and-sort-key: partition key and sort key are two attributes; found "conversation_id"',
      ),
    ]);
  });
});
