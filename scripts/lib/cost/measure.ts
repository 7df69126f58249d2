/** What tables consumed in the last days, from CloudWatch, and what that costs a month either way. */

import type { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { DescribeTableCommand, type DynamoDBClient, type TableDescription } from "@aws-sdk/client-dynamodb";
import type { TableSpec } from "../../../tables/table-spec";
import { CouldNotTell, reasonOf } from "../errors";
import {
  metricNames,
  periodSeconds,
  readSums,
  type Metric,
  type MetricName,
  type Sums,
  type Window,
} from "./metrics";

export interface MeasuredPlace {
  readonly index?: string;
  /** As DynamoDB last counted, every six hours or so. */
  readonly sizeBytes: number;
  readonly items: number;
  readonly sums: Readonly<Record<MetricName, Sums>>;
}

export interface MeasuredTable {
  readonly spec: TableSpec;
  readonly table: string;
  readonly billing: "on-demand" | "provisioned";
  /** Not before the table was created. */
  readonly window: Window;
  readonly places: readonly MeasuredPlace[];
}

export interface MeasuringClients {
  readonly dynamodb: DynamoDBClient;
  readonly cloudwatch: CloudWatchClient;
}

export interface NamedTable {
  readonly spec: TableSpec;
  /** Physical name. */
  readonly table: string;
}

/**
 * Reads the tables' sizes and consumption: a call for each table, and one of CloudWatch for up to 125 tables and
 * indexes.
 *
 * @throws CouldNotTell for a table that is not there, and where AWS refuses or does not answer.
 */
export async function measureTables(
  { dynamodb, cloudwatch }: MeasuringClients,
  tables: readonly NamedTable[],
  window: Window,
  signal?: AbortSignal,
): Promise<readonly MeasuredTable[]> {
  const options = signal && { abortSignal: signal };
  const described = await Promise.all(
    tables.map(async ({ spec, table }) => {
      const { Table } = await dynamodb
        .send(new DescribeTableCommand({ TableName: table }), options)
        .catch(unreadable(`the table ${table}`, signal));
      return { spec, table, description: Table ?? {} };
    }),
  );
  const places = described.flatMap(({ spec, table, description }) =>
    placesOf(description).map((place) => ({ ...place, spec, table })),
  );
  const metrics = places.flatMap(({ table, index }) =>
    metricNames.map((name): Metric => ({ name, table, ...(index !== undefined && { index }) })),
  );
  const sums = await readSums(cloudwatch, metrics, window, signal).catch(unreadable("CloudWatch", signal));
  const measured = places.map((place, at) => ({ ...place, sums: sumsAt(sums, at) }));
  return described.map(({ spec, table, description }) => ({
    spec,
    table,
    billing: description.BillingModeSummary?.BillingMode === "PAY_PER_REQUEST" ? "on-demand" : "provisioned",
    window: since(window, description.CreationDateTime),
    places: measured.filter((place) => place.table === table),
  }));
}

type Size = Omit<MeasuredPlace, "sums">;

const placesOf = ({
  TableSizeBytes = 0,
  ItemCount = 0,
  GlobalSecondaryIndexes = [],
}: TableDescription): readonly Size[] => [
  { sizeBytes: TableSizeBytes, items: ItemCount },
  ...GlobalSecondaryIndexes.map(({ IndexName = "", IndexSizeBytes = 0, ItemCount: items = 0 }) => ({
    index: IndexName,
    sizeBytes: IndexSizeBytes,
    items,
  })),
];

function sumsAt(sums: readonly Sums[], place: number): Readonly<Record<MetricName, Sums>> {
  const entries = metricNames.map((name, at) => [name, sums[place * metricNames.length + at] ?? new Map()]);
  return Object.fromEntries(entries) as Record<MetricName, Sums>;
}

/** A table that is two days old has not been idle for twelve. */
function since({ start, end }: Window, created: Date | undefined): Window {
  if (created === undefined || created <= start) return { start, end };
  const period = periodSeconds * 1000;
  const first = Math.floor(created.getTime() / period) * period;
  return { start: new Date(Math.min(first, end.getTime() - period)), end };
}

const unreadable =
  (what: string, signal: AbortSignal | undefined) =>
  (error: unknown): never => {
    signal?.throwIfAborted();
    if (error instanceof CouldNotTell) throw error;
    const isMissing = error instanceof Error && error.name === "ResourceNotFoundException";
    throw new CouldNotTell(
      isMissing
        ? `There is no ${what.replace("the ", "")} in this account and region: deploy it, or name others.`
        : `AWS does not answer for ${what}: ${reasonOf(error)}. Check credentials, region and endpoint; ` +
            "dynamodb:DescribeTable and cloudwatch:GetMetricData are needed.",
    );
  };
