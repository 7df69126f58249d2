import { overallSeconds, stepSeconds, type OverallStatus, type Progress, type StepStatus } from "./progress";
import { duration, jsonLine, printable } from "./text";

/** A step, or the request as a whole, that is not as it was before. */
export interface Change {
  readonly id: string;
  readonly overallStatus: OverallStatus;
  readonly step?: string;
  readonly status?: StepStatus;
  readonly message?: string;
  readonly elapsedSeconds?: number;
  /** When it was seen, ISO 8601. */
  readonly at: string;
}

/** What changed between two answers. Before the first one, every step is taken to be pending. */
export function changesBetween(
  before: Progress | undefined,
  after: Progress,
  now: number,
): readonly Change[] {
  const of = (seconds: number | undefined) => ({
    ...(seconds !== undefined && { elapsedSeconds: Math.round(seconds * 1000) / 1000 }),
    at: new Date(now).toISOString(),
  });
  const base = { id: after.id, overallStatus: after.overall };
  const steps = after.steps.filter((step, index) => {
    const old = before?.steps[index];
    if (old === undefined) return step.status !== "pending";
    return old.status !== step.status || old.message !== step.message;
  });
  return [
    ...steps.map((step) => ({
      ...base,
      step: step.name,
      status: step.status,
      ...(step.message && { message: step.message }),
      ...of(stepSeconds(step, now)),
    })),
    ...(before?.overall === after.overall ? [] : [{ ...base, ...of(overallSeconds(after, now)) }]),
  ];
}

/** A change in one line, for logs. */
export function describeChange({
  id,
  overallStatus,
  step,
  status,
  message,
  elapsedSeconds,
  at,
}: Change): string {
  const what = step === undefined ? ["overall", overallStatus] : [step, status];
  const after = elapsedSeconds === undefined ? [] : [`after ${duration(elapsedSeconds)}`];
  const words = [at, printable(id), ...what, ...after].join(" ");
  return message ? `${words}: ${printable(message)}` : words;
}

/** Raised when a field of the JSON lines changes its meaning or goes. */
const schemaVersion = 1;

export const changeLine = (system: string, change: Change): string =>
  jsonLine({ schemaVersion, system, ...change });

export type WatchOutcome = "completed" | "failed" | "could not tell";

/** The last line: how it ended, and the last known status of each id; null where none was ever told. */
export const outcomeLine = (
  outcome: WatchOutcome,
  ids: Readonly<Record<string, OverallStatus | null>>,
  error?: string,
): string => jsonLine({ schemaVersion, outcome, ids, ...(error !== undefined && { error }) });
