/** A verification as JUnit XML, which CI systems show: a suite a stack, a case a subject. */

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import builder from "junit-report-builder";
import type { EnvironmentName } from "../../../../tables/naming";
import { CouldNotTell, reasonOf } from "../../errors";
import { printable } from "../../watch/text";
import type { Finding } from "../finding";
import { byStack, byWeight, isDrift, isUnknown, type Verification } from "./verification";

/** Drift is a failure; what could not be read is an error, which CI systems tell apart. */
export function junitReport({ environment, reports }: Verification): string {
  const report = builder.newBuilder().name(`verify ${environment}`);
  for (const [stack, ofStack] of byStack(reports)) {
    const suite = report.testSuite().name(stack);
    for (const { kind, name, state, findings } of ofStack) {
      const test = suite
        .testCase()
        .className(`${stack}.${kind}`)
        .name(xmlText(`${kind} ${name}`));
      const drift = byWeight(findings.filter(isDrift));
      const unread = findings.filter(isUnknown);
      if (drift.length > 0) test.failure(drift.map(describe).join("\n"), drift[0]?.severity);
      if (unread.length > 0) test.error(unread.map(describe).join("\n"), "unknown");
      if (state !== undefined) test.standardOutput(xmlText(`state: ${state}`));
    }
  }
  return report.build();
}

/** When nothing could be looked at: a report that is missing would pass for one without failures. */
export function junitFailure(environment: EnvironmentName, reason: string): string {
  const report = builder.newBuilder().name(`verify ${environment}`);
  report.testSuite().name("verify").testCase().className("verify").name(environment).error(xmlText(reason));
  return report.build();
}

/** @throws CouldNotTell when the file cannot be written. */
export function writeJunit(file: string, xml: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, xml);
  } catch (error) {
    throw new CouldNotTell(`The JUnit report cannot be written: ${reasonOf(error)}. Name another file.`);
  }
}

const describe = ({ severity, tier, path, expected, actual, remedy, ref }: Finding): string =>
  xmlText(`${tier}, ${severity}: ${path}: ${expected} expected, ${actual} found. ${remedy} See ${ref}`);

/** The builder escapes what XML has a meaning for. Characters that XML 1.0 cannot have at all would break the file. */
const xmlText = (text: string): string => printable(text).replace(/[\uFFFE\uFFFF]/g, "\u{FFFD}");
