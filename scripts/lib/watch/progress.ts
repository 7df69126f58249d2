/** What a status API says of a request, in the same words for every system. */

export type StepStatus =
  "pending" | "processing" | "in-progress" | "completed" | "success" | "failed" | "error";

export type OverallStatus = "pending" | "initializing" | "processing" | "completed" | "failed";

/** Times are milliseconds since the epoch; undefined where the API does not know them. */
export interface Step {
  readonly name: string;
  readonly status: StepStatus;
  /** As the server wrote it: it goes to a terminal only through `printable`. */
  readonly message: string;
  readonly startedAt: number | undefined;
  readonly completedAt: number | undefined;
  /** As the step measured itself, which counts more than its two times. */
  readonly seconds?: number | undefined;
}

export interface Totals {
  readonly tokens: { readonly input: number; readonly output: number; readonly total: number } | undefined;
  readonly seconds: number | undefined;
}

export interface Progress {
  readonly id: string;
  readonly overall: OverallStatus;
  readonly isDone: boolean;
  readonly hasFailed: boolean;
  readonly startedAt: number | undefined;
  readonly completedAt: number | undefined;
  readonly steps: readonly Step[];
  readonly totals?: Totals;
}

/** Seconds that a step took, or has taken so far. */
export function stepSeconds(step: Step, now: number): number | undefined {
  if (step.seconds !== undefined) return step.seconds;
  const isRunning = step.status === "processing" || step.status === "in-progress";
  return secondsBetween(step.startedAt, isRunning ? now : step.completedAt);
}

/** Seconds that a request took, or has taken so far. */
export const overallSeconds = (progress: Progress, now: number): number | undefined =>
  secondsBetween(progress.startedAt, progress.isDone ? progress.completedAt : now);

/** The server's clock may be ahead of this one: no time is negative. */
const secondsBetween = (start: number | undefined, end: number | undefined): number | undefined =>
  start === undefined || end === undefined ? undefined : Math.max(0, end - start) / 1000;

/** When the first step began. */
export const firstStart = (steps: readonly Step[]): number | undefined =>
  extreme(Math.min, steps, ({ startedAt }) => startedAt);

/** When the last step ended. */
export const lastEnd = (steps: readonly Step[]): number | undefined =>
  extreme(Math.max, steps, ({ completedAt }) => completedAt);

function extreme(
  choose: (...times: number[]) => number,
  steps: readonly Step[],
  time: (step: Step) => number | undefined,
): number | undefined {
  const times = steps.map(time).filter((value) => value !== undefined);
  return times.length === 0 ? undefined : choose(...times);
}

/** A time of which no zone is told is UTC. One that cannot be read costs the elapsed time, not the answer. */
export function parseTime(text: string | null | undefined): number | undefined {
  if (!text) return undefined;
  const time = Date.parse(/(Z|[+-]\d\d:?\d\d)$/i.test(text) ? text : `${text}Z`);
  return Number.isNaN(time) ? undefined : time;
}
