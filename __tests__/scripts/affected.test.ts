/** What a change affects, in a throw-away copy of this repository: real commits, real syntheses, the command itself. */

import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { findAffected } from "../../scripts/lib/affected/find-affected";
import { Interrupted } from "../../scripts/lib/errors";
import { root } from "../../scripts/lib/paths";
import { run } from "../../scripts/lib/process";
import { stacksOf } from "../../stacks/naming";
import { cleanVariables } from "../support/scripts";

let copy: string;
beforeAll(async () => {
  copy = mkdtempSync(join(tmpdir(), "affected-"));
  const { stdout } = await git(root, "ls-files", "--cached", "--others", "--exclude-standard", "-z");
  for (const path of stdout
    .split("\0")
    .filter((name) => /^(functions|stacks|tables|scripts|[^/]+$)/.test(name))) {
    mkdirSync(dirname(join(copy, path)), { recursive: true });
    cpSync(join(root, path), join(copy, path));
  }
  // Bundles that fit are not made again.
  if (existsSync(join(root, ".build")))
    cpSync(join(root, ".build"), join(copy, ".build"), { recursive: true });
  await git(copy, "init", "--quiet", "--initial-branch=main");
  await git(copy, "add", "--all");
  await commit("As it is");
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"), "dir");
}, 120_000);
afterAll(() => rmSync(copy, { recursive: true }));

async function git(cwd: string, ...args: readonly string[]) {
  const outcome = await run("git", args, { cwd });
  if (outcome.code !== 0) throw new Error(outcome.stderr);
  return outcome;
}

const commit = (message: string) =>
  git(copy, "-c", "user.name=Test", "-c", "user.email=test@example.com", "commit", "--quiet", "-am", message);

function edit(path: string, from: string, to: string): void {
  const text = readFileSync(join(copy, path), "utf8");
  expect(text).toContain(from);
  writeFileSync(join(copy, path), text.replace(from, to));
}

const affected = (...args: readonly string[]) =>
  run(process.execPath, ["--import", "tsx", "scripts/affected.ts", ...args], {
    cwd: copy,
    env: cleanVariables(),
  });

const everywhere = (...stacks: readonly string[]) =>
  stacks.flatMap((stack) => ["dev", "local", "prod", "staging"].map((env) => `${stack}-${env}`));

it("a change to one system's spec affects that system's stacks alone, in every environment", async () => {
  const spec = "tables/trade-processing-status.ts";
  const [from, to] = ["retentionDays: 90", "retentionDays: 120"];
  edit(spec, from, to);
  edit(spec, 'Component: "AgentCore"', 'Component: "Orchestrator"');
  const { code, stdout, stderr } = await affected("--base", "HEAD");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout.trim().split("\n")).toEqual(everywhere("trade-status-services", "trade-status-tables"));
  edit(spec, to, from);
  edit(spec, 'Component: "Orchestrator"', 'Component: "AgentCore"');
}, 120_000);

it("a change to a shared construct affects what has one, and nothing else", async () => {
  edit("stacks/constructs/http-api.ts", "const defaultRate = 100;", "const defaultRate = 120;");
  const { code, stdout } = await affected("--base", "HEAD", "--env", "prod", "--json");
  const stacks = ["agent-matching", "conversations", "design-analysis", "trade-status"].map(
    (system) => `${system}-services-prod`,
  );
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual({
    schemaVersion: 1,
    outcome: "compared",
    base: expect.stringMatching(/^[0-9a-f]{40}$/) as string,
    environment: "prod",
    stacks,
    changed: stacks,
    added: [],
    removed: [],
  });
  edit("stacks/constructs/http-api.ts", "const defaultRate = 120;", "const defaultRate = 100;");
}, 120_000);

it("against a base that cannot be built, every stack of the environment is affected, and it says why", async () => {
  const main = readFileSync(join(copy, "main.ts"), "utf8");
  writeFileSync(join(copy, "main.ts"), 'throw new Error("An older repository");\n');
  await commit("Broken");
  writeFileSync(join(copy, "main.ts"), main);
  await commit("Mended");
  const { code, stdout, stderr } = await affected("--base", "HEAD^", "--env", "dev");
  expect(code).toBe(0);
  expect(stdout.trim().split("\n")).toHaveLength(stacksOf("dev").length);
  expect(stderr).toMatch(
    /Commit [0-9a-f]{40} cannot be synthesized: .*\n.*all stacks count as affected\.\n/s,
  );
}, 120_000);

it("a question that is interrupted has no answer", async () => {
  const signal = AbortSignal.abort(new Interrupted("SIGINT"));
  const asked = findAffected("HEAD", { variables: cleanVariables(), signal });
  await expect(asked).rejects.toThrow("Interrupted by SIGINT.");
});

it("a base that is not there is no answer: exit 2, and a document", async () => {
  const { code, stdout, stderr } = await affected("--base", "no-such-branch", "--json");
  expect(code).toBe(2);
  expect(stderr).toContain('There is no commit "no-such-branch" in this clone.');
  expect(JSON.parse(stdout)).toMatchObject({ schemaVersion: 1, outcome: "could not tell" });
});
