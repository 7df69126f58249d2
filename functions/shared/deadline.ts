/**
 * Until when a call begins another operation on its table. One that begins just before it still ends within a
 * function's 10 seconds: two operations with all their tries do (document-client.ts).
 */
export const deadlineMilliseconds = 5_000;

/** Milliseconds that never go back; tests give their own. */
export type MonotonicClock = () => number;

export const monotonicClock: MonotonicClock = () => performance.now();

/** Starts now; tells whether the deadline has passed. */
export function startDeadline(now: MonotonicClock = monotonicClock): () => boolean {
  const end = now() + deadlineMilliseconds;
  return () => now() >= end;
}
