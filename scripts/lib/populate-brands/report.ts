/** What a population says at its end. */

import type { Rejection } from "../../../functions/brand-processing/brand-row";
import { count } from "../progress";
import { some, type Report } from "../run-report";
import type { Populated } from "./populate";

/** Of a list that people read. */
const shown = 20;

/** Complete: every brand that has a name is stored as the source has it, and no row is none. */
export function populationReport({ counts, verification, writeCalls, rowsPerSecond }: Populated): Report {
  const { rows, added, refreshed, unchanged, missing, repeated, rejected, rejects, withoutSector } = counts;
  const { verified, different, examples, isSameSource } = verification ?? {
    verified: undefined,
    different: 0,
    examples: [],
    isSameSource: true,
  };
  const expected = rows - missing.length - rejected - repeated;
  const isProven = verification === undefined || (isSameSource && different === 0 && verified === expected);
  const willBe = verification === undefined ? "would be " : "";
  return {
    outcome: isProven && rejected === 0 ? "complete" : "incomplete",
    document: {
      rows,
      new: added,
      refreshed,
      unchanged,
      missing: missing.length,
      missingIds: missing,
      rejected,
      rejects,
      repeated,
      withoutSector,
      writeCalls,
      rowsPerSecond,
      ...(verification !== undefined && { verified, different, examples }),
    },
    lines: [
      ["rows", count(rows)],
      [`${willBe}new`, count(added)],
      [`${willBe}refreshed`, count(refreshed)],
      ["unchanged", count(unchanged)],
      ["missing from brand", count(missing.length)],
      ["rejected", count(rejected)],
      ...some("repeated", repeated),
      ...some("without a sector", withoutSector),
      ["write calls", count(writeCalls)],
      ["rows a second", count(rowsPerSecond)],
      ...(verified === undefined ? [] : [["verified in the table", count(verified)] as const]),
      ...some("other in the table", different),
    ],
    advice: [
      ...listed(
        "Brands that brand does not name, and that are not written:",
        missing.map(String),
        missing.length,
      ),
      ...listed("Rejected:", rejects.map(describeRejection), rejected),
      ...listed("Not stored as the source has them; run it again:", examples.map(String), different),
      ...(isSameSource ? [] : ["The source changed meanwhile. Run it again."]),
    ],
  };
}

function listed(title: string, all: readonly string[], total: number): readonly string[] {
  if (total === 0) return [];
  const first = all.slice(0, shown);
  const more = total > first.length ? [`  and ${count(total - first.length)} more: --json lists them`] : [];
  return [title, ...first.map((one) => `  ${one}`), ...more];
}

const describeRejection = ({ place, code, brandid, reason }: Rejection): string =>
  [`${place}:`, code, brandid !== undefined && `(brand ${brandid})`, reason].filter(Boolean).join(" ");
