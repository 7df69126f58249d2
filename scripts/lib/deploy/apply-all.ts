/** Several stacks' plans, applied side by side. */

import type { StackId } from "../../../stacks/naming";
import { parseStackId, stackId } from "../../../stacks/naming";
import { Interrupted } from "../errors";
import type { StackRuns } from "../stack-runs";
import { applyToFinish, stepsOf, type ApplyProgress } from "./apply-stack";
import type { Board } from "./board";
import { runBounded } from "./bounded";
import type { WithPlan } from "./plan-stack";

export type Applied =
  | { readonly kind: "applied"; readonly seconds: number }
  | { readonly kind: "failed"; readonly error: unknown }
  | { readonly kind: "interrupted" }
  | { readonly kind: "not begun" };

export interface ApplyOptions {
  readonly jobs: number;
  readonly board: Board;
  /** As soon as it is: a run that is cut off goes on with the rest. */
  readonly onApplied?: (stack: StackId) => void;
}

/**
 * Applies plans that are not empty. A system's services come after its tables, since new code may query a new index;
 * systems do not wait for each other. After a failure, and after an interrupt, those that run come to their end and
 * no other is begun.
 */
export async function applyAll(
  runs: StackRuns,
  plans: readonly WithPlan[],
  { jobs, board, onApplied }: ApplyOptions,
): Promise<ReadonlyMap<StackId, Applied>> {
  const settled = await runBounded(
    tablesFirst(plans).map((plan) => ({
      name: plan.stack,
      after: after(plan.stack),
      run: async () => {
        const seconds = await applyOne(runs, plan, board);
        onApplied?.(plan.stack);
        return seconds;
      },
    })),
    { limit: jobs, stopsOnFailure: true, signal: runs.signal },
  );
  board.done();
  return new Map(
    plans.map(({ stack }): [StackId, Applied] => {
      const end = settled.get(stack);
      if (end?.kind === "done") return [stack, { kind: "applied", seconds: end.value }];
      if (end?.kind !== "failed") return [stack, { kind: "not begun" }];
      const isInterrupt = end.error instanceof Interrupted;
      return [stack, isInterrupt ? { kind: "interrupted" } : { kind: "failed", error: end.error }];
    }),
  );
}

async function applyOne(runs: StackRuns, { stack, plan }: WithPlan, board: Board): Promise<number> {
  const started = performance.now();
  const steps = stepsOf(plan);
  board.show(stack, `applying ${steps} ${steps === 1 ? "change" : "changes"}`);
  const tellInterrupt = () => board.show(stack, "interrupted: Terraform ends what it has begun …");
  runs.signal?.addEventListener("abort", tellInterrupt, { once: true });
  try {
    await applyToFinish(runs, stack, {
      steps,
      onProgress: (progress) => board.show(stack, describeProgress(progress), true),
    });
  } catch (error) {
    board.show(stack, runs.signal?.aborted ? "interrupted; its state is written" : "failed");
    throw error;
  } finally {
    runs.signal?.removeEventListener("abort", tellInterrupt);
  }
  const seconds = (performance.now() - started) / 1000;
  board.show(stack, `applied in ${seconds.toFixed(1)} s`);
  return seconds;
}

/** Such as `12 of 25, aws_dynamodb_table.conversations creating, 2 more`. */
export function describeProgress({ done, total, current }: ApplyProgress): string {
  const [first, ...more] = current;
  return [`${done} of ${total}`, first, more.length > 0 && `${more.length} more`].filter(Boolean).join(", ");
}

const tablesFirst = (plans: readonly WithPlan[]): readonly WithPlan[] => {
  const isTables = ({ stack }: WithPlan) => parseStackId(stack).layer === "tables";
  return [...plans.filter(isTables), ...plans.filter((plan) => !isTables(plan))];
};

function after(stack: StackId): readonly StackId[] {
  const { system, layer, environment } = parseStackId(stack);
  return layer === "services" ? [stackId(system, "tables", environment)] : [];
}
