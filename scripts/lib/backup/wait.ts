import { setTimeout as sleep } from "node:timers/promises";

/** How something that AWS works on is followed. */
export interface WaitOptions {
  /** The most between two looks: the first ones follow each other faster, since most things are soon done. */
  readonly intervalSeconds: number;
  /** After this long nobody looks any more: what is waited for goes on. */
  readonly patienceSeconds: number;
  readonly signal: AbortSignal;
  /** Told before each wait, with the seconds since the first look. */
  readonly onWait?: (seconds: number) => void;
}

const firstPauseSeconds = 0.5;

/**
 * Looks until there is an answer.
 *
 * @returns undefined when the patience is at an end.
 * @throws the signal's reason when it is aborted, and whatever a look throws.
 */
export async function waitFor<T>(
  look: () => Promise<T | undefined>,
  { intervalSeconds, patienceSeconds, signal, onWait }: WaitOptions,
): Promise<T | undefined> {
  const started = performance.now();
  for (let pause = firstPauseSeconds; ; pause *= 2) {
    signal.throwIfAborted();
    const found = await look();
    if (found !== undefined) return found;
    const seconds = (performance.now() - started) / 1000;
    if (seconds >= patienceSeconds) return undefined;
    onWait?.(seconds);
    await sleep(Math.min(pause, intervalSeconds) * 1000, undefined, { signal }).catch(() =>
      signal.throwIfAborted(),
    );
  }
}
