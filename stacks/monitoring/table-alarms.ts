/** The alarms of a table and its indexes, from its spec. */

import type { Capacity } from "../../tables/capacity";
import { tableName, type EnvironmentName } from "../../tables/naming";
import type { TableSpec } from "../../tables/table-spec";
import type { Direction } from "../naming";
import { sumOf, type AlarmSpec, type Measure, type Metric } from "./alarm-spec";
import { operationsOn } from "./table-operations";

/** A table, or an index of it: each has metrics of its own (AWS: "DynamoDB metrics and dimensions"). */
interface Subject {
  readonly id: string;
  /** As sentences have it. */
  readonly called: string;
  readonly capacity: Capacity;
  readonly dimensions: Readonly<Record<string, string>>;
}

const directions: readonly Direction[] = ["read", "write"];
const inNames = { read: "Read", write: "Write" } as const satisfies Record<Direction, string>;

export function tableAlarms(spec: TableSpec, environment: EnvironmentName): readonly AlarmSpec[] {
  const TableName = tableName(spec, environment);
  const subjects: readonly Subject[] = [
    {
      id: spec.id,
      called: `the table ${TableName}`,
      capacity: spec.capacity,
      dimensions: { TableName },
    },
    // Local indexes share the table's capacity and its metrics.
    ...Object.entries(spec.indexes).map(([index, { capacity }]) => ({
      id: `${spec.id}-${index}`,
      called: `${index} of ${TableName}`,
      capacity,
      dimensions: { TableName, GlobalSecondaryIndexName: index },
    })),
  ];
  return [
    ...subjects.map(throttles),
    ...subjects.flatMap((subject) => {
      const alarm = capacity(subject);
      return alarm === undefined ? [] : [alarm];
    }),
    systemErrors(spec, TableName),
  ];
}

/** Requests that are refused, whyever: the metrics by cause are counted in these. */
const throttles = ({ id, called, dimensions }: Subject): AlarmSpec => ({
  subject: id,
  kind: "throttles",
  tells: `DynamoDB refuses reads or writes of ${called}.`,
  because:
    "a burst is over within two minutes by the clients' own repeats, and autoscaling takes up to four to follow; " +
    "what is refused for longer reaches callers.",
  measure: {
    kind: "expression",
    expression: sumOf(["reads", "writes"]),
    metrics: {
      reads: dynamodb("ReadThrottleEvents", dimensions),
      writes: dynamodb("WriteThrottleEvents", dimensions),
    },
  },
  threshold: 1,
  limit: "1 or more a minute",
  window: { period: 60, breaching: 5, of: 10 },
  runbook: { page: "throttling", heading: "Requests are refused" },
});

/**
 * Of what is provisioned, as it is at the time: at the autoscaler's maximum that is the maximum, and below it the
 * autoscaler holds 70 % unless it fails. An on-demand table has a limit where its spec sets maxima.
 */
function capacity({ id, called, capacity: units, dimensions }: Subject): AlarmSpec | undefined {
  const alarm = (limitedBy: string, because: string, measure: Measure): AlarmSpec => ({
    subject: id,
    kind: "capacity",
    tells: `Reads or writes take almost all of ${limitedBy} of ${called}.`,
    because,
    measure,
    threshold: 80,
    limit: "80 % or more",
    // AWS publishes provisioned units every five minutes; and so long a burst is paid from units that were left over.
    window: { period: 300, breaching: 3, of: 3 },
    runbook: { page: "throttling", heading: "Capacity is almost used up" },
  });
  const consumed = (direction: Direction) =>
    dynamodb(`Consumed${inNames[direction]}CapacityUnits`, dimensions);
  switch (units.mode) {
    case "provisioned": {
      const { autoscaling } = units;
      const share = (direction: Direction) =>
        `FILL(${direction}s, 0) / PERIOD(${direction}s) / ${direction}Units`;
      return alarm(
        "the provisioned capacity",
        autoscaling === undefined
          ? "nothing raises the units here, and a fifth is left for a peak."
          : `autoscaling aims at ${autoscaling.targetUtilization} % and follows within minutes; a share that stays ` +
              `above means that it is at its maximum of ${autoscaling.max}, or does not work.`,
        {
          kind: "expression",
          expression: `100 * MAX([${directions.map(share).join(", ")}])`,
          metrics: Object.fromEntries(
            directions.flatMap((direction) => [
              [`${direction}s`, consumed(direction)],
              [
                `${direction}Units`,
                dynamodb(`Provisioned${inNames[direction]}CapacityUnits`, dimensions, "Average"),
              ],
            ]),
          ),
        },
      );
    }
    case "on-demand": {
      const { maxReadUnits, maxWriteUnits } = units;
      const limits = (
        [
          ["read", maxReadUnits],
          ["write", maxWriteUnits],
        ] as const
      ).flatMap(([direction, most]) => (most === undefined ? [] : [{ direction, most }]));
      if (limits.length === 0) return undefined;
      const shares = limits.map(
        ({ direction, most }) => `FILL(${direction}s, 0) / PERIOD(${direction}s) / ${most}`,
      );
      return alarm(
        "the maximum",
        "DynamoDB refuses what passes the maximum, and a fifth is left for a peak.",
        {
          kind: "expression",
          expression: `100 * MAX([${shares.join(", ")}])`,
          metrics: Object.fromEntries(limits.map(({ direction }) => [`${direction}s`, consumed(direction)])),
        },
      );
    }
  }
}

/** Refused conditions are none of these: they are answers. */
function systemErrors({ id }: TableSpec, TableName: string): AlarmSpec {
  const metrics = Object.fromEntries(
    operationsOn(id).map((Operation) => [
      Operation.charAt(0).toLowerCase() + Operation.slice(1),
      dynamodb("SystemErrors", { TableName, Operation }),
    ]),
  );
  return {
    subject: id,
    kind: "system-errors",
    tells: `DynamoDB answers calls on the table ${TableName} with errors of its own (HTTP 500).`,
    because:
      "single ones are part of the service and the clients repeat them; five minutes of ten with any are a disturbance.",
    measure: {
      kind: "expression",
      expression: sumOf(Object.keys(metrics)),
      metrics,
    },
    threshold: 1,
    limit: "1 or more a minute",
    window: { period: 60, breaching: 5, of: 10 },
    runbook: { page: "failing-functions", heading: "DynamoDB fails" },
  };
}

const dynamodb = (
  name: string,
  dimensions: Metric["dimensions"],
  statistic: Metric["statistic"] = "Sum",
): Metric => ({ namespace: "AWS/DynamoDB", name, dimensions, statistic });
