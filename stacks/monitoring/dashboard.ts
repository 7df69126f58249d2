/** A system's dashboard as CloudWatch takes it (AWS: "Dashboard body structure and syntax"). */

import { tableName, type EnvironmentName } from "../../tables/naming";
import type { TableSpec } from "../../tables/table-spec";
import type { Direction } from "../naming";
import type { WatchedFunction } from "./function-alarms";
import { operationsOn } from "./table-operations";

export interface DashboardProps {
  readonly environment: EnvironmentName;
  readonly region: string;
  readonly tables: readonly TableSpec[];
  readonly functions: readonly WatchedFunction[];
  readonly apiId?: string;
  readonly workflowArn?: string;
  /** ARNs; CloudWatch shows a hundred at most. */
  readonly alarms: readonly string[];
}

type Options = Readonly<Record<string, string | number | boolean>>;
/** Namespace, name, dimensions as names and values in turn, options; or an expression. */
type Line = readonly (string | Options)[];

interface Graph {
  readonly title: string;
  readonly lines: readonly Line[];
  readonly stat: string;
  /** The left axis': what nobody would guess. */
  readonly label?: string;
}

/** CloudWatch's grid is 24 wide. */
const grid = 24;
const height = 6;

/** Widgets without places: CloudWatch lets them follow one another, row by row. */
export function dashboardBody(props: DashboardProps): object {
  const { region, alarms } = props;
  const rows: readonly (readonly Graph[])[] = [
    ...props.tables.map((spec) => tableRow(spec, props.environment)),
    ...(props.functions.length > 0 ? [functionRow(props.functions)] : []),
    ...(props.apiId === undefined ? [] : [apiRow(props.apiId)]),
    ...(props.workflowArn === undefined ? [] : [workflowRow(props.workflowArn)]),
  ];
  return {
    widgets: [
      { type: "alarm", width: grid, height, properties: { title: "Alarms", alarms } },
      ...rows.flatMap((row) =>
        row.map(({ title, lines, stat, label }) => ({
          type: "metric",
          width: grid / row.length,
          height,
          properties: {
            title,
            region,
            view: "timeSeries",
            stat,
            period: 60,
            metrics: lines,
            yAxis: { left: { min: 0, ...(label && { label, showUnits: false }) } },
          },
        })),
      ),
    ],
  };
}

function tableRow(spec: TableSpec, environment: EnvironmentName): readonly Graph[] {
  const table = tableName(spec, environment);
  const parts = [
    { name: "table", dimensions: ["TableName", table], capacity: spec.capacity },
    ...Object.entries(spec.indexes).map(([index, { capacity }]) => ({
      name: index,
      dimensions: ["TableName", table, "GlobalSecondaryIndexName", index],
      capacity,
    })),
  ];
  const consumption = parts.flatMap(({ name, dimensions, capacity }, index) =>
    (["read", "write"] as const).flatMap((direction) => [
      ...consumed(`${direction}${index}`, direction, name, dimensions),
      ...(capacity.mode === "provisioned"
        ? [
            line(`Provisioned${inNames[direction]}CapacityUnits`, dimensions, {
              label: `${name} ${direction}s provisioned`,
              stat: "Average",
              // AWS publishes it so often.
              period: 300,
            }),
          ]
        : []),
    ]),
  );
  return [
    { title: `${table}: units a second`, stat: "Sum", label: "units a second", lines: consumption },
    {
      title: `${table}: refused reads and writes, and DynamoDB's own errors`,
      stat: "Sum",
      lines: [
        ...parts.flatMap(({ name, dimensions }) =>
          (["read", "write"] as const).map((direction) =>
            line(`${inNames[direction]}ThrottleEvents`, dimensions, {
              label: `${name} ${direction}s refused`,
            }),
          ),
        ),
        ...operationsOn(spec.id).map((operation) =>
          line("SystemErrors", ["TableName", table, "Operation", operation], {
            label: `errors of ${operation}`,
          }),
        ),
      ],
    },
    {
      title: `${table}: slowest calls (p99)`,
      stat: "p99",
      lines: operationsOn(spec.id).map((operation) =>
        line("SuccessfulRequestLatency", ["TableName", table, "Operation", operation], { label: operation }),
      ),
    },
  ];
}

const inNames = { read: "Read", write: "Write" } as const satisfies Record<Direction, string>;

const line = (metric: string, dimensions: readonly string[], options: Options): Line => [
  "AWS/DynamoDB",
  metric,
  ...dimensions,
  options,
];

/** A sum of units over a minute, as units a second. */
const consumed = (
  id: string,
  direction: Direction,
  name: string,
  dimensions: readonly string[],
): readonly Line[] => [
  line(`Consumed${inNames[direction]}CapacityUnits`, dimensions, { id, visible: false }),
  [{ expression: `${id} / PERIOD(${id})`, label: `${name} ${direction}s` }],
];

function functionRow(functions: readonly WatchedFunction[]): readonly Graph[] {
  const lines = (metric: string) =>
    functions.map(({ id, name }): Line => ["AWS/Lambda", metric, "FunctionName", name, { label: id }]);
  const deadLetters = functions.flatMap(({ id, name, deadLetters: queue }): readonly Line[] =>
    queue === undefined
      ? []
      : [
          [
            ...["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", queue],
            { label: `${id} dead letters`, stat: "Maximum" },
          ],
          [...["AWS/Lambda", "DeadLetterErrors", "FunctionName", name], { label: `${id} dead letters lost` }],
        ],
  );
  return [
    { title: "Functions: invocations", stat: "Sum", lines: lines("Invocations") },
    { title: "Functions: errors and dead letters", stat: "Sum", lines: [...lines("Errors"), ...deadLetters] },
    { title: "Functions: refused for want of a place", stat: "Sum", lines: lines("Throttles") },
    { title: "Functions: slowest calls (p99)", stat: "p99", lines: lines("Duration") },
  ];
}

function apiRow(apiId: string): readonly Graph[] {
  const line = (metric: string): Line => ["AWS/ApiGateway", metric, "ApiId", apiId];
  return [
    {
      title: "API: requests, and those answered 4xx and 5xx",
      stat: "Sum",
      lines: ["Count", "4xx", "5xx"].map(line),
    },
    { title: "API: slowest answers (p99)", stat: "p99", lines: ["Latency", "IntegrationLatency"].map(line) },
  ];
}

function workflowRow(arn: string): readonly Graph[] {
  const line = (metric: string): Line => ["AWS/States", metric, "StateMachineArn", arn];
  const outcomes = ["Started", "Succeeded", "Failed", "TimedOut", "Aborted"];
  return [
    { title: "Workflow: executions", stat: "Sum", lines: outcomes.map((one) => line(`Executions${one}`)) },
    { title: "Workflow: longest executions (p99)", stat: "p99", lines: [line("ExecutionTime")] },
  ];
}
