/** Plans that were reviewed are applied exactly, or not at all. */

import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StackPlan } from "../../scripts/lib/deploy/plan-stack";
import {
  copyReviewed,
  isApplied,
  makeFolder,
  markApplied,
  requireReviewed,
  writeReviewed,
  type Here,
} from "../../scripts/lib/deploy/reviewed-plans";
import { readReviewed } from "../../scripts/lib/deploy/reviewed-record";
import { summarize } from "../../scripts/lib/deploy/summary";
import type { Verdict } from "../../scripts/lib/guard/verdict";
import type { StackId } from "../../stacks/naming";
import { change, plannedStack } from "../support/planned";
import { folderNames } from "../support/processes";

const tables = "trade-status-tables-staging";
const services = "trade-status-services-staging";
const commit = "0123456789abcdef0123456789abcdef01234567";
const here: Here = { environment: "staging", commit, isChanged: false, stacks: undefined };

let parent: string;
let folder: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "reviewed-"));
  folder = join(parent, "plans");
});
afterEach(() => rmSync(parent, { recursive: true }));

const planOf = (
  stack: StackId,
  changes = [change("aws_kms_key.key", "create")],
  refused = false,
): StackPlan => {
  const refusal = {
    rule: "destroys-key",
    subject: "aws_kms_key.key",
    reason: "It goes.",
    wayOut: "Keep it.",
  };
  const verdict: Verdict = { stack, refusals: refused ? [refusal as never] : [], permitted: [] };
  const plan = plannedStack(stack, changes);
  return { kind: "plan", stack, plan, summary: summarize(plan), verdict, notes: [] };
};

/** As Terraform leaves them: the plan, the configuration, a function's zip, and what `init` fetches. */
function write(plans: readonly StackPlan[], isChanged = false): void {
  const synthesized = join(parent, "cdktf.out");
  for (const { stack } of plans) {
    const own = join(synthesized, "stacks", stack);
    mkdirSync(join(own, ".terraform"), { recursive: true });
    mkdirSync(join(own, "assets/read"), { recursive: true });
    for (const file of ["plan.tfplan", "cdk.tf.json", ".terraform/provider", "assets/read/archive.zip"]) {
      writeFileSync(join(own, file), `${stack} ${file}`);
    }
  }
  const runs = { synthesized, binary: "terraform", variables: {}, logs: parent };
  const head = {
    commit,
    isChanged,
    environment: "staging",
    accountId: "111122223333",
    createdAt: "2026-05-03T08:00:00.000Z",
    terraform: "1.11.4",
    target: null,
    allowances: [],
  } as const;
  writeReviewed(folder, runs, plans, { head, markdown: "### Plan\n" });
}

const required = (changes: Partial<Here> = {}) =>
  requireReviewed(folder, readReviewed(folder), { ...here, ...changes }).map(({ stack }) => stack);

it("lie in a folder that only their owner reads, with a record and a summary, without what init fetches", () => {
  write([planOf(tables), planOf(services, [])]);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(statSync(join(folder, tables, "plan.tfplan")).mode & 0o777).toBe(0o600);
  expect([...folderNames(folder)].sort()).toEqual([".gitignore", "plans.json", "summary.md", tables]);
  expect([...folderNames(join(folder, tables))].sort()).toEqual(["assets", "cdk.tf.json", "plan.tfplan"]);
  expect(readReviewed(folder)).toMatchObject({
    schemaVersion: 1,
    commit,
    stacks: [
      { stack: tables, isEmpty: false, changes: { create: 1 }, verdict: { refusals: [] } },
      { stack: services, isEmpty: true, planSha256: null },
    ],
  });
});

it("are applied as they are, all of them or those that are named", () => {
  write([planOf(tables), planOf(services)]);
  expect(required()).toEqual([tables, services]);
  expect(required({ stacks: [services] })).toEqual([services]);
  const synthesized = join(parent, "elsewhere");
  copyReviewed(folder, requireReviewed(folder, readReviewed(folder), here), synthesized);
  const copied = join(synthesized, "stacks", tables, "plan.tfplan");
  expect(readFileSync(copied, "utf8")).toBe(`${tables} plan.tfplan`);
});

it.each<[string, Partial<Here>, string]>([
  ["another environment", { environment: "prod" }, "These plans are for staging, not for prod."],
  ["another commit", { commit: "f".repeat(40) }, `These plans are of ${commit}, and this is ffff`],
  ["a changed working tree", { isChanged: true }, "this is a working tree that was changed"],
  ["a stack that was not planned", { stacks: ["conversations-tables-staging"] }, "is not among these plans"],
])("are refused for %s", (_, changes, sentence) => {
  write([planOf(tables)]);
  expect(() => required(changes)).toThrow(sentence);
});

it("of a changed working tree are for reading only", () => {
  write([planOf(tables)], true);
  expect(() => required()).toThrow("they are for reading. Commit, plan again, and apply that.");
});

it.each([
  ["plan.tfplan", `The plan of ${tables} is not what was reviewed`],
  ["assets/read/archive.zip", `A file beside the plan of ${tables} is not what was reviewed`],
])("are refused when %s was changed afterwards", (file, sentence) => {
  write([planOf(tables)]);
  appendFileSync(join(folder, tables, file), "x");
  expect(() => required()).toThrow(sentence);
});

it("are refused when a link was added, which no SHA-256 covers", () => {
  write([planOf(tables)]);
  symlinkSync("/etc/hostname", join(folder, tables, "assets/terraform.tfvars"));
  expect(() => required()).toThrow("terraform.tfvars is no file: plan again.");
});

it("are refused when a plan is missing", () => {
  write([planOf(tables)]);
  rmSync(join(folder, tables, "plan.tfplan"));
  expect(() => required()).toThrow("plan.tfplan is missing: plan again.");
});

it("that the guard refused are not applied; the others of the folder are", () => {
  write([planOf(tables, undefined, true), planOf(services)]);
  expect(() => required()).toThrow(`The guard refuses the plan of ${tables}: It goes. Way out: Keep it.`);
  expect(required({ stacks: [services] })).toEqual([services]);
});

it("that were applied are known when a run goes on", () => {
  write([planOf(tables), planOf(services)]);
  const [first, second] = requireReviewed(folder, readReviewed(folder), here);
  if (first === undefined || second === undefined) throw new Error("There are two.");
  markApplied(folder, first, new Date());
  expect([isApplied(folder, first), isApplied(folder, second)]).toEqual([true, false]);
  expect(required()).toEqual([tables, services]);
  writeFileSync(join(folder, tables, "applied.json"), "{");
  expect(isApplied(folder, first)).toBe(false);
});

it("replace earlier ones, and nothing else: of a folder that holds other files nothing is removed", () => {
  write([planOf(tables), planOf(services)]);
  write([planOf(services)]);
  expect([...folderNames(folder)].sort()).toEqual([".gitignore", "plans.json", "summary.md", services]);
  writeFileSync(join(folder, "thesis.md"), "It stays.");
  expect(() => write([planOf(tables)])).toThrow(
    "holds something else than plans, such as thesis.md: name a new or an empty folder.",
  );
  expect(folderNames(folder)).toContain("thesis.md");
  expect(() => makeFolder(join(folder, "thesis.md"))).toThrow(
    /cannot take the plans \(.*ENOTDIR.*name another/,
  );
});

it("are made first: a folder without them says how", () => {
  expect(() => readReviewed(parent)).toThrow(`make them with --plan-only --out ${parent}.`);
  mkdirSync(folder);
  writeFileSync(join(folder, "plans.json"), JSON.stringify({ schemaVersion: 2 }));
  expect(() => readReviewed(folder)).toThrow("has the form 2, and 1 is known here: plan again.");
});

it.each([null, [], { schemaVersion: 1 }, { stacks: [{ stack: "../../tables" }] }])(
  "are not read from a record that is another's: %j",
  (record) => {
    write([planOf(tables)]);
    const file = join(folder, "plans.json");
    const whole = JSON.parse(readFileSync(file, "utf8")) as object;
    const isPart = record !== null && "stacks" in record;
    writeFileSync(file, JSON.stringify(isPart ? { ...whole, ...record } : record));
    expect(() => readReviewed(folder)).toThrow("plans.json is not as --plan-only writes it: plan again.");
  },
);
