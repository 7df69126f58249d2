import type { Finding, Subject } from "./finding";

/** What was found of one subject: nothing, when it is in spec. */
export interface Report extends Subject {
  /** Id of a table's spec. */
  readonly id?: string;
  /** What it is doing, where that is no drift: an alarm that fires. */
  readonly state?: string;
  readonly findings: readonly Finding[];
}

export type Outcome = "in spec" | "drift" | "could not check";

/**
 * Known drift is an answer, also where other things could not be read; with `strict`, only what was looked at
 * wholly is one.
 */
export function judge(reports: readonly Report[], { strict }: { readonly strict: boolean }): Outcome {
  const findings = reports.flatMap((report) => report.findings);
  const isUnknown = findings.some(({ tier }) => tier === "unknown");
  if (strict && isUnknown) return "could not check";
  if (findings.some(({ tier }) => tier !== "unknown")) return "drift";
  return isUnknown ? "could not check" : "in spec";
}
