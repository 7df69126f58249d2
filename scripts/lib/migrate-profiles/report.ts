/** What a migration or a rollback says at its end. */

import pc from "picocolors";
import { exitCodes, type ExitCode } from "../errors";
import type { MigrationProgress } from "./checkpoint";
import { describeDuration } from "../duration";
import type { MigrationCounts } from "./migrate";
import { count } from "../progress";
import type { FolderCheck, RollbackCounts } from "./roll-back";

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

export function migrationReport(
  { stored: sent, rejected: judgedBad, ignored, verification }: MigrationCounts,
  rejects: string,
): Report {
  const { verified, missing, different, refused } = verification;
  const [stored, rejected] = [sent - refused, judgedBad + refused];
  const hasChanged = verified + missing + different !== stored || verification.rejected !== judgedBad;
  const isComplete = rejected + missing + different === 0 && !hasChanged;
  const document = { read: stored + rejected, stored, rejected, ignored, verified, missing, different };
  return {
    outcome: isComplete ? "complete" : "incomplete",
    document: { ...document, ...(!isComplete && { rejects }) },
    lines: [
      ...readLines({ stored, rejected, ignored }, "stored"),
      ["verified in the table", count(verified)],
      ...some("missing in the table", missing),
      ...some("other content in the table", different),
    ],
    advice: [
      ...(rejected + missing + different > 0 ? [`What is not in the table, and why: ${rejects}`] : []),
      ...(hasChanged ? ["The source changed meanwhile. Run the migration again."] : []),
    ],
  };
}

export function rehearsalReport(
  { stored, rejected, ignored }: Pick<MigrationProgress, "stored" | "rejected" | "ignored">,
  rejects: string,
): Report {
  const isComplete = rejected === 0;
  return {
    outcome: isComplete ? "complete" : "incomplete",
    document: { read: stored + rejected, good: stored, rejected, ignored, ...(!isComplete && { rejects }) },
    lines: readLines({ stored, rejected, ignored }, "good"),
    advice: isComplete ? [] : [`What would not be stored, and why: ${rejects}`],
  };
}

export function rollbackReport({
  check,
  ...counts
}: RollbackCounts & { readonly check: FolderCheck }): Report {
  const { verified, missing, different, ownTimeDiffers, examples } = check;
  const isComplete = missing + different === 0;
  return {
    outcome: isComplete ? "complete" : "incomplete",
    document: { ...counts, verified, missing, different, ownTimeDiffers, examples },
    lines: [
      ["read", count(counts.read)],
      ["written", count(counts.written)],
      ["there already", count(counts.unchanged)],
      ...some("left with other content", counts.kept),
      ["verified in the folder", count(verified)],
      ...some("missing in the folder", missing),
      ...some("other content in the folder", different),
      ...some("own time differs", ownTimeDiffers),
    ],
    advice: [
      ...(isComplete ? [] : [`Among them: ${examples.join(", ")}`]),
      ...(counts.kept > 0 ? ["Files with other content are written over with --force only."] : []),
    ],
  };
}

/** A dry run answers what would be: files with other content would be left, or written over with `force`. */
export function rollbackRehearsalReport(
  { verified, missing, different, ownTimeDiffers, examples }: FolderCheck,
  force: boolean,
): Report {
  const isComplete = different === 0 || force;
  return {
    outcome: isComplete ? "complete" : "incomplete",
    document: {
      read: verified + missing + different,
      new: missing,
      unchanged: verified,
      different,
      ownTimeDiffers,
      examples,
    },
    lines: [
      ["would be written", count(missing)],
      ["there already", count(verified)],
      ...some(force ? "would be written over" : "hold something else", different),
      ...some("own time differs", ownTimeDiffers),
    ],
    advice: isComplete ? [] : ["Files with other content are written over with --force only."],
  };
}

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

const readLines = (
  { stored, rejected, ignored }: Pick<MigrationProgress, "stored" | "rejected" | "ignored">,
  good: string,
): readonly (readonly [string, string])[] => [
  ["read", count(stored + rejected)],
  [good, count(stored)],
  ["rejected", count(rejected)],
  ...some("ignored, not *.json", ignored),
];

const some = (name: string, number: number): readonly (readonly [string, string])[] =>
  number > 0 ? [[name, count(number)]] : [];
