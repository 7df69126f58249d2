/** What a verification found, before it is told to anybody: every output is made of this. */

import type { EnvironmentName } from "../../../../tables/naming";
import { exitCodes, type ExitCode } from "../../errors";
import type { Finding, Severity } from "../finding";
import { judge, type Outcome, type Report } from "../report";

export interface Verification {
  readonly environment: EnvironmentName;
  /** What could not be read makes the whole verification one that could not check. */
  readonly strict: boolean;
  readonly probed: boolean;
  readonly reports: readonly Report[];
  /** Types of the stacks' resources that no check looks at, as Terraform calls them. */
  readonly notLookedAt: readonly string[];
}

export interface Coverage {
  /** Subjects of which everything was read. */
  readonly checked: number;
  /** Those of which something, or all, could not be read. */
  readonly unknown: number;
  readonly notLookedAt: readonly string[];
}

export const coverageOf = ({ reports, notLookedAt }: Verification): Coverage => {
  const unknown = reports.filter(hasUnknown).length;
  return { checked: reports.length - unknown, unknown, notLookedAt };
};

export const outcomeOf = ({ reports, strict }: Verification): Outcome => judge(reports, { strict });

export const exitOf: Readonly<Record<Outcome, ExitCode>> = {
  "in spec": exitCodes.done,
  drift: exitCodes.no,
  "could not check": exitCodes.couldNotTell,
};

export const hasUnknown = ({ findings }: Report): boolean => findings.some(isUnknown);
export const isUnknown = ({ tier }: Pick<Finding, "tier">): boolean => tier === "unknown";
export const isDrift = (finding: Finding): boolean => !isUnknown(finding);

const severities: readonly Severity[] = ["critical", "major", "minor"];

/** The worst first; what could not be read comes last, since nobody knows how bad it is. */
export const byWeight = (findings: readonly Finding[]): readonly Finding[] => {
  const weight = (finding: Finding) =>
    isUnknown(finding) ? severities.length : severities.indexOf(finding.severity);
  return [...findings].sort((one, other) => weight(one) - weight(other));
};

/** Reports in the order in which they came, by their stack. */
export function byStack(reports: readonly Report[]): ReadonlyMap<string, readonly Report[]> {
  const stacks = new Map<string, Report[]>();
  for (const report of reports) {
    const others = stacks.get(report.stack);
    if (others === undefined) stacks.set(report.stack, [report]);
    else others.push(report);
  }
  return stacks;
}

/** `2 critical, 1 minor`; nothing for none. */
export function countSeverities(findings: readonly Finding[]): string {
  const drift = findings.filter(isDrift);
  return severities
    .map((severity) => ({ severity, count: drift.filter((one) => one.severity === severity).length }))
    .filter(({ count }) => count > 0)
    .map(({ severity, count }) => `${count} ${severity}`)
    .join(", ");
}

/** The one finding that all subjects have, and nothing else: a wrong endpoint, say, is told once. */
export function commonCause({ reports }: Verification): Finding | undefined {
  const first = reports[0]?.findings[0];
  if (first === undefined || reports.length < 2 || !isUnknown(first)) return undefined;
  const isSame = ({ findings: [only, ...more] }: Report) =>
    more.length === 0 &&
    only?.tier === first.tier &&
    only.path === first.path &&
    only.actual === first.actual;
  return reports.every(isSame) ? first : undefined;
}
