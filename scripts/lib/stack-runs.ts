/** Terraform on one synthesized stack. */

import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { CouldNotTell } from "./errors";
import { run, type Outcome } from "./process";
import { firstErrorLine } from "./terraform";

export interface StackRuns {
  /** cdktf's output folder. */
  readonly synthesized: string;
  readonly binary: string;
  readonly variables: NodeJS.ProcessEnv;
  /** Takes a log a stack. */
  readonly logs: string;
  readonly signal?: AbortSignal;
}

/** How many resources a plan changes, by what it does to them. */
export interface PlanSummary {
  /** Terraform's own word, `-detailed-exitcode` 0: not even an output changes. */
  readonly isEmpty: boolean;
  readonly resources: Readonly<Record<ResourceChange, number>>;
}

export type ResourceChange = "create" | "update" | "replace" | "delete";

/** Terraform refused or failed: its first error line, and where all of it stands. */
export class TerraformFailed extends Error {
  override readonly name = "TerraformFailed";

  constructor(
    readonly stackId: string,
    readonly phase: string,
    readonly firstLine: string,
    readonly log: string,
  ) {
    super(`${phase} of ${stackId} failed: ${firstLine}\nIts log: ${log}`);
  }
}

const planFile = "plan.tfplan";
/** `terraform plan -detailed-exitcode`. */
const planExit = { empty: 0, changes: 2 };

export const stackLog = ({ logs }: StackRuns, stack: string): string => join(logs, `${stack}.log`);

/** Initializes without touching the backend of an earlier run. */
export async function init(runs: StackRuns, stack: string): Promise<void> {
  await terraform(runs, stack, "init", ["init", "-reconfigure"]);
}

export async function validate(runs: StackRuns, stack: string): Promise<void> {
  await terraform(runs, stack, "validate", ["validate"]);
}

/** Plans into a file that `apply` takes. */
export async function plan(runs: StackRuns, stack: string): Promise<PlanSummary> {
  const { code } = await terraform(
    runs,
    stack,
    "plan",
    ["plan", "-detailed-exitcode", `-out=${planFile}`],
    [planExit.changes],
  );
  // Each start of the provider takes seconds: nothing is asked of a plan without changes.
  if (code === planExit.empty) return { isEmpty: true, resources: countChanges({}) };
  const { stdout } = await terraform(runs, stack, "show plan", ["show", "-json", planFile], [], "quiet");
  return { isEmpty: false, resources: countChanges(JSON.parse(stdout) as PlanDocument) };
}

/** Applies exactly what was planned. */
export async function apply(runs: StackRuns, stack: string): Promise<void> {
  await terraform(runs, stack, "apply", ["apply", planFile]);
}

export async function destroy(runs: StackRuns, stack: string): Promise<void> {
  await terraform(runs, stack, "destroy", ["destroy", "-auto-approve"]);
}

export function describePlan({ isEmpty, resources }: PlanSummary): string {
  if (isEmpty) return "no changes";
  const parts = Object.entries(resources)
    .filter(([, count]) => count > 0)
    .map(([what, count]) => `${count} to ${what}`);
  return parts.length === 0 ? "outputs to change" : parts.join(", ");
}

interface PlanDocument {
  readonly resource_changes?: readonly { readonly change: { readonly actions: readonly string[] } }[];
}

function countChanges({ resource_changes = [] }: PlanDocument): PlanSummary["resources"] {
  const counts = { create: 0, update: 0, replace: 0, delete: 0 };
  for (const { change } of resource_changes) {
    const kind = changeOf(change.actions);
    if (kind !== undefined) counts[kind] += 1;
  }
  return counts;
}

/** A replacement is a deletion and a creation, in either order. */
function changeOf(actions: readonly string[]): ResourceChange | undefined {
  if (actions.length === 2) return "replace";
  return (["create", "update", "delete"] as const).find((kind) => actions.includes(kind));
}

async function terraform(
  runs: StackRuns,
  stack: string,
  phase: string,
  args: readonly string[],
  acceptedCodes: readonly number[] = [],
  logging: "log" | "quiet" = "log",
): Promise<Outcome> {
  const { synthesized, binary, variables, signal } = runs;
  mkdirSync(runs.logs, { recursive: true });
  const log = stackLog(runs, stack);
  const outcome = await run(binary, [...args, ...(phase === "show plan" ? [] : ["-no-color"])], {
    cwd: join(synthesized, "stacks", stack),
    env: { ...variables, TF_INPUT: "0" },
    ...(logging === "log" && { log }),
    ...(signal && { signal }),
  }).catch((error: unknown) => {
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    throw isMissing ? new CouldNotTell(`${stack} is not synthesized.`) : error;
  });
  if (outcome.code !== 0 && !acceptedCodes.includes(outcome.code)) {
    if (logging === "quiet") appendFileSync(log, outcome.stderr);
    throw new TerraformFailed(stack, phase, firstErrorLine(outcome), log);
  }
  return outcome;
}
