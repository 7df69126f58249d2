/** How a long run says what it did: counts, and whether all went well. */

import pc from "picocolors";
import { describeDuration } from "./duration";
import { exitCodes, type ExitCode } from "./errors";
import { count } from "./progress";

/** `incomplete`: something of the source is not in the table, or something of the table is in no file. */
export type Outcome = "complete" | "incomplete";

export interface Report {
  readonly outcome: Outcome;
  /** For machines. */
  readonly document: Readonly<Record<string, unknown>>;
  /** For people: what was counted, and what to do. */
  readonly lines: readonly (readonly [name: string, value: string])[];
  readonly advice: readonly string[];
}

export const exitOf: Readonly<Record<Outcome, ExitCode>> = {
  complete: exitCodes.done,
  incomplete: exitCodes.no,
};

export function describeReport(
  { outcome, lines, advice }: Report,
  seconds: number,
  peakBytes: number,
): string {
  const all = [
    ...lines,
    ["time", describeDuration(seconds)],
    ["peak memory", `${count(peakBytes / 1024 / 1024)} MB`],
  ] as const;
  const width = Math.max(...all.map(([name]) => name.length));
  const mark = outcome === "complete" ? pc.green("✓ complete") : pc.red("✗ incomplete");
  return [mark, ...all.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`), ...advice].join("\n");
}

export const some = (name: string, number: number): readonly (readonly [string, string])[] =>
  number > 0 ? [[name, count(number)]] : [];
