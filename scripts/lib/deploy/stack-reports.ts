/** From what happened to plans and applies to a report, the verification of what they made last. */

import { tableName, type StackId } from "../../../stacks/naming";
import { loadSettings } from "../../../stacks/settings";
import type { Report as Verified } from "../verify/report";
import { tablesIn } from "../verify/select-subjects";
import { readDeclared } from "../verify/stacks/declared-stack";
import { openStacks } from "../verify/stacks/open-stacks";
import { verifyTables } from "../verify/verify-tables";
import type { Applied } from "./apply-all";
import type { DeployOptions } from "./deploy-options";
import type { Plans } from "./plan-all";
import type { WithPlan } from "./plan-stack";
import { failureOf, outcomeOf, type Report, type StackReport } from "./report";
import type { Target } from "./target";
import type { Workplace } from "./workplace";

export function reportPlans({ environment, stacks: order }: Workplace, { plans, failures }: Plans): Report {
  const stacks = [
    ...plans.map((one): StackReport => {
      const { stack, verdict, notes } = one;
      const isRefused = verdict.refusals.length > 0;
      if (one.kind === "prevented") return { stack, outcome: "refused", verdict, notes };
      const { summary } = one;
      const outcome = isRefused ? "refused" : summary.isEmpty ? "no changes" : "planned";
      return { stack, outcome, summary, verdict, notes };
    }),
    ...[...failures].map(([stack, error]): StackReport => ({
      stack,
      outcome: "failed",
      failure: failureOf(stack, environment, error),
    })),
  ];
  stacks.sort((one, other) => order.indexOf(one.stack) - order.indexOf(other.stack));
  return { outcome: outcomeOf(stacks, []), stacks, verified: [] };
}

export function reportApplied(
  { environment }: Workplace,
  { stack, summary, verdict }: WithPlan,
  applied: Applied | undefined,
): StackReport {
  const base = { stack, summary, verdict };
  switch (applied?.kind) {
    case "applied":
      return { ...base, outcome: "applied", seconds: applied.seconds };
    case "failed":
      return { ...base, outcome: "failed", failure: failureOf(stack, environment, applied.error) };
    case "interrupted":
      return { ...base, outcome: "interrupted" };
    case "not begun":
    case undefined:
      return { ...base, outcome: "not begun" };
  }
}

/**
 * Everything of the stacks that are as they were planned, or the table alone that was aimed at; of a table that is
 * released, its protection is off on purpose.
 */
export async function withVerification(
  options: DeployOptions,
  {
    work,
    reports,
    target,
  }: {
    readonly work: Workplace;
    readonly reports: readonly StackReport[];
    readonly target: Target | undefined;
  },
): Promise<Report> {
  const { environment, clients, runs } = work;
  const isInterrupted = options.signal.aborted;
  const good = reports.filter(({ outcome }) => outcome.startsWith("applied") || outcome === "no changes");
  const specs = target ? [target.spec] : good.map(({ stack }) => stack).flatMap(tablesIn);
  const { released } = loadSettings(runs.variables);
  const isDone = target === undefined || good.length > 0;
  const { signal } = options;
  const found =
    isInterrupted || !isDone
      ? []
      : [
          ...(await verifyTables(clients, specs, { environment, probe: false, signal })),
          ...(target ? [] : await verifyRest(options, work, good)),
        ];
  const verified = found.map((report): Verified => {
    if (!released.has(report.name)) return report;
    return { ...report, findings: report.findings.filter(({ path }) => path !== "deletionProtection") };
  });
  const rest = reports.filter(({ outcome }) => ["failed", "interrupted", "not begun"].includes(outcome));
  const goOn = rest.length === 0 ? undefined : goOnCommand(options, rest, target);
  const outcome = isInterrupted ? "interrupted" : outcomeOf(reports, verified);
  return { outcome, stacks: reports, verified, ...(goOn && { goOn }) };
}

/** Against the stacks that Terraform was given, which may be another commit's. */
async function verifyRest(
  { aws, signal }: DeployOptions,
  { environment, clients, runs }: Workplace,
  applied: readonly StackReport[],
): Promise<readonly Verified[]> {
  const declared = readDeclared(runs.synthesized, environment.name);
  const stacks = applied.map(({ stack }) => stack).filter((stack: StackId) => declared.has(stack));
  const options = { environment, aws, variables: runs.variables, declared, signal };
  return (await openStacks(clients, stacks, options)).verify();
}

/** What has been applied would only be planned once more. */
const goOnCommand = (
  { env, aws: { profile } }: DeployOptions,
  rest: readonly StackReport[],
  target: Target | undefined,
): string =>
  [
    `npm run deploy -- --env ${env}`,
    ...(profile ? [`--profile ${profile}`] : []),
    ...rest.map(({ stack }) => stack),
    ...(target ? [`--target ${tableName(target.spec, env)}`] : []),
  ].join(" ");
