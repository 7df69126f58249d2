/** How long the parts of brand processing may take, and how they depend on one another. */

import { workflowSeconds } from "./workflow-definition";

export interface Times {
  /** Seconds. */
  readonly stepTimeout: number;
  /** Seconds. */
  readonly generateTimeout: number;
  /** Minutes that a brand may be processing before the sweeper looks for its execution. */
  readonly staleAfter: number;
}

export const times: Times = { stepTimeout: 10, generateTimeout: 60, staleAfter: 20 };

/**
 * A function ends before its task does, so that its own error is known; the sweeper looks only for executions
 * that are over in any case.
 *
 * @throws Error that names the limit and the value.
 */
export function checkTimes({ stepTimeout, generateTimeout, staleAfter }: Times): Times {
  below("stepTimeout", stepTimeout, workflowSeconds.step);
  below("generateTimeout", generateTimeout, workflowSeconds.generate);
  const whole = workflowSeconds.whole / 60;
  if (staleAfter <= whole) {
    throw new Error(
      `Brand processing: staleAfter must be above ${whole} minutes, which an execution may last; found ${staleAfter}.`,
    );
  }
  return { stepTimeout, generateTimeout, staleAfter };
}

function below(name: string, seconds: number, limit: number): void {
  if (seconds < limit) return;
  throw new Error(
    `Brand processing: ${name} must be below ${limit} seconds, the task's own; found ${seconds}.`,
  );
}
