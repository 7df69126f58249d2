import { setTimeout as sleep } from "node:timers/promises";

/** Where time passes; tests give their own. */
export interface Timer {
  /** Milliseconds from some fixed time on. */
  now(): number;
  /** @throws the signal's reason, or an AbortError, when it is aborted. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}

export const systemTimer: Timer = {
  now: () => performance.now(),
  sleep: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }),
};
