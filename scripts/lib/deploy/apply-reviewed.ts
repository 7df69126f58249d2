/** Applies plans that were made and looked at before, and no others. */

import { mkdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { makeOwnFolder } from "../../local/abandoned-folders";
import { accountOf } from "../account";
import { judge } from "../guard/judge";
import { readLive } from "../guard/live";
import type { Allowance } from "../guard/verdict";
import { Refused } from "../refused";
import { init, show } from "../stack-runs";
import { applyAll } from "./apply-all";
import { withWorkplace, type Checkout, type DeployOptions } from "./deploy-options";
import type { WithPlan } from "./plan-stack";
import type { Report, StackReport } from "./report";
import { copyReviewed, isApplied, markApplied, requireReviewed } from "./reviewed-plans";
import { readReviewed, type ReviewedStack } from "./reviewed-record";
import { selectStacks } from "./select-stacks";
import { reportApplied, withVerification } from "./stack-reports";
import { summarize } from "./summary";
import { selectTarget } from "./target";
import type { Workplace } from "./workplace";

/**
 * Applies plans that were written by `plan only`, exactly as they are.
 *
 * @throws Refused when they are another commit's or environment's, were changed, or the guard refuses one.
 */
export async function applyReviewed(
  options: DeployOptions,
  { folder: given, checkout }: { readonly folder: string; readonly checkout: Checkout },
): Promise<Report> {
  const { env, board, jobs } = options;
  const folder = resolve(given);
  const reviewed = readReviewed(folder);
  const stacks = options.stacks.length > 0 ? selectStacks(options.stacks, env) : undefined;
  const entries = requireReviewed(folder, reviewed, { environment: env, ...checkout, stacks });
  const done = entries.filter((entry) => !entry.isEmpty && isApplied(folder, entry));
  const open = entries.filter((entry) => !entry.isEmpty && !done.includes(entry));
  const own = makeOwnFolder("deploy");
  const from = { commit: checkout.commit, synthesized: join(own, "cdktf.out") };
  try {
    mkdirSync(from.synthesized, { mode: 0o700 });
    copyReviewed(folder, open, from.synthesized);
    return await withWorkplace(
      { ...options, stacks: entries.map(({ stack }) => stack), from },
      async (work) => {
        if (work.terraformVersion !== reviewed.terraform) {
          throw new Refused(
            `These plans are Terraform ${reviewed.terraform}'s, and this is ${work.terraformVersion}: ` +
              "use that one, or plan again.",
          );
        }
        const accountId = await accountOf(work.clients, options.signal);
        if (accountId !== reviewed.accountId) {
          throw new Refused(
            `These plans are of the account ${reviewed.accountId}, and these are credentials of ${accountId}: ` +
              "use that account's, or plan again.",
          );
        }
        const plans = await readPlans(work, open, reviewed.allowances);
        const applied = await applyAll(work.runs, plans, {
          jobs,
          board,
          onApplied: (stack) => {
            const entry = open.find((one) => one.stack === stack);
            if (entry !== undefined) markApplied(folder, entry, new Date());
          },
        });
        const reports = entries.map((entry): StackReport => {
          const plan = plans.find(({ stack }) => stack === entry.stack);
          if (plan !== undefined) return reportApplied(work, plan, applied.get(plan.stack));
          return { stack: entry.stack, outcome: done.includes(entry) ? "applied before" : "no changes" };
        });
        const target = reviewed.target === null ? undefined : selectTarget(reviewed.target, env, undefined);
        return withVerification(options, { work, reports, target });
      },
    );
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
}

/** The verdict is given again: what is live may have changed, and the record may have been written by another. */
async function readPlans(
  work: Workplace,
  entries: readonly ReviewedStack[],
  allowances: readonly Allowance[],
): Promise<readonly WithPlan[]> {
  const plans: WithPlan[] = [];
  for (const { stack } of entries) {
    await init(work.runs, stack);
    const plan = await show(work.runs, stack);
    const live = await readLive(plan, work.clients);
    const { environment, accountId } = work;
    const context = { environment, accountId, allowances, now: new Date(), ...live };
    const verdict = judge(plan, context);
    const [refusal] = verdict.refusals;
    if (refusal !== undefined) {
      throw new Refused(
        `The guard refuses the plan of ${stack}: ${refusal.reason} Way out: ${refusal.wayOut}`,
      );
    }
    plans.push({ kind: "plan", stack, plan, summary: summarize(plan), verdict, notes: [] });
  }
  return plans;
}
