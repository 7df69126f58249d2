/** How a deployment ended, stack by stack: for the exit code, for people and for machines. */

import type { Colors } from "picocolors/types";
import type { StackId } from "../../../stacks/naming";
import type { Environment } from "../../../stacks/environments";
import { describeError, exitCodes, type ExitCode } from "../errors";
import type { Verdict } from "../guard/verdict";
import { describeStateLock, readStateLock, type StateLock } from "../state-lock";
import { TerraformFailed } from "../stack-runs";
import type { Report as Verified } from "../verify/report";
import { AlreadyThere } from "./plan-stack";
import type { StackSummary } from "./summary";

export interface StackReport {
  readonly stack: StackId;
  readonly outcome: StackOutcome;
  readonly summary?: StackSummary;
  readonly verdict?: Verdict;
  readonly notes?: readonly string[];
  readonly seconds?: number;
  readonly failure?: Failure;
}

export type StackOutcome =
  | "applied"
  | "applied before"
  | "failed"
  | "interrupted"
  | "no changes"
  | "not begun"
  | "planned"
  | "refused";

export interface Failure {
  readonly kind: "exists" | "locked" | "other" | "stale";
  /** Sentences, with what to do. */
  readonly error: string;
  /** All of what Terraform printed. */
  readonly log?: string;
  readonly lock?: StateLock;
}

export type Outcome =
  | "declined"
  | "deployed"
  | "drift"
  | "failed"
  | "interrupted"
  | "no changes"
  | "planned"
  | "refused"
  | "stale"
  | "unverified";

export interface Report {
  readonly outcome: Outcome;
  readonly stacks: readonly StackReport[];
  /** What the verifier found of what was applied. */
  readonly verified: readonly Verified[];
  /** The command that does what is left. */
  readonly goOn?: string;
}

/** An interrupt's own code is the command's to give. */
export const exitOf: Readonly<Record<Exclude<Outcome, "interrupted">, ExitCode>> = {
  deployed: exitCodes.done,
  "no changes": exitCodes.done,
  planned: exitCodes.done,
  declined: exitCodes.no,
  drift: exitCodes.no,
  refused: exitCodes.no,
  stale: exitCodes.no,
  failed: exitCodes.couldNotTell,
  unverified: exitCodes.couldNotTell,
};

/** What went wrong with a stack, in words that say how to go on. */
export function failureOf(stack: StackId, environment: Environment, error: unknown): Failure {
  if (error instanceof AlreadyThere) return { kind: "exists", error: error.message };
  if (!(error instanceof TerraformFailed)) return { kind: "other", error: describeError(error) };
  const { kind, log, phase, firstLine, output } = error;
  const command = `npm run deploy -- --env ${environment.name} ${stack}`;
  switch (kind) {
    case "locked": {
      const lock = readStateLock(output);
      // A local state's lock is the kernel's and ends with its process.
      const unlock =
        environment.stateBucket === undefined ? undefined : (id: string) => `${command} --unlock ${id}`;
      return { kind, error: describeStateLock(stack, lock, unlock), log, ...(lock && { lock }) };
    }
    case "stale":
      return {
        kind,
        error: `The state of ${stack} has changed since this plan was made, so nothing of it was applied: plan again.`,
        log,
      };
    case "other":
      return existsAlready.test(output)
        ? {
            kind: "exists",
            error: `${firstLine}. Something exists that the state does not know: \`${command} --adopt\` takes it over.`,
            log,
          }
        : { kind, error: `${phase}: ${firstLine}`, log };
  }
}

/** DynamoDB, IAM and KMS say it so, and Lambda "already exist"; a table that is in use is another matter. */
const existsAlready = /already ?exist/i;

/** The worst of what happened to the stacks, and then of what the verifier found. */
export function outcomeOf(stacks: readonly StackReport[], verified: readonly Verified[]): Outcome {
  const has = (outcome: StackOutcome) => stacks.some((report) => report.outcome === outcome);
  if (has("interrupted")) return "interrupted";
  if (has("failed")) {
    const failures = stacks.flatMap(({ failure }) => failure ?? []);
    return failures.every(({ kind }) => kind === "stale") ? "stale" : "failed";
  }
  if (has("refused")) return "refused";
  const findings = verified.flatMap((report) => report.findings);
  if (findings.some(({ tier }) => tier !== "unknown")) return "drift";
  if (findings.length > 0) return "unverified";
  if (has("planned")) return "planned";
  return has("applied") ? "deployed" : "no changes";
}

/** For machines; the summaries are those that people see. */
export function documentOf({ outcome, stacks, verified, goOn }: Report): Readonly<Record<string, unknown>> {
  const [failed] = stacks.flatMap(({ stack, failure }) => (failure ? [`${stack}: ${failure.error}`] : []));
  return { outcome, ...(failed !== undefined && { error: failed }), stacks, verified, ...(goOn && { goOn }) };
}

/** For people: what each stack came to, what failed with its log, what differs, how to go on. */
export function describeReport({ stacks, verified, goOn }: Report, colors: Colors): string {
  const width = Math.max(0, ...stacks.map(({ stack }) => stack.length));
  const rows = stacks.map(({ stack, outcome, seconds, failure }) => {
    const time = seconds === undefined ? "" : `  ${seconds.toFixed(1)} s`;
    return `${markOf(outcome, colors)} ${stack.padEnd(width)}  ${failure?.kind === "locked" ? "locked" : outcome}${time}`;
  });
  const failures = stacks.flatMap(({ stack, failure }) =>
    failure === undefined
      ? []
      : [`${stack}: ${failure.error}`, ...(failure.log ? [`  Log: ${failure.log}`] : [])],
  );
  const findings = verified.flatMap((report) => report.findings);
  return [
    ...rows,
    ...failures,
    ...findings.map(
      ({ subject, path, expected, actual, remedy }) =>
        `${colors.red("✗")} ${subject}: ${path} is ${actual}, expected ${expected}. ${remedy}`,
    ),
    ...(verified.length > 0 && findings.length === 0
      ? [`${colors.green("✓")} in spec: ${inSpec(verified)}`]
      : []),
    ...(goOn === undefined ? [] : [`To go on: ${goOn}`]),
  ].join("\n");
}

/** Tables by their names; of the rest, how many. */
function inSpec(verified: readonly Verified[]): string {
  const tables = verified.filter(({ kind }) => kind === "table").map(({ name }) => name);
  const others = verified.length - tables.length;
  const counted = `${others} other ${others === 1 ? "thing" : "things"}`;
  return [...tables, ...(others > 0 ? [tables.length > 0 ? `and ${counted}` : counted] : [])].join(", ");
}

function markOf(outcome: StackOutcome, colors: Colors): string {
  switch (outcome) {
    case "applied":
    case "applied before":
    case "no changes":
      return colors.green("✓");
    case "planned":
    case "not begun":
      return colors.dim("·");
    case "failed":
    case "interrupted":
    case "refused":
      return colors.red("✗");
  }
}
