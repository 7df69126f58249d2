/** Each kind of alarm, as it was synthesized, over data with which it goes off, and just does not. */

import { App, Testing } from "cdktf";
import { SystemKey } from "../../../stacks/constructs/system-key";
import { Table } from "../../../stacks/constructs/table";
import { loadSettings } from "../../../stacks/settings";
import { TablesStack } from "../../../stacks/tables-stack";
import { onDemand, provisioned } from "../../../tables/capacity";
import { defineSpoiled } from "../../support/definition";
import { stateOf, type AlarmMetric, type Series } from "../../support/alarm-state";
import { alarmIn, allAlarms, kindOf } from "../../support/alarms";
import { resource, type Block, type StackDocument } from "../../support/synthesis";

/** By the metric's name; with an operation where it is of one. */
type Published = Readonly<Record<string, Series>>;

const published =
  (data: Published) =>
  ({ name, dimensions }: AlarmMetric) =>
    data[[name, dimensions["Operation"]].filter(Boolean).join(" of ")];

const times = <T>(count: number, value: T): readonly T[] => Array.from({ length: count }, () => value);
/** A value in every other of ten minutes. */
const everyOther = (value: number): Series => times(5, [undefined, value]).flat();
const inCapacity = (reads: number, writes: number, units: number): Published => ({
  ConsumedReadCapacityUnits: times(3, reads * 300),
  ConsumedWriteCapacityUnits: times(3, writes * 300),
  ProvisionedReadCapacityUnits: times(3, units),
  ProvisionedWriteCapacityUnits: times(3, units),
});

interface Case {
  readonly what: string;
  readonly alarm: Block;
  readonly off: readonly Published[];
  readonly nearMisses: readonly Published[];
}

/** A table with a capacity of its own. */
function tableWith(capacity: object): Block {
  const settings = loadSettings({});
  const { prod: environment } = settings.environments;
  const stack = new TablesStack(new App(), { system: "conversations", environment, settings });
  new Table(stack, defineSpoiled({ capacity, indexes: {} }), { key: new SystemKey(stack) });
  const document = JSON.parse(Testing.synth(stack, true)) as StackDocument;
  return resource(document, "aws_cloudwatch_metric_alarm", "conversations__capacity");
}

const brands = "brand-processing-services-prod";
const trades = "trade-status-services-prod";

const cases: readonly Case[] = [
  {
    what: "a table that refuses",
    alarm: alarmIn("trade-status-tables-prod", "trade-processing-status__throttles"),
    off: [
      { WriteThrottleEvents: everyOther(1) },
      {
        ReadThrottleEvents: [undefined, 4, 4, undefined, 2],
        WriteThrottleEvents: [1, undefined, 0, 3, undefined],
      },
    ],
    nearMisses: [
      { WriteThrottleEvents: [...everyOther(900).slice(0, 8), undefined, undefined] },
      { ReadThrottleEvents: times(10, 0) },
    ],
  },
  {
    what: "an index that refuses",
    alarm: alarmIn("agent-matching-tables-prod", "agent-profiles-job-index__throttles"),
    off: [{ ReadThrottleEvents: times(5, 12) }],
    nearMisses: [{ ReadThrottleEvents: times(4, 12) }],
  },
  {
    what: "DynamoDB's own errors",
    alarm: alarmIn("conversations-tables-prod", "conversations__system-errors"),
    off: [
      { "SystemErrors of Query": everyOther(1) },
      {
        "SystemErrors of GetItem": [1, undefined, undefined, 1, undefined],
        "SystemErrors of TransactWriteItems": [undefined, 2, 1, undefined, 1],
      },
    ],
    // Nothing here scans conversations.
    nearMisses: [{ "SystemErrors of GetItem": times(4, 50) }, { "SystemErrors of Scan": times(10, 50) }],
  },
  {
    what: "a table at the least that autoscaling leaves",
    alarm: alarmIn("agent-matching-tables-prod", "agent-profiles__capacity"),
    off: [inCapacity(8, 0, 10), inCapacity(0, 9, 10), inCapacity(80, 12, 100)],
    nearMisses: [
      inCapacity(7.99, 7.99, 10),
      // The autoscaler has followed within the first period.
      { ...inCapacity(14, 0, 20), ProvisionedReadCapacityUnits: [10, 20, 20] },
      { ...inCapacity(9, 0, 10), ConsumedReadCapacityUnits: [2_700, undefined, 2_700] },
    ],
  },
  {
    what: "a table that nothing scales",
    alarm: tableWith(provisioned({ read: 10, write: 5 })),
    off: [{ ...inCapacity(0, 4, 5), ProvisionedReadCapacityUnits: times(3, 10) }],
    nearMisses: [inCapacity(3, 3, 5)],
  },
  {
    what: "an on-demand table with a maximum of reads",
    alarm: tableWith(onDemand({ maxReadUnits: 500 })),
    off: [{ ConsumedReadCapacityUnits: times(3, 400 * 300) }],
    nearMisses: [
      { ConsumedReadCapacityUnits: times(3, 399 * 300) },
      { ConsumedWriteCapacityUnits: times(3, 9_000 * 300) },
    ],
  },
  {
    what: "a function that answers requests",
    alarm: alarmIn(trades, "write__errors"),
    off: [{ Errors: [3] }],
    nearMisses: [{ Errors: [2] }, { Errors: [9, 0] }],
  },
  {
    what: "a step of the workflow",
    alarm: alarmIn(brands, "generate__errors"),
    off: [{ Errors: times(6, 10), Invocations: times(6, 20) }],
    nearMisses: [
      { Errors: [...times(5, 20), 9], Invocations: times(6, 20) },
      { Errors: times(5, 20), Invocations: times(5, 20) },
      { Errors: times(6, 0), Invocations: times(6, 0) },
    ],
  },
  {
    what: "a scheduled function",
    alarm: alarmIn(brands, "sweep__errors"),
    off: [{ Errors: [1, 0, 3, 0, 1, 0] }],
    nearMisses: [{ Errors: [0, 0, 3, 0, 3, 0] }],
  },
  {
    what: "places for requests",
    alarm: alarmIn(trades, "read__throttles"),
    off: [{ Throttles: [5, 0, 1, 0, 2] }],
    nearMisses: [{ Throttles: [800, 0, 0, 0, 90] }],
  },
  {
    what: "places for steps",
    alarm: alarmIn(brands, "generate__throttles"),
    off: [{ Throttles: times(6, 300) }],
    nearMisses: [{ Throttles: times(5, 300) }],
  },
  {
    what: "the place of a scheduled function",
    alarm: alarmIn(brands, "populate__throttles"),
    off: [{ Throttles: [1, 1, 1] }],
    nearMisses: [{ Throttles: [2, undefined, 1] }],
  },
  {
    what: "a slow function",
    alarm: alarmIn(trades, "write__duration"),
    off: [{ Duration: [8_000, 9_990, 10_000] }],
    nearMisses: [{ Duration: [9_990, 7_999, 9_990] }],
  },
  {
    what: "dead letters",
    alarm: alarmIn(trades, "write__dead-letters"),
    off: [{ ApproximateNumberOfMessagesVisible: [1] }],
    nearMisses: [{ ApproximateNumberOfMessagesVisible: [0] }],
  },
  {
    what: "dead letters that are lost",
    alarm: alarmIn(trades, "write__dead-letter-errors"),
    off: [{ DeadLetterErrors: [1] }],
    nearMisses: [{ DeadLetterErrors: [0] }],
  },
  {
    what: "executions",
    alarm: alarmIn(brands, "executions__failed"),
    off: [{ ExecutionsFailed: [1] }, { ExecutionsTimedOut: [1] }],
    nearMisses: [{ ExecutionsFailed: [0], ExecutionsTimedOut: [0] }, { ExecutionsAborted: [3] }],
  },
  {
    what: "an API",
    alarm: alarmIn("conversations-services-prod", "api__5xx"),
    off: [{ "5xx": [5] }],
    nearMisses: [{ "5xx": [4] }, { "4xx": [500] }],
  },
];

describe("an alarm", () => {
  it.each(cases)("about $what goes off, and just does not", ({ alarm, off, nearMisses }) => {
    for (const data of off)
      expect({ data, state: stateOf(alarm, published(data)) }).toEqual({ data, state: "ALARM" });
    for (const data of nearMisses)
      expect({ data, state: stateOf(alarm, published(data)) }).toEqual({ data, state: "OK" });
  });

  it("is silent while nothing is published", () => {
    for (const { stack, id, alarm } of allAlarms())
      expect({ stack, id, state: stateOf(alarm, () => undefined) }).toEqual({ stack, id, state: "OK" });
  });

  it("is of a form that is tried here, whatever it is about", () => {
    const forms = (kind: string, alarm: Block) =>
      JSON.stringify([kind, alarm["evaluation_periods"], alarm["datapoints_to_alarm"], alarm["statistic"]]);
    const tried = new Set(cases.map(({ alarm }) => forms(kindOf({ id: nameOf(alarm) }), alarm)));
    const others = allAlarms().filter(({ id, alarm }) => !tried.has(forms(kindOf({ id }), alarm)));
    expect(others.map(({ stack, id }) => `${stack} ${id}`)).toEqual([]);
  });
});

/** Production's names end in the kind. */
const nameOf = (alarm: Block): string => {
  const name = alarm["alarm_name"] as string;
  const kinds = [...new Set(allAlarms().map(kindOf))].sort((one, other) => other.length - one.length);
  return `__${kinds.find((kind) => name.endsWith(`-${kind}`)) ?? name}`;
};
