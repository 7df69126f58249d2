/** Repeating what throttling or an outage has kept from being done. */

import { isThrottled } from "./document-client";
import { isPassing } from "./outage";
import type { Timer } from "./timer";

export interface Patience {
  readonly timer: Timer;
  readonly signal: AbortSignal;
}

/** Tries in a row without an effect, each with the client's own: about half a minute of pauses. */
export const fruitlessTries = 10;
const firstPauseMilliseconds = 100;
const longestPauseMilliseconds = 10_000;

/**
 * Waits before the next try, with full jitter (AWS: "Error retries and exponential backoff").
 *
 * @param fruitless tries so far.
 * @throws the signal's reason.
 */
export function pause(fruitless: number, patience: Patience): Promise<void> {
  const longest = Math.min(longestPauseMilliseconds, firstPauseMilliseconds * 2 ** fruitless);
  return wait(Math.random() * longest, patience);
}

/** @throws the signal's reason, where a timer has an error of its own for it. */
export async function wait(milliseconds: number, { timer, signal }: Patience): Promise<void> {
  await timer.sleep(milliseconds, signal).catch((error: unknown) => {
    signal.throwIfAborted();
    throw error;
  });
}

/**
 * The call's answer. It may have been done though nobody heard of it: only a call that may be repeated is.
 *
 * @throws what the last try has thrown, or what no repetition would change; the signal's reason.
 */
export async function untilAnswered<T>(call: () => Promise<T>, patience: Patience): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    patience.signal.throwIfAborted();
    try {
      return await call();
    } catch (error) {
      if (tries === fruitlessTries || !isPassingOrThrottled(error)) throw error;
    }
    await pause(tries, patience);
  }
}

/** Athena throttles with a name of its own. */
const isPassingOrThrottled = (error: unknown): boolean =>
  isThrottled(error) ||
  isPassing(error) ||
  (error instanceof Error && error.name === "TooManyRequestsException");
