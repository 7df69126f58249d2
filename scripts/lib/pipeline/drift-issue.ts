/** The one issue that says where the accounts differ from the main branch. */

import { exitCodes, type ExitCode } from "../errors";
import { code, fenced, prose, withoutMentions } from "../markdown";
import type { Finding } from "../verify/finding";
import { byWeight, isUnknown } from "../verify/output/verification";
import { mostCharacters } from "./plan-comment";
import type { Report } from "./reports";

/** By which the issue is found again. */
export const driftMarker = "<!-- dynamodb-layer: drift -->";
export const driftTitle = "Drift: an account differs from the main branch";

export type Drift =
  | { readonly kind: "none" }
  | { readonly kind: "found" | "unknown"; readonly environments: readonly Report[] };

/** Drift that is known is an answer, also where other environments could not be looked at. */
export function driftOf(reports: readonly Report[]): Drift {
  const drifted = reports.filter((report) => hasDrift(report));
  if (drifted.length > 0)
    return { kind: "found", environments: reports.filter((report) => !isInSpec(report)) };
  const unknown = reports.filter((report) => !isInSpec(report));
  return unknown.length === 0 ? { kind: "none" } : { kind: "unknown", environments: unknown };
}

export const exitOf = (drift: Drift): ExitCode =>
  ({ none: exitCodes.done, found: exitCodes.no, unknown: exitCodes.couldNotTell })[drift.kind];

/** A plan has nothing to do with what the guard says of it. */
const hasDrift = ({ changed, verify }: Report): boolean => changed.length > 0 || verify === exitCodes.no;

const isInSpec = (report: Report): boolean =>
  !hasDrift(report) && report.plan === exitCodes.done && report.verify === exitCodes.done;

export function driftBody(
  reports: readonly Report[],
  { commit, runUrl }: { commit: string; runUrl: string },
) {
  const head = [
    driftMarker,
    `Found at ${code(commit.slice(0, 12))} by [this run](${runUrl}), which keeps the summaries in full.`,
    "Either the main branch has not been rolled out, or somebody has changed the account by hand: roll out the " +
      "branch, or bring the change into it (`docs/runbooks/drift-found.md`). The issue is closed when a nightly run " +
      "finds no difference.",
  ].join("\n\n");
  const share = Math.floor((mostCharacters - head.length) / Math.max(1, reports.length)) - 2;
  return [head, ...reports.map((report) => sectionOf(report).slice(0, share))].join("\n\n");
}

function rowOf(finding: Finding): string {
  const { severity, subject, path, expected, actual } = finding;
  const how = isUnknown(finding) ? "unknown" : severity;
  return `| ${how} | ${code(subject)} | ${code(path)} | ${prose(expected)} | ${prose(actual)} |`;
}

function sectionOf({ environment, plan, verify, changed, findings, errors }: Report): string {
  const isUnknown = [plan, verify].some((one) => one === undefined || one === exitCodes.couldNotTell);
  return [
    `### ${environment}`,
    ...(changed.length > 0 ? [`Not as the branch has it: ${changed.map(code).join(", ")}.`] : []),
    ...(findings.length > 0
      ? [
          [
            "| severity | what | where | expected | actual |",
            "| --- | --- | --- | --- | --- |",
            ...byWeight(findings).map(rowOf),
          ].join("\n"),
        ]
      : []),
    ...(isUnknown ? [`Not everything could be looked at:\n\n${fenced(withoutMentions(errors))}`] : []),
  ].join("\n\n");
}
