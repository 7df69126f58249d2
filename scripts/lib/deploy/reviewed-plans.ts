/** Plans that are made now, looked at, and applied later exactly as they are: by another job, on another machine. */

import { createHash } from "node:crypto";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, join, relative } from "node:path";
import type { StackId } from "../../../stacks/naming";
import type { EnvironmentName } from "../../../tables/naming";
import { describeCostChange } from "../cost/cost-change";
import { costDocument, type CostDocument } from "../cost/cost-text";
import { CouldNotTell, reasonOf } from "../errors";
import type { Allowance, Verdict } from "../guard/verdict";
import { Refused } from "../refused";
import { planFileOf, type StackRuns } from "../stack-runs";
import type { StackPlan } from "./plan-stack";
import type { Counts } from "./summary";

const schemaVersion = 1;
const recordFile = "plans.json";
const summaryFile = "summary.md";
const appliedFile = "applied.json";

/** A stack's entry of `plans.json`. */
export interface ReviewedStack {
  readonly stack: StackId;
  readonly isEmpty: boolean;
  readonly changes: Counts;
  /** Null where Terraform refused to make a plan, and where there is nothing to apply. */
  readonly planSha256: string | null;
  /** Of everything else that the apply reads: the functions' zips, the configuration. */
  readonly filesSha256: string | null;
  readonly verdict: Verdict;
  /** Null where there is no plan. */
  readonly cost: CostDocument | null;
}

export interface ReviewedPlans {
  readonly schemaVersion: typeof schemaVersion;
  readonly commit: string;
  /** The working tree was not the commit's: such plans are for reading only. */
  readonly isChanged: boolean;
  readonly environment: EnvironmentName;
  readonly createdAt: string;
  /** Terraform's version. */
  readonly terraform: string;
  /** A table's physical name, when nothing else of its stack is planned. */
  readonly target: string | null;
  readonly allowances: readonly Allowance[];
  readonly stacks: readonly ReviewedStack[];
}

export type ReviewedHead = Omit<ReviewedPlans, "schemaVersion" | "stacks">;

/**
 * Writes a folder that `readReviewed` takes. Plans hold values, secret ones too: only this user may read them.
 *
 * @throws CouldNotTell for a folder that holds something else.
 */
export function writeReviewed(
  folder: string,
  runs: StackRuns,
  plans: readonly StackPlan[],
  { head, markdown }: { readonly head: ReviewedHead; readonly markdown: string },
): void {
  makeFolder(folder);
  const stacks = plans.map((plan) => writeStack(folder, runs, plan));
  const record: ReviewedPlans = { schemaVersion, ...head, stacks };
  write(join(folder, recordFile), `${JSON.stringify(record, null, 2)}\n`);
  writeSummary(folder, markdown);
}

/** Alone where a stack could not be planned: there is nothing to apply then, and a reason to tell. */
export function writeSummary(folder: string, markdown: string): void {
  write(join(folder, summaryFile), markdown);
}

/** @throws CouldNotTell for a folder that holds something else. */
export function makeFolder(folder: string): void {
  const isOurs = existsSync(join(folder, recordFile)) || existsSync(join(folder, summaryFile));
  if (existsSync(folder) && readdirSync(folder).length > 0 && !isOurs) {
    throw new CouldNotTell(`${folder} holds something else than plans: name a new or an empty folder.`);
  }
  for (const entry of existsSync(folder) ? readdirSync(folder) : []) {
    rmSync(join(folder, entry), { recursive: true, force: true });
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
}

function writeStack(folder: string, runs: StackRuns, stackPlan: StackPlan): ReviewedStack {
  const { stack, verdict } = stackPlan;
  if (stackPlan.kind === "prevented") {
    const none = { create: 0, update: 0, replace: 0, delete: 0, forget: 0 };
    return { stack, isEmpty: false, changes: none, planSha256: null, filesSha256: null, verdict, cost: null };
  }
  const cost = costDocument(describeCostChange(stackPlan.plan));
  const { isEmpty, counts: changes } = stackPlan.summary;
  if (isEmpty) return { stack, isEmpty, changes, planSha256: null, filesSha256: null, verdict, cost };
  const [from, to] = [join(runs.synthesized, "stacks", stack), join(folder, stack)];
  cpSync(from, to, {
    recursive: true,
    dereference: true,
    // The backend and a link to the provider: `init` makes them anew.
    filter: (path) => basename(path) !== ".terraform",
  });
  for (const file of filesOf(to)) chmodSync(file, 0o600);
  return { stack, isEmpty, changes, ...hashesOf(to, planName(runs, stack)), verdict, cost };
}

const planName = (runs: StackRuns, stack: string): string => basename(planFileOf(runs, stack));

function hashesOf(
  folder: string,
  plan: string,
): { readonly planSha256: string; readonly filesSha256: string } {
  const others = createHash("sha256");
  for (const file of filesOf(folder)) {
    const name = relative(folder, file);
    if (name === plan || name === appliedFile) continue;
    others.update(`${name}\0${sha256(readFileSync(file))}\n`);
  }
  return { planSha256: sha256(readFileSync(join(folder, plan))), filesSha256: others.digest("hex") };
}

const sha256 = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

const filesOf = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();

function write(file: string, text: string): void {
  writeFileSync(file, text, { mode: 0o600 });
  chmodSync(file, 0o600);
}

/** @throws CouldNotTell for a folder that `--plan-only` has not written. */
export function readReviewed(folder: string): ReviewedPlans {
  let record: ReviewedPlans | { readonly schemaVersion: unknown };
  try {
    record = JSON.parse(readFileSync(join(folder, recordFile), "utf8")) as typeof record;
  } catch (error) {
    throw new CouldNotTell(
      `${folder} holds no reviewed plans (${reasonOf(error)}): make them with --plan-only --out ${folder}.`,
    );
  }
  if (!isKnown(record)) {
    throw new CouldNotTell(
      `${join(folder, recordFile)} has the form ${String(record.schemaVersion)}, and ${schemaVersion} is known here: plan again.`,
    );
  }
  return record;
}

const isKnown = (record: { readonly schemaVersion: unknown }): record is ReviewedPlans =>
  record.schemaVersion === schemaVersion;

export interface Here {
  readonly environment: EnvironmentName;
  readonly commit: string;
  readonly isChanged: boolean;
  /** Those to apply; all that were planned where none is named. */
  readonly stacks: readonly StackId[] | undefined;
}

/**
 * The entries to apply: what was reviewed, where it was reviewed for, and nothing that the guard refused.
 *
 * @throws Refused with what differs and how to go on.
 */
export function requireReviewed(folder: string, plans: ReviewedPlans, here: Here): readonly ReviewedStack[] {
  if (plans.environment !== here.environment) {
    throw new Refused(`These plans are for ${plans.environment}, not for ${here.environment}.`);
  }
  if (plans.isChanged) {
    throw new Refused(
      `These plans are of a working tree that was changed after ${plans.commit}: they are for reading. ` +
        "Commit, plan again, and apply that.",
    );
  }
  if (plans.commit !== here.commit || here.isChanged) {
    const found = here.isChanged ? "a working tree that was changed" : here.commit;
    throw new Refused(
      `These plans are of ${plans.commit}, and this is ${found}: check that commit out, or plan again.`,
    );
  }
  const selected = here.stacks ?? plans.stacks.map(({ stack }) => stack);
  return selected.map((stack) => requireStack(folder, plans, stack));
}

function requireStack(folder: string, plans: ReviewedPlans, stack: StackId): ReviewedStack {
  const entry = plans.stacks.find((one) => one.stack === stack);
  if (entry === undefined) {
    const known = plans.stacks.map((one) => one.stack).join(", ");
    throw new Refused(`${stack} is not among these plans, which are of ${known}.`);
  }
  const [refusal] = entry.verdict.refusals;
  if (refusal !== undefined) {
    throw new Refused(
      `The guard refuses the plan of ${stack}: ${refusal.reason} Way out: ${refusal.wayOut} ` +
        "Other stacks of this folder are applied when they are named.",
    );
  }
  if (!entry.isEmpty) requireUnchanged(folder, entry);
  return entry;
}

function requireUnchanged(folder: string, { stack, planSha256, filesSha256 }: ReviewedStack): void {
  const [changed] = (["plan.tfplan", "cdk.tf.json"] as const).filter(
    (file) => !existsSync(join(folder, stack, file)),
  );
  if (changed !== undefined) {
    throw new Refused(`${join(folder, stack, changed)} is missing: plan again.`);
  }
  const found = hashesOf(join(folder, stack), "plan.tfplan");
  if (found.planSha256 === planSha256 && found.filesSha256 === filesSha256) return;
  const what = found.planSha256 === planSha256 ? "A file beside the plan" : "The plan";
  throw new Refused(`${what} of ${stack} is not what was reviewed: its SHA-256 differs. Plan again.`);
}

/** Puts the reviewed files where Terraform runs, so that the folder stays as it was reviewed. */
export function copyReviewed(folder: string, stacks: readonly ReviewedStack[], synthesized: string): void {
  for (const { stack } of stacks) {
    cpSync(join(folder, stack), join(synthesized, "stacks", stack), { recursive: true });
  }
}

/** So that a run that was cut off goes on with the rest. */
export function markApplied(folder: string, { stack, planSha256 }: ReviewedStack, now: Date): void {
  write(join(folder, stack, appliedFile), `${JSON.stringify({ planSha256, at: now.toISOString() })}\n`);
}

export function isApplied(folder: string, { stack, planSha256 }: ReviewedStack): boolean {
  const file = join(folder, stack, appliedFile);
  if (!existsSync(file)) return false;
  return (JSON.parse(readFileSync(file, "utf8")) as { planSha256?: string }).planSha256 === planSha256;
}
