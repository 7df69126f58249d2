/** A verification for people: by stack, each finding with how bad it is, what to do, and where it is explained. */

import type { Colors } from "picocolors/types";
import { printable } from "../../watch/text";
import type { Finding, Severity } from "../finding";
import type { Report } from "../report";
import {
  byStack,
  byWeight,
  commonCause,
  countSeverities,
  coverageOf,
  isUnknown,
  outcomeOf,
  type Verification,
} from "./verification";

/** What AWS calls an alarm that fires (CloudWatch: "Metric alarm states"). */
export const firing = "ALARM";

/** More names than these are counted instead. */
const mostNames = 8;

export function describeVerification(verification: Verification, colors: Colors): string {
  const cause = commonCause(verification);
  if (cause !== undefined) {
    const count = verification.reports.length;
    const actual = printable(cause.actual).replace(/\.$/, "");
    return `Nothing could be checked, of ${count} that are declared: ${actual}. ${printable(cause.remedy)}`;
  }
  return [
    ...[...byStack(verification.reports)].flatMap(([stack, reports]) =>
      describeStack(stack, reports, colors),
    ),
    ...describeGood(verification, colors),
    ...describeStates(verification.reports, colors),
    describeSummary(verification, colors),
  ].join("\n");
}

function describeStack(stack: string, reports: readonly Report[], colors: Colors): readonly string[] {
  const wrong = reports.filter(({ findings }) => findings.length > 0);
  if (wrong.length === 0) return [];
  return [
    colors.bold(stack),
    ...wrong.flatMap(({ kind, name, findings }) => [
      `  ${kind} ${printable(name)}`,
      ...byWeight(findings).flatMap((finding) => describeFinding(finding, colors)),
    ]),
    "",
  ];
}

const colorOf = { critical: "red", major: "red", minor: "yellow" } as const satisfies Record<
  Severity,
  keyof Colors
>;

function describeFinding(finding: Finding, colors: Colors): readonly string[] {
  const { tier, severity, path, expected, actual, remedy, ref } = finding;
  const mark = isUnknown(finding)
    ? colors.yellow("? unknown")
    : colors[colorOf[severity]](`✗ ${severity}${tier === "undeclared" ? ", undeclared" : ""}`);
  return [
    `    ${mark}  ${printable(path)}: ${printable(expected)} expected, ${printable(actual)} found`,
    `      ${printable(remedy)} See ${printable(ref)}`,
  ];
}

function describeGood({ reports, probed }: Verification, colors: Colors): readonly string[] {
  const good = reports.filter(({ findings }) => findings.length === 0);
  if (good.length === 0) return [];
  const checked = probed ? "in spec, and the probe passed" : "in spec";
  const told =
    good.length > mostNames ? countKinds(good) : good.map(({ name }) => printable(name)).join(", ");
  return [`${colors.green("✓")} ${told}: ${checked}.`];
}

/** `6 table, 20 function`: a kind's plural is not worth a table of its own. */
function countKinds(reports: readonly Report[]): string {
  const kinds = new Map<string, number>();
  for (const { kind } of reports) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  return [...kinds].map(([kind, count]) => `${kind} ${count}`).join(", ");
}

/** That an alarm fires is no drift, and worth a line. */
function describeStates(reports: readonly Report[], colors: Colors): readonly string[] {
  return reports
    .filter(({ state }) => state === firing)
    .map(({ stack, kind, name }) => `${colors.yellow("!")} ${kind} ${printable(name)} fires (${stack}).`);
}

export function describeSummary(verification: Verification, colors: Colors): string {
  const { checked, unknown, notLookedAt } = coverageOf(verification);
  const findings = verification.reports.flatMap((report) => report.findings);
  const outcome = outcomeOf(verification);
  const told = {
    "in spec": () => colors.green(`${verification.environment} is in spec.`),
    drift: () => colors.red(`${verification.environment} has drift: ${countSeverities(findings)}.`),
    "could not check": () => {
      const known = countSeverities(findings);
      return colors.yellow(
        `${verification.environment} could not be checked wholly${known === "" ? "" : `; known drift: ${known}`}.`,
      );
    },
  }[outcome]();
  return [
    told,
    `Looked at ${checked + unknown}, unknown ${unknown}.`,
    ...(notLookedAt.length > 0 ? [`Not looked at: ${notLookedAt.join(", ")}.`] : []),
  ].join(" ");
}
