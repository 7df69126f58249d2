/** Plans of a rollback: read as data, judged by the guard, and shown. */

import pc from "picocolors";
import type { StackId } from "../../../stacks/naming";
import { applyToFinish, stepsOf } from "../deploy/apply-stack";
import { describeCounts, summarize } from "../deploy/summary";
import { describeSummary, describeVerdict } from "../deploy/summary-text";
import { openWorkplace, type Workplace } from "../deploy/workplace";
import { judge } from "../guard/judge";
import { readLive } from "../guard/live";
import type { Allowance, Verdict } from "../guard/verdict";
import { PhaseFailed, Phases, type Progress } from "../phases";
import type { PlannedStack } from "../plan/planned-stack";
import { Refused } from "../refused";
import { init, plan, show, type PlanOptions } from "../stack-runs";
import type { CommitAside } from "../commits";
import type { RollbackContext } from "./context";

/** One stack's Terraform, with its progress on stderr. */
export class StackWork {
  private constructor(
    private readonly workplace: Workplace,
    private readonly stack: StackId,
    private readonly phases: Phases,
  ) {}

  /**
   * Does something with a stack of the working tree, or of a commit aside, in a workplace that is left when it is done.
   *
   * @param variables others than the context's.
   * @throws what the work throws, TerraformFailed among it: its log is kept then.
   */
  static async on<T>(
    stack: StackId,
    context: RollbackContext,
    work: (stackWork: StackWork) => Promise<T>,
    { from, variables = context.variables }: { from?: CommitAside; variables?: NodeJS.ProcessEnv } = {},
  ): Promise<T> {
    const { environment, aws, signal, tell } = context;
    const workplace = await openWorkplace({
      env: environment.name,
      stacks: [stack],
      aws,
      variables,
      signal,
      ...(from && { from }),
    });
    let allWentWell = false;
    try {
      const done = new StackWork(workplace, stack, new Phases(signal));
      await done.step("init", () => init(workplace.runs, stack));
      const result = await work(done);
      allWentWell = true;
      return result;
    } finally {
      for (const kept of await workplace.close({ allWentWell })) {
        tell(
          `Terraform could not store the state of ${stack}. It is in ${kept}: push it before anything else.`,
        );
      }
    }
  }

  plan(name: string, options: PlanOptions = {}): Promise<PlannedStack> {
    return this.step(name, async (progress) => {
      await plan(this.workplace.runs, this.stack, options);
      const planned = await show(this.workplace.runs, this.stack);
      progress(describeCounts(summarize(planned)));
      return planned;
    });
  }

  /** Applies what was planned last; Terraform is never cut off at it. */
  apply(name: string, planned: PlannedStack): Promise<void> {
    return this.step(name, (progress) =>
      applyToFinish(this.workplace.runs, this.stack, {
        steps: stepsOf(planned),
        onProgress: ({ done, total, current }) => progress(`${done} of ${total}, ${current.join(", ")}`),
      }),
    );
  }

  private async step<T>(name: string, run: (progress: Progress) => Promise<T>): Promise<T> {
    try {
      return await this.phases.one(name, run);
    } catch (error) {
      throw error instanceof PhaseFailed ? error.cause : error;
    }
  }
}

/**
 * Has the guard judge a plan.
 *
 * @throws Refused with every refusal and its way out.
 */
export async function requirePermission(
  plan: PlannedStack,
  { environment, accountId, clients }: RollbackContext,
  allowances: readonly Allowance[] = [],
): Promise<Verdict> {
  const live = await readLive(plan, clients);
  const verdict = judge(plan, { environment, accountId, allowances, now: new Date(), ...live });
  if (verdict.refusals.length === 0) return verdict;
  throw new Refused(`${describeVerdict(verdict, plain)}\nNothing was changed.`);
}

/** What a plan does, for people. */
export const describePlan = (plan: PlannedStack): string =>
  describeSummary(summarize(plan), pc.createColors(process.stderr.isTTY && pc.isColorSupported));

/** It goes into a JSON document as well. */
const plain = pc.createColors(false);
