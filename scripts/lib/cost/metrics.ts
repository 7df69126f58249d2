/** Sums of CloudWatch metrics over five minutes each. */

import {
  GetMetricDataCommand,
  type CloudWatchClient,
  type MetricDataQuery,
  type MetricDataResult,
} from "@aws-sdk/client-cloudwatch";
import { CouldNotTell } from "../errors";

/** CloudWatch keeps sums over five minutes for 63 days (AWS: GetMetricData); autoscaling acts within as many minutes. */
export const periodSeconds = 300;
export const retainedDays = 63;
export const periodsPerHour = 3_600 / periodSeconds;

/** AWS: GetMetricData, the most queries of one call, and the most points of one answer. */
const mostQueries = 500;
const mostPoints = 100_800;

export const metricNames = [
  "ConsumedReadCapacityUnits",
  "ConsumedWriteCapacityUnits",
  "ReadThrottleEvents",
  "WriteThrottleEvents",
] as const;
export type MetricName = (typeof metricNames)[number];

export interface Metric {
  readonly name: MetricName;
  readonly table: string;
  readonly index?: string;
}

export interface Window {
  readonly start: Date;
  readonly end: Date;
}

/** Sums by the millisecond at which their five minutes begin. Empty where CloudWatch has none. */
export type Sums = ReadonlyMap<number, number>;

/** The last days, as whole periods that are over. */
export function lastDays(days: number, now: Date): Window {
  const period = periodSeconds * 1000;
  const end = Math.floor(now.getTime() / period) * period;
  return { start: new Date(end - days * 86_400_000), end: new Date(end) };
}

/**
 * Reads metrics in as few calls as AWS allows.
 *
 * @returns the sums of each metric, in the metrics' order.
 * @throws CouldNotTell when CloudWatch refuses or fails to give one of them; what the call itself throws.
 */
export async function readSums(
  client: CloudWatchClient,
  metrics: readonly Metric[],
  window: Window,
  signal?: AbortSignal,
): Promise<readonly Sums[]> {
  const sums = metrics.map(() => new Map<number, number>());
  for (let first = 0; first < metrics.length; first += mostQueries) {
    const queries = metrics
      .slice(first, first + mostQueries)
      .map((metric, at) => queryOf(metric, first + at));
    for await (const result of results(client, queries, window, signal)) {
      const target = sums[Number(result.Id?.slice(1))];
      for (const [at, time] of (result.Timestamps ?? []).entries()) {
        const value = result.Values?.[at];
        if (value !== undefined) target?.set(time.getTime(), value);
      }
    }
  }
  return sums;
}

async function* results(
  client: CloudWatchClient,
  queries: readonly MetricDataQuery[],
  { start, end }: Window,
  signal?: AbortSignal,
): AsyncIterable<MetricDataResult> {
  let NextToken: string | undefined;
  do {
    const answer = await client.send(
      new GetMetricDataCommand({
        MetricDataQueries: [...queries],
        StartTime: start,
        EndTime: end,
        ScanBy: "TimestampAscending",
        MaxDatapoints: mostPoints,
        ...(NextToken !== undefined && { NextToken }),
      }),
      signal && { abortSignal: signal },
    );
    for (const result of answer.MetricDataResults ?? []) {
      if (result.StatusCode === "Forbidden" || result.StatusCode === "InternalError") {
        const why = result.Messages?.map(({ Value }) => Value).join(" ") || result.StatusCode;
        throw new CouldNotTell(`CloudWatch does not give ${result.Label ?? "a metric"}: ${why}. Try again.`);
      }
      yield result;
    }
    NextToken = answer.NextToken;
  } while (NextToken !== undefined);
}

const queryOf = ({ name, table, index }: Metric, id: number): MetricDataQuery => ({
  // An id begins with a small letter.
  Id: `m${id}`,
  Label: [name, table, index].filter(Boolean).join(" "),
  MetricStat: {
    Metric: {
      Namespace: "AWS/DynamoDB",
      MetricName: name,
      Dimensions: [
        { Name: "TableName", Value: table },
        ...(index === undefined ? [] : [{ Name: "GlobalSecondaryIndexName", Value: index }]),
      ],
    },
    Period: periodSeconds,
    Stat: "Sum",
  },
});
