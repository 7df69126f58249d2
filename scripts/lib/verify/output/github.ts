/** A verification in GitHub Actions: the run's summary page, and annotations. */

import { appendFileSync } from "node:fs";
import pc from "picocolors";
import type { EnvironmentName } from "../../../../tables/naming";
import { CouldNotTell, reasonOf } from "../../errors";
import { code, prose } from "../../markdown";
import type { Finding } from "../finding";
import type { Report } from "../report";
import { describeSummary, firing } from "./text";
import { byStack, byWeight, commonCause, isUnknown, type Verification } from "./verification";

/** GitHub shows ten errors and ten warnings of a step, and drops the rest ("Workflow commands", annotations). */
const mostAnnotations = 10;

/** GitHub takes 1 MiB a step, other steps' parts included. */
const mostBytes = 512 * 1024;

const plain = pc.createColors(false);

export function stepSummary(verification: Verification): string {
  const { environment, reports } = verification;
  const cause = commonCause(verification);
  const lines = [
    `### Verification of ${environment}`,
    "",
    prose(describeSummary(verification, plain)),
    ...(cause === undefined
      ? [...byStack(reports)].flatMap(([stack, ofStack]) => describeStack(stack, ofStack))
      : ["", `Nothing could be checked: ${prose(cause.actual)}. ${prose(cause.remedy)}`]),
    ...reports
      .filter(({ state }) => state === firing)
      .flatMap(({ kind, name }) => ["", `${kind} ${code(name)} fires.`]),
  ];
  return cut(lines);
}

function describeStack(stack: string, reports: readonly Report[]): readonly string[] {
  const rows = reports.flatMap(({ kind, name, findings }) =>
    byWeight(findings).map((finding) => {
      const how = isUnknown(finding) ? "unknown" : `${finding.severity}, ${finding.tier}`;
      const { path, expected, actual, remedy, ref } = finding;
      return `| ${how} | ${kind} ${code(name)} | ${code(path)} | ${prose(expected)} | ${prose(actual)} | ${prose(remedy)} | ${code(ref)} |`;
    }),
  );
  if (rows.length === 0) return [];
  const head = "| severity | what | where | expected | found | what to do | see |";
  return ["", `#### ${stack}`, "", head, "| --- | --- | --- | --- | --- | --- | --- |", ...rows];
}

/** Whole lines, as many as GitHub takes: it would refuse the whole summary. */
function cut(lines: readonly string[]): string {
  const kept: string[] = [];
  let bytes = 0;
  for (const line of lines) {
    bytes += Buffer.byteLength(line) + 1;
    if (bytes > mostBytes) return [...kept, "", "The rest is too long for this page.", ""].join("\n");
    kept.push(line);
  }
  return [...kept, ""].join("\n");
}

/** What a person has to see is an error; what can wait, or is one of several that could not be read, a warning. */
export function annotations(verification: Verification): readonly string[] {
  const cause = commonCause(verification);
  if (cause !== undefined) return [annotation("error", "verify", describeFinding(cause))];
  const all = verification.reports.flatMap(({ stack, kind, name, findings }) =>
    findings.map((finding) => ({
      finding,
      level: !isUnknown(finding) && finding.severity !== "minor" ? ("error" as const) : ("warning" as const),
      title: `${stack}: ${kind} ${name}`,
    })),
  );
  const weighed = byWeight(all.map(({ finding }) => finding));
  const sorted = [...all].sort((one, other) => weighed.indexOf(one.finding) - weighed.indexOf(other.finding));
  return (["error", "warning"] as const).flatMap((level) => {
    const ofLevel = sorted.filter((one) => one.level === level);
    // The last one that is shown says how many are not.
    const shown = ofLevel.length > mostAnnotations ? ofLevel.slice(0, mostAnnotations - 1) : ofLevel;
    const more = ofLevel.length - shown.length;
    return [
      ...shown.map(({ title, finding }) => annotation(level, title, describeFinding(finding))),
      ...(more > 0 ? [annotation(level, "verify", `${more} more: see the run's summary.`)] : []),
    ];
  });
}

export const failureAnnotation = (environment: EnvironmentName, reason: string): string =>
  annotation("error", `verify ${environment}`, reason);

export const failureSummary = (environment: EnvironmentName, reason: string): string =>
  `### Verification of ${environment}\n\nNothing could be checked: ${prose(reason)}\n`;

const describeFinding = ({ path, expected, actual, remedy, ref }: Finding): string =>
  `${path}: ${expected} expected, ${actual} found. ${remedy} See ${ref}`;

/** GitHub: "Workflow commands for GitHub Actions"; its toolkit escapes values the same way. */
function annotation(level: "error" | "warning", title: string, message: string): string {
  const data = (text: string) =>
    text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A").replaceAll(controls, " ");
  const property = (text: string) => data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
  return `::${level} title=${property(title)}::${data(message)}`;
}

/** What would steer a terminal that shows the log. */
const controls = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/**
 * Writes the summary and the annotations. The latter go to stderr, where the runner reads them as well: stdout holds
 * the result.
 *
 * @throws CouldNotTell when the summary's file cannot be written.
 */
export function tellGithub(
  summary: string,
  commands: readonly string[],
  variables: NodeJS.ProcessEnv,
  print: (line: string) => void,
): void {
  for (const command of commands) print(command);
  const file = variables["GITHUB_STEP_SUMMARY"];
  if (!file) {
    print(
      "GITHUB_STEP_SUMMARY is not set, so there is no page to write the summary to: this is no GitHub job.",
    );
    return;
  }
  try {
    appendFileSync(file, summary);
  } catch (error) {
    throw new CouldNotTell(`The step's summary cannot be written: ${reasonOf(error)}.`);
  }
}
