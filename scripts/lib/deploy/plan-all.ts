/** Several stacks, planned side by side; whatever fails, the others are planned to the end. */

import type { StackId } from "../../../stacks/naming";
import { CouldNotTell } from "../errors";
import { unusedAllowances } from "../guard/judge";
import type { Board } from "./board";
import { runBounded } from "./bounded";
import { planStack, type PlanRequest, type StackPlan } from "./plan-stack";
import { describeCounts } from "./summary";

export interface Plans {
  readonly plans: readonly StackPlan[];
  /** By stack: why it could not be planned. */
  readonly failures: ReadonlyMap<StackId, unknown>;
}

/**
 * @throws the signal's reason when it is aborted; CouldNotTell for an allowance that permits nothing.
 */
export async function planAll(
  request: PlanRequest,
  stacks: readonly StackId[],
  { jobs, board }: { readonly jobs: number; readonly board: Board },
): Promise<Plans> {
  const { signal } = request.work.runs;
  const settled = await runBounded(
    stacks.map((stack) => ({
      name: stack,
      run: async () => {
        signal?.throwIfAborted();
        try {
          const planned = await planStack(request, stack, (text) => board.show(stack, text, text !== "plan"));
          board.show(stack, describe(planned));
          return planned;
        } catch (error) {
          if (signal?.aborted !== true) board.show(stack, "could not be planned");
          throw error;
        }
      },
    })),
    { limit: jobs, stopsOnFailure: false },
  );
  board.done();
  signal?.throwIfAborted();
  const plans: StackPlan[] = [];
  const failures = new Map<StackId, unknown>();
  for (const stack of stacks) {
    const end = settled.get(stack);
    if (end?.kind === "done") plans.push(end.value);
    else if (end?.kind === "failed") failures.set(stack, end.error);
  }
  if (failures.size === 0) requireUsed(plans, request);
  return { plans, failures };
}

function describe(planned: StackPlan): string {
  const what = planned.kind === "plan" ? describeCounts(planned.summary) : "a protected resource would go";
  return planned.verdict.refusals.length > 0 ? `${what}: refused` : what;
}

/** A misspelt one permits nothing, and its author believes otherwise. */
function requireUsed(plans: readonly StackPlan[], { guard: { allowances } }: PlanRequest): void {
  const unused = unusedAllowances(
    plans.map(({ verdict }) => verdict),
    allowances,
  ).map(({ subject }) => subject);
  if (unused.length === 0) return;
  throw new CouldNotTell(
    `--allow names ${unused.join(", ")}, for which the guard refuses nothing: leave it out, or correct the name.`,
  );
}
