/** How long the parts of brand processing may take, and how they depend on one another. */

import { longestSeconds, workflowSeconds } from "./workflow-definition";

export interface Times {
  /** Seconds. */
  readonly stepTimeout: number;
  /** Seconds. */
  readonly generateTimeout: number;
  /** Minutes without a change after which the sweeper takes an execution for dead that nobody can ask about. */
  readonly staleAfter: number;
}

export const times: Times = { stepTimeout: 10, generateTimeout: 60, staleAfter: 130 };

/**
 * A function ends before its task does, so that its own error is known; an execution outlasts its parts, since one
 * that times out marks nothing; what the sweeper gives up unasked is over in any case.
 *
 * @param whole seconds that an execution may last.
 * @throws Error that names the limit and the value.
 */
export function checkTimes(
  { stepTimeout, generateTimeout, staleAfter }: Times,
  whole: number = workflowSeconds.whole,
): Times {
  below("stepTimeout", stepTimeout, workflowSeconds.step);
  below("generateTimeout", generateTimeout, workflowSeconds.generate);
  if (whole < longestSeconds) {
    throw new Error(
      `Brand processing: an execution must be given ${longestSeconds} seconds at least, which its parts can ` +
        `take with all their retries; found ${whole}.`,
    );
  }
  if (staleAfter <= whole / 60) {
    throw new Error(
      `Brand processing: staleAfter must be above ${whole / 60} minutes, which an execution may last; found ` +
        `${staleAfter}.`,
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
