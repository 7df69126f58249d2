/** An alarm as data: what is measured, when it is too much, and why that is. */

import type { System } from "../../tables/systems";
import type { EnvironmentName } from "../../tables/naming";
import { alarmName } from "../naming";

/** AWS: "Amazon CloudWatch services that publish metrics". */
export type Namespace = "AWS/ApiGateway" | "AWS/DynamoDB" | "AWS/Lambda" | "AWS/SQS" | "AWS/States";

export type Statistic = "Average" | "Maximum" | "Sum" | "p99";

export interface Metric {
  readonly namespace: Namespace;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: Statistic;
}

/**
 * Adds up what may be absent: DynamoDB and Step Functions publish nothing while nothing happens. `+` would have no value
 * where one side has none at all.
 */
export const sumOf = (ids: readonly string[]): string =>
  `SUM([${ids.map((id) => `FILL(${id}, 0)`).join(", ")}])`;

/** CloudWatch takes ten metrics an alarm, and no SEARCH (AWS: "Using metric math", alarms). */
export type Measure =
  | { readonly kind: "metric"; readonly metric: Metric }
  | {
      readonly kind: "expression";
      readonly expression: string;
      /** By the ids that the expression has them by: they begin with a small letter. */
      readonly metrics: Readonly<Record<string, Metric>>;
    };

/** The alarm goes off when `breaching` of the last `of` periods reach the threshold. */
export interface Window {
  /** Seconds. */
  readonly period: 60 | 300 | 900;
  readonly breaching: number;
  readonly of: number;
}

/** A page of docs/runbooks and a heading there. */
export interface RunbookSection {
  readonly page: "failing-functions" | "throttling";
  readonly heading: string;
}

/** Each alarm's name ends in one of these, and then in its environment. */
export const alarmKinds = [
  "5xx",
  "capacity",
  "dead-letter-errors",
  "dead-letters",
  "duration",
  "errors",
  "failed",
  "system-errors",
  "throttles",
] as const;
export type AlarmKind = (typeof alarmKinds)[number];

/**
 * Of all of them holds: the threshold is reached or passed, and where there are no data nothing has happened, so
 * missing data do not breach.
 */
export interface AlarmSpec {
  /** What it watches, within the system: a table's id, one with its index, a function. */
  readonly subject: string;
  readonly kind: AlarmKind;
  /** What it tells, in a sentence. */
  readonly tells: string;
  /** Why this threshold and no other, in a sentence or two. */
  readonly because: string;
  readonly measure: Measure;
  readonly threshold: number;
  /** The threshold in words: "1 or more a minute". */
  readonly limit: string;
  readonly window: Window;
  readonly runbook: RunbookSection;
}

export const metricsOf = ({ measure }: AlarmSpec): readonly Metric[] =>
  measure.kind === "metric" ? [measure.metric] : Object.values(measure.metrics);

export const nameOfAlarm = (
  system: System,
  { subject, kind }: Pick<AlarmSpec, "kind" | "subject">,
  environment: EnvironmentName,
): string => alarmName(system, subject, kind, environment);

/** When the alarm goes off: "1 or more a minute, in 5 of 10 minutes". */
export const conditionOf = ({ limit, window }: AlarmSpec): string => `${limit}, ${windowText(window)}`;

export function windowText({ period, breaching, of }: Window): string {
  const minutes = period / 60;
  if (of === 1) return `in ${minutes} minutes`;
  const periods = minutes === 1 ? "minutes" : `periods of ${minutes} minutes`;
  return breaching === of ? `in ${of} ${periods} running` : `in ${breaching} of ${of} ${periods}`;
}

export const pageOf = ({ page }: RunbookSection): string => `docs/runbooks/${page}.md`;

/** PutMetricAlarm: AlarmDescription. */
const longestDescription = 1_024;

/**
 * What a mail about the alarm says.
 *
 * @throws Error when it is longer than CloudWatch takes.
 */
export function descriptionOf(alarm: AlarmSpec): string {
  const { tells, because, runbook } = alarm;
  const text = `${tells} It goes off at ${conditionOf(alarm)}: ${because} Runbook: ${pageOf(runbook)}, "${runbook.heading}".`;
  if (text.length > longestDescription) {
    throw new Error(
      `The alarm ${alarm.subject} ${alarm.kind}: its description must have ${longestDescription} characters at ` +
        `most; found ${text.length}. Say it in fewer words.`,
    );
  }
  return text;
}
