/** What resources cost a month whatever is done with them: keys, alarms, dashboards. */

import type { Json, Values } from "../plan/planned-stack";
import { noMoney, sum, times, type Dollars } from "./money";
import { prices } from "./prices";

/** A resource in the provider's spelling: of a plan, or of a synthesized stack. */
export interface Resource {
  readonly type: string;
  readonly values: Values;
}

const types = {
  keys: "aws_kms_key",
  alarms: "aws_cloudwatch_metric_alarm",
  dashboards: "aws_cloudwatch_dashboard",
} as const;

export type Fixed = keyof typeof types;
export const fixedSubjects = Object.keys(types) as readonly Fixed[];
export const fixedTypes: ReadonlySet<string> = new Set(Object.values(types));

/** What is paid for a number of things in a month: keys, metrics of alarms, calls, bytes. */
export interface Charge {
  readonly month: Dollars;
  readonly count: number;
}

const priceOf: Readonly<Record<Fixed, (resource: Values) => Charge>> = {
  keys: () => ({ month: prices.keyMonth, count: 1 }),
  alarms: (alarm) => alarmCost(alarm),
  dashboards: () => ({ month: prices.dashboardMonth, count: 1 }),
};

export function fixedCost(subject: Fixed, resources: readonly Resource[]): Charge {
  const costs = resources
    .filter(({ type }) => type === types[subject])
    .map(({ values }) => priceOf[subject](values));
  return {
    month: sum(costs.map(({ month }) => month)),
    count: costs.reduce((all, { count }) => all + count, 0),
  };
}

export const nothingCharged: Charge = { month: noMoney, count: 0 };

export const isAlarm = ({ type }: Resource): boolean => type === types.alarms;

/** AWS: an alarm that looks more often than each minute is of "high resolution". */
const standardSeconds = 60;

/** An alarm on an expression is paid for each metric in it, and an expression alone is none. */
function alarmCost(alarm: Values): Charge {
  const metrics = alarmMetrics(alarm);
  const isFast = metrics.some(({ period }) => typeof period === "number" && period < standardSeconds);
  const price = isFast ? prices.fastAlarmMetricMonth : prices.alarmMetricMonth;
  return { month: times(price, metrics.length), count: metrics.length };
}

/** The metrics that an alarm looks at: its own, or those of its queries. */
export function alarmMetrics(alarm: Values): readonly Values[] {
  const queried = blocks(alarm["metric_query"]).flatMap((query) => blocks(query["metric"]));
  return queried.length > 0 ? queried : [alarm];
}

/** Terraform writes blocks as lists, also where there can be one; cdktf writes a single one without. */
export function blocks(value: Json | undefined): readonly Values[] {
  if (Array.isArray(value)) return value as readonly Values[];
  return typeof value === "object" && value !== null ? [value as Values] : [];
}
