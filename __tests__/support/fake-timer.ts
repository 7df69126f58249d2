import type { Timer } from "../../functions/shared/timer";

/**
 * A time that passes only when somebody sleeps.
 *
 * @param tickMilliseconds that every look at it takes.
 */
export function fakeTimer(tickMilliseconds = 0): Timer & { readonly slept: number[] } {
  let now = 0;
  const slept: number[] = [];
  return {
    slept,
    now: () => (now += tickMilliseconds),
    sleep: (milliseconds, signal) => {
      signal.throwIfAborted();
      slept.push(milliseconds);
      now += milliseconds;
      return Promise.resolve();
    },
  };
}
