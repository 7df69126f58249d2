/** What a migration or a rollback says at its end. */

import type { MigrationProgress } from "./checkpoint";
import type { MigrationCounts } from "./migrate";
import { count } from "../progress";
import { some, type Report } from "../run-report";
import type { FolderCheck, RollbackCounts } from "./roll-back";

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

const readLines = (
  { stored, rejected, ignored }: Pick<MigrationProgress, "stored" | "rejected" | "ignored">,
  good: string,
): readonly (readonly [string, string])[] => [
  ["read", count(stored + rejected)],
  [good, count(stored)],
  ["rejected", count(rejected)],
  ...some("ignored, not *.json", ignored),
];
