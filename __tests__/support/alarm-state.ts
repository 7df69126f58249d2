/** What CloudWatch makes of an alarm as it was synthesized, over given data points. */

import type { Block } from "./synthesis";

/** Of one metric, a value a period, the oldest first; `undefined` where nothing was published. */
export type Series = readonly (number | undefined)[];

export interface AlarmMetric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly stat: string;
  /** Seconds. */
  readonly period: number;
  /** In an expression. */
  readonly id?: string;
}

interface Query {
  readonly id: string;
  readonly expression?: string;
  readonly return_data?: boolean;
  readonly metric?: {
    readonly namespace: string;
    readonly metric_name: string;
    readonly dimensions: Readonly<Record<string, string>>;
    readonly stat: string;
    readonly period: number;
  };
}

const queriesOf = (alarm: Block): readonly Query[] => (alarm["metric_query"] ?? []) as readonly Query[];

/** The expression; none where the alarm is about one metric as it is. */
export const expressionOf = (alarm: Block): string | undefined =>
  queriesOf(alarm).find((query) => query.return_data)?.expression;

export function metricsOfAlarm(alarm: Block): readonly AlarmMetric[] {
  const queried = queriesOf(alarm).flatMap(({ id, metric }) =>
    metric === undefined ? [] : [{ id, ...metric, name: metric.metric_name }],
  );
  if (queried.length > 0) return queried;
  return [
    {
      namespace: alarm["namespace"] as string,
      name: alarm["metric_name"] as string,
      dimensions: alarm["dimensions"] as AlarmMetric["dimensions"],
      stat: (alarm["statistic"] ?? alarm["extended_statistic"]) as string,
      period: alarm["period"] as number,
    },
  ];
}

/**
 * AWS: "Evaluating an alarm" and "Configuring how CloudWatch alarms treat missing data".
 *
 * @param published gives each metric's last periods; a metric without any is one that was never published.
 * @throws Error for an alarm of another form than those here.
 */
export function stateOf(
  alarm: Block,
  published: (metric: AlarmMetric) => Series | undefined,
): "ALARM" | "OK" {
  const periods = alarm["evaluation_periods"] as number;
  const absent = Array.from({ length: periods }, () => undefined);
  const last = (metric: AlarmMetric) => [...absent, ...(published(metric) ?? [])].slice(-periods);
  const metrics = metricsOfAlarm(alarm);
  const expression = expressionOf(alarm);
  const [only] = metrics;
  if (only === undefined || alarm["comparison_operator"] !== "GreaterThanOrEqualToThreshold")
    throw new Error("No such alarm is evaluated here.");
  const result =
    expression === undefined
      ? last(only)
      : evaluate(
          expression,
          new Map(metrics.map((metric) => [metric.id ?? "", { ...metric, values: last(metric) }])),
        );
  const breaches = result.filter((value) =>
    value === undefined
      ? alarm["treat_missing_data"] === "breaching"
      : value >= (alarm["threshold"] as number),
  );
  return breaches.length >= (alarm["datapoints_to_alarm"] as number) ? "ALARM" : "OK";
}

type Metrics = ReadonlyMap<string, { readonly period: number; readonly values: Series }>;
type Value = number | Series | { readonly list: readonly Value[] };

/** The part of metric math that the alarms use (AWS: "Using metric math", syntax and functions). */
function evaluate(expression: string, metrics: Metrics): Series {
  const tokens = expression.match(/[A-Za-z_]\w*|\d+(?:\.\d+)?|[()[\],+\-*/]/g) ?? [];
  let next = 0;
  const isNext = (token: string) => tokens[next] === token;
  const take = (token?: string): string => {
    const found = tokens[next++];
    if (found === undefined || (token !== undefined && found !== token))
      throw new Error(`${expression}: ${found ?? "the end"} where ${token ?? "something"} has to be.`);
    return found;
  };
  const listTo = (end: string): readonly Value[] => {
    const values = [sum()];
    while (isNext(",")) {
      take();
      values.push(sum());
    }
    take(end);
    return values;
  };

  function sum(): Value {
    let value = product();
    while (isNext("+") || isNext("-")) {
      const sign = take() === "+" ? 1 : -1;
      value = pairwise(value, product(), (one, other) => one + sign * other);
    }
    return value;
  }
  function product(): Value {
    let value = factor();
    while (isNext("*") || isNext("/")) {
      const isTimes = take() === "*";
      value = pairwise(value, factor(), (one, other) => (isTimes ? one * other : one / other));
    }
    return value;
  }
  function factor(): Value {
    const token = take();
    if (token === "(") return listTo(")")[0] ?? 0;
    if (token === "[") return { list: listTo("]") };
    if (/^\d/.test(token)) return Number(token);
    if (!isNext("(")) return metric(token).values;
    take("(");
    if (token === "PERIOD") {
      const { period } = metric(take());
      take(")");
      return period;
    }
    return call(token, listTo(")"));
  }
  const metric = (id: string) => {
    const found = metrics.get(id);
    if (found === undefined) throw new Error(`${expression}: there is no metric ${id}.`);
    return found;
  };

  const result = sum();
  if (next < tokens.length || !isSeries(result)) throw new Error(`${expression} is no series.`);
  return result;
}

function call(name: string, [first, second]: readonly Value[]): Value {
  switch (name) {
    case "FILL": {
      if (first === undefined || !isSeries(first) || typeof second !== "number") break;
      // Nothing says that a metric without any data is filled: what works unfilled works in any case.
      if (first.every((value) => value === undefined)) return first;
      return first.map((value) => value ?? second);
    }
    case "MAX":
      return across(first, (values) => Math.max(...values));
    case "SUM":
      return across(first, (values) => values.reduce((sum, value) => sum + value, 0));
  }
  throw new Error(`${name} is not known here, or not with these arguments.`);
}

const isSeries = (value: Value): value is Series => Array.isArray(value);

/** Of an array of series: at each time over those that have a value there. */
function across(value: Value | undefined, combine: (values: readonly number[]) => number): Series {
  if (value === undefined || typeof value === "number" || isSeries(value)) throw new Error("Not an array.");
  const list = value.list.filter(isSeries);
  return (list[0] ?? []).map((_, time) => {
    const values = list.map((series) => series[time]).filter((one) => one !== undefined);
    return values.length === 0 ? undefined : combine(values);
  });
}

/** Where either has no value there is none, and CloudWatch drops what is divided by zero. */
function pairwise(one: Value, other: Value, combine: (one: number, other: number) => number): Value {
  const at = (value: Value, time: number) => (isSeries(value) ? value[time] : (value as number));
  const series = [one, other].find(isSeries);
  if (series === undefined) return combine(one as number, other as number);
  return series.map((_, time) => {
    const [left, right] = [at(one, time), at(other, time)];
    const result = left === undefined || right === undefined ? undefined : combine(left, right);
    return result === undefined || !Number.isFinite(result) ? undefined : result;
  });
}
