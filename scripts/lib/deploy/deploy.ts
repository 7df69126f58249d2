/** Plans, asks, applies and verifies: what `npm run deploy` does, without its options. */

import { resolve } from "node:path";
import pc from "picocolors";
import { accountOf } from "../account";
import { awsConfiguration } from "../aws";
import { describeCostChange } from "../cost/cost-change";
import { costMarkdown } from "../cost/cost-text";
import type { Allowance } from "../guard/verdict";
import { applyAll } from "./apply-all";
import { withWorkplace, type Checkout, type DeployOptions } from "./deploy-options";
import { lookupsOf } from "./existing";
import { planAll, type Plans } from "./plan-all";
import type { PlanRequest, WithPlan } from "./plan-stack";
import { failureOf, type Report } from "./report";
import { makeFolder, writeReviewed, writeSummary } from "./reviewed-plans";
import { selectStacks } from "./select-stacks";
import { reportApplied, reportPlans, withVerification } from "./stack-reports";
import { markdownOf } from "./summary-markdown";
import { describeSummary, describeVerdict } from "./summary-text";
import { selectTarget, type Target } from "./target";
import type { Workplace } from "./workplace";

export interface PlanOptions extends DeployOptions {
  /** Id or physical name of a table: nothing else of its stack is planned. */
  readonly target?: string | undefined;
  readonly allowances: readonly Allowance[];
  readonly adopts: boolean;
}

export type Mode =
  | { readonly kind: "dry run" }
  | { readonly kind: "plan only"; readonly out: string; readonly checkout: Checkout }
  | { readonly kind: "deploy"; readonly confirm: (question: string) => Promise<boolean> };

/**
 * Plans, and then does what the mode says.
 *
 * @throws CouldNotTell before anything is written; the signal's reason when it is aborted before the apply.
 */
export async function deploy(options: PlanOptions, mode: Mode): Promise<Report> {
  const { env, aws, variables, allowances, adopts, tell } = options;
  const named = options.stacks.length > 0 ? selectStacks(options.stacks, env) : undefined;
  const target = options.target === undefined ? undefined : selectTarget(options.target, env, named);
  if (mode.kind === "plan only") makeFolder(resolve(mode.out));
  const stacks = target === undefined ? options.stacks : [target.stack];
  return withWorkplace({ ...options, stacks }, async (work) => {
    const { environment, accountId, clients } = work;
    const request: PlanRequest = {
      work,
      lookups: lookupsOf(clients, awsConfiguration(environment, aws, variables)),
      guard: {
        environment,
        allowances,
        now: new Date(),
        accountId,
      },
      target,
      adopts,
      repairs: mode.kind === "deploy",
    };
    const planned = await planAll(request, work.stacks, options);
    for (const one of planned.plans) {
      if (one.kind === "plan") tell(describeSummary(one.summary, pc));
      for (const note of one.notes) tell(`  ${pc.yellow("!")} ${note}`);
      const verdict = describeVerdict(one.verdict, pc);
      if (verdict !== "") tell(verdict);
    }
    if (target !== undefined) {
      tell(
        `Targeted: only ${target.table}, its autoscaling and its key. ` +
          "Everything else of the stack stays as it is.",
      );
    }
    const report = reportPlans(work, planned);
    switch (mode.kind) {
      case "dry run":
        return report;
      case "plan only":
        await writeOut(options, mode, { work, planned, target });
        return report;
      case "deploy":
        return report.outcome === "planned" || report.outcome === "no changes"
          ? carryOut(options, { work, planned, report, target }, mode.confirm)
          : report;
    }
  });
}

interface Planned {
  readonly work: Workplace;
  readonly planned: Plans;
  readonly target: Target | undefined;
}

async function writeOut(
  { env, allowances, signal }: PlanOptions,
  { out, checkout }: Extract<Mode, { kind: "plan only" }>,
  { work, planned: { plans, failures }, target }: Planned,
): Promise<void> {
  const folder = resolve(out);
  const table = target?.table;
  const markdown = markdownOf(
    plans.map((one) => ({ verdict: one.verdict, ...(one.kind === "plan" && { summary: one.summary }) })),
    {
      environment: env,
      commit: checkout.commit,
      cost: costMarkdown(plans.flatMap((one) => (one.kind === "plan" ? [describeCostChange(one.plan)] : []))),
      ...(table !== undefined && { target: table }),
      failures: new Map(
        [...failures].map(([stack, error]) => [stack, failureOf(stack, work.environment, error).error]),
      ),
    },
  );
  if (failures.size > 0) {
    writeSummary(folder, markdown);
    return;
  }
  const createdAt = new Date().toISOString();
  const head = {
    ...checkout,
    environment: env,
    createdAt,
    accountId: await accountOf(work.clients, signal),
    terraform: work.terraformVersion,
    target: table ?? null,
    allowances,
  };
  writeReviewed(folder, work.runs, plans, { head, markdown });
}

async function carryOut(
  options: PlanOptions,
  { work, planned, report, target }: Planned & { readonly report: Report },
  confirm: (question: string) => Promise<boolean>,
): Promise<Report> {
  const { jobs, board } = options;
  const toApply = planned.plans
    .filter((one) => one.kind === "plan")
    .filter(({ summary }) => !summary.isEmpty);
  if (toApply.length > 0 && !(await confirm(question(toApply, options, target)))) {
    return { ...report, outcome: "declined" };
  }
  const applied = await applyAll(work.runs, toApply, { jobs, board });
  const reports = report.stacks.map((one) => {
    const plan = toApply.find(({ stack }) => stack === one.stack);
    return plan === undefined
      ? one
      : { ...reportApplied(work, plan, applied.get(plan.stack)), notes: plan.notes };
  });
  return withVerification(options, { work, reports, target });
}

const question = (plans: readonly WithPlan[], { env }: PlanOptions, target: Target | undefined): string =>
  target === undefined
    ? `Apply this to ${plans.length} ${plans.length === 1 ? "stack" : "stacks"} of ${env}?`
    : `Apply this to ${target.table} alone?`;
