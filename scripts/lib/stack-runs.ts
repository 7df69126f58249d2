/** Terraform on one synthesized stack. */

import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { StackId } from "../../stacks/naming";
import { CouldNotTell } from "./errors";
import { readPlan, type PlannedStack } from "./plan/planned-stack";
import { readPlanMessages, type ResourceChange } from "./plan-messages";
import { run, type Outcome } from "./process";
import { collectToFinish } from "./run-to-finish";
import { firstErrorLine } from "./terraform";

export interface StackRuns {
  /** cdktf's output folder. */
  readonly synthesized: string;
  readonly binary: string;
  readonly variables: NodeJS.ProcessEnv;
  /** Takes a log a stack. */
  readonly logs: string;
  readonly signal?: AbortSignal;
  /**
   * A plan is interrupted and never killed, so that it releases the lock of its state: for states that outlive the
   * run. Its apply is `applyToFinish` (deploy/apply-stack.ts).
   */
  readonly releasesLocks?: boolean;
}

/** How many resources a plan changes, by what it does to them. */
export interface PlanSummary {
  /** Terraform's own word, `-detailed-exitcode` 0: not even an output changes. */
  readonly isEmpty: boolean;
  readonly resources: Readonly<Record<ResourceChange, number>>;
}

/** Terraform refused or failed: its first error line, and where all of it stands. */
export class TerraformFailed extends Error {
  override readonly name = "TerraformFailed";

  constructor(
    readonly stackId: string,
    readonly phase: string,
    readonly firstLine: string,
    readonly log: string,
    /** `locked`: another run holds the state; `stale`: the state has changed since the plan. */
    readonly kind: "locked" | "stale" | "other" = "other",
    /** All that Terraform printed, as people read it. */
    readonly output = "",
  ) {
    super(`${phase} of ${stackId} failed: ${firstLine}\nIts log: ${log}`);
  }
}

const planFile = "plan.tfplan";
/**
 * Terraform and the provider live for seconds, which they spend on the provider's schemas: collecting less
 * often takes a fifth less CPU time and 170 MB more (docs/adr/0003-local-aws.md).
 */
export const shortLived = { GOGC: "400" };
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

export interface PlanOptions {
  /** Only these addresses, and what they depend on. */
  readonly targets?: readonly string[];
  /** Plans the destruction of all, or of the targets. */
  readonly destroys?: boolean;
}

/**
 * Plans into a file that `apply` takes.
 *
 * @throws TerraformFailed; its kind is `locked` when another run holds the stack's state.
 */
export async function plan(
  runs: StackRuns,
  stack: string,
  { targets = [], destroys = false }: PlanOptions = {},
): Promise<PlanSummary> {
  const args = [
    "plan",
    "-json",
    "-detailed-exitcode",
    `-out=${planFile}`,
    ...(destroys ? ["-destroy"] : []),
    ...targets.map((address) => `-target=${address}`),
  ];
  const { code, stdout } = await terraform(runs, stack, "plan", args, [planExit.changes]);
  return { isEmpty: code === planExit.empty, resources: readPlanMessages(stdout).changes };
}

/** What the plan of a stack, whose id `readPlan` takes, does in detail. */
export async function show(runs: StackRuns, stack: StackId): Promise<PlannedStack> {
  const { stdout } = await terraform(runs, stack, "show", ["show", "-json", planFile]);
  return readPlan(stack, stdout);
}

/** Where a stack's plan lies: it holds the stack's values, secret ones too. */
export const planFileOf = ({ synthesized }: StackRuns, stack: string): string =>
  join(synthesized, "stacks", stack, planFile);

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

/** What holds the state's lock while it runs: killed, it would leave the lock in the state bucket. */
const uncut = new Set(["plan", "untaint"]);

/** Runs a command of Terraform in a stack's folder; its output goes to the stack's log. */
export async function terraform(
  runs: StackRuns,
  stack: string,
  phase: string,
  args: readonly string[],
  acceptedCodes: readonly number[] = [],
  // A plan's and a state's values, secret ones too, go to nobody's log.
  { isSilent = args[0] === "show" }: { readonly isSilent?: boolean } = {},
): Promise<Outcome> {
  const { synthesized, binary, variables, signal } = runs;
  mkdirSync(runs.logs, { recursive: true });
  const log = stackLog(runs, stack);
  const isJson = args[0] === "plan";
  const isUncut = runs.releasesLocks === true && uncut.has(args[0] ?? "");
  const start = isUncut ? collectToFinish : run;
  const outcome = await start(binary, [...args, "-no-color"], {
    cwd: join(synthesized, "stacks", stack),
    env: { ...shortLived, ...variables, TF_INPUT: "0" },
    ...(!isJson && !isUncut && !isSilent && { log }),
    ...(signal && { signal }),
  }).catch((error: unknown) => {
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    throw isMissing ? new CouldNotTell(`${stack} is not synthesized.`) : error;
  });
  const readable = isJson ? { ...outcome, stdout: readPlanMessages(outcome.stdout).text } : outcome;
  if (isJson || isUncut) {
    appendFileSync(log, `$ ${[binary, ...args].join(" ")}\n${readable.stdout}${readable.stderr}`);
  }
  if (outcome.code !== 0 && !acceptedCodes.includes(outcome.code)) {
    throw failure(runs, { stack, phase }, readable);
  }
  return outcome;
}

/** What Terraform's end with an error means. */
export function failure(
  runs: StackRuns,
  { stack, phase }: { readonly stack: string; readonly phase: string },
  readable: Outcome,
): TerraformFailed {
  const text = `${readable.stderr}\n${readable.stdout}`.trim();
  return new TerraformFailed(
    stack,
    phase,
    firstErrorLine(readable),
    stackLog(runs, stack),
    kindOf(text),
    text,
  );
}

function kindOf(text: string): TerraformFailed["kind"] {
  if (text.includes("Error acquiring the state lock")) return "locked";
  return text.includes("Saved plan is stale") ? "stale" : "other";
}
