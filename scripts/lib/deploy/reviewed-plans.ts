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
import { isStackId, type StackId } from "../../../stacks/naming";
import type { EnvironmentName } from "../../../tables/naming";
import { describeCostChange } from "../cost/cost-change";
import { costDocument } from "../cost/cost-text";
import { CouldNotTell, reasonOf } from "../errors";
import { Refused } from "../refused";
import { planFileOf, type StackRuns } from "../stack-runs";
import type { StackPlan } from "./plan-stack";
import {
  recordFile,
  schemaVersion,
  type ReviewedHead,
  type ReviewedPlans,
  type ReviewedStack,
} from "./reviewed-record";

const summaryFile = "summary.md";
const appliedFile = "applied.json";
/** Plans in the working tree must not make it another than their commit's. */
const ignoreFile = ".gitignore";
const ignoresAll = "*\n";

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

/**
 * Makes the folder, or empties it of the plans of an earlier run.
 *
 * @throws CouldNotTell for a folder that holds something else, of which nothing is removed, or cannot be written.
 */
export function makeFolder(folder: string): void {
  try {
    const entries = existsSync(folder) ? readdirSync(folder) : [];
    const stranger = entries.find((entry) => !isOurs(folder, entry));
    if (stranger !== undefined) {
      throw new CouldNotTell(
        `${folder} holds something else than plans, such as ${stranger}: name a new or an empty folder.`,
      );
    }
    for (const entry of entries) rmSync(join(folder, entry), { recursive: true, force: true });
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    chmodSync(folder, 0o700);
    write(join(folder, ignoreFile), ignoresAll);
  } catch (error) {
    if (error instanceof CouldNotTell) throw error;
    throw new CouldNotTell(`${folder} cannot take the plans (${reasonOf(error)}): name another folder.`);
  }
}

const isOurs = (folder: string, entry: string): boolean =>
  entry === ignoreFile
    ? readFileSync(join(folder, entry), "utf8") === ignoresAll
    : [recordFile, summaryFile].includes(entry) || isStackId(entry);

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

/** @throws Refused for a link: it would lead to what nobody has reviewed. */
function filesOf(folder: string): readonly string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const pathOf = ({ parentPath, name }: (typeof entries)[number]) => join(parentPath, name);
  const link = entries.find((entry) => !entry.isFile() && !entry.isDirectory());
  if (link !== undefined) throw new Refused(`${pathOf(link)} is no file: plan again.`);
  return entries
    .filter((entry) => entry.isFile())
    .map(pathOf)
    .sort();
}

function write(file: string, text: string): void {
  writeFileSync(file, text, { mode: 0o600 });
  chmodSync(file, 0o600);
}

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
  try {
    return (JSON.parse(readFileSync(file, "utf8")) as { planSha256?: string }).planSha256 === planSha256;
  } catch {
    // Cut off while it was written: Terraform then says that the plan is stale.
    return false;
  }
}
