import { setTimeout as sleep } from "node:timers/promises";
import type { WatchDisplay } from "./output/watch-display";
import { outcomeOf, type Verification } from "./output/verification";

/** Fewer seconds would have AWS throttle the describes of a whole environment, and those of other people. */
export const watchSeconds = { least: 10, usual: 60, most: 3_600 } as const;

export interface WatchOptions {
  readonly intervalSeconds: number;
  /** Ends with the first look that finds everything in spec. */
  readonly untilInSpec: boolean;
  readonly display: WatchDisplay;
  readonly signal: AbortSignal;
  /** Passes the time; the tests' own does not take any. */
  readonly pause?: (milliseconds: number, signal: AbortSignal) => Promise<unknown>;
}

/**
 * Looks again and again, each time after the last look has ended.
 *
 * @returns when everything is in spec, and that is what it waits for.
 * @throws the signal's reason when it is aborted, and what a look throws.
 */
export async function watchVerification(
  look: () => Promise<Verification>,
  { intervalSeconds, untilInSpec, display, signal, pause = passTime }: WatchOptions,
): Promise<void> {
  try {
    for (;;) {
      const verification = await look();
      signal.throwIfAborted();
      display.look(verification, new Date());
      if (untilInSpec && outcomeOf(verification) === "in spec") return;
      await pause(intervalSeconds * 1000, signal);
      signal.throwIfAborted();
    }
  } finally {
    display.end();
  }
}

const passTime = (milliseconds: number, signal: AbortSignal): Promise<unknown> =>
  sleep(milliseconds, undefined, { signal }).catch(() => signal.throwIfAborted());
