/** Measured consumption: what is asked of CloudWatch, its replay under autoscaling, and what follows from it. */

import type { CloudWatchClient, GetMetricDataCommandInput } from "@aws-sdk/client-cloudwatch";
import fc from "fast-check";
import { nothingCharged } from "../../../scripts/lib/cost/fixed";
import type { MeasuredPlace, MeasuredTable } from "../../../scripts/lib/cost/measure";
import { measuredEstimate } from "../../../scripts/lib/cost/measured";
import {
  lastDays,
  metricNames,
  readSums,
  type Metric,
  type MetricName,
  type Sums,
} from "../../../scripts/lib/cost/metrics";
import { toCents } from "../../../scripts/lib/cost/money";
import { replay } from "../../../scripts/lib/cost/replay";
import { conversations } from "../../../tables/conversations";

const start = Date.parse("2026-11-01T00:00:00Z");
const periodMilliseconds = 300_000;

describe("CloudWatch", () => {
  const window = { start: new Date(start), end: new Date(start + 86_400_000) };
  const metrics = (count: number): readonly Metric[] =>
    Array.from({ length: count }, (_, at) => ({ name: "ConsumedReadCapacityUnits", table: `t${at}` }));

  /** Answers each query with its own number, at one moment a page. */
  function stub(pages: number) {
    const asked: GetMetricDataCommandInput[] = [];
    const send = ({ input }: { readonly input: GetMetricDataCommandInput }) => {
      asked.push(input);
      const page = Number(input.NextToken ?? 0);
      return Promise.resolve({
        MetricDataResults: (input.MetricDataQueries ?? []).map(({ Id = "" }) => ({
          Id,
          StatusCode: page + 1 < pages ? "PartialData" : "Complete",
          Timestamps: [new Date(start + page * periodMilliseconds)],
          Values: [Number(Id.slice(1))],
        })),
        ...(page + 1 < pages && { NextToken: String(page + 1) }),
      });
    };
    return { asked, client: { send } as unknown as CloudWatchClient };
  }

  it("is asked for five-minute sums of a table, and of an index beside its table", async () => {
    const { asked, client } = stub(1);
    await readSums(
      client,
      [
        { name: "ConsumedWriteCapacityUnits", table: "orders" },
        { name: "ReadThrottleEvents", table: "orders", index: "by-user" },
      ],
      window,
    );
    expect(asked[0]).toMatchObject({ MaxDatapoints: 100_800, StartTime: window.start, EndTime: window.end });
    expect(asked[0]?.MetricDataQueries?.map(({ MetricStat }) => MetricStat)).toEqual([
      {
        Metric: {
          Namespace: "AWS/DynamoDB",
          MetricName: "ConsumedWriteCapacityUnits",
          Dimensions: [{ Name: "TableName", Value: "orders" }],
        },
        Period: 300,
        Stat: "Sum",
      },
      {
        Metric: {
          Namespace: "AWS/DynamoDB",
          MetricName: "ReadThrottleEvents",
          Dimensions: [
            { Name: "TableName", Value: "orders" },
            { Name: "GlobalSecondaryIndexName", Value: "by-user" },
          ],
        },
        Period: 300,
        Stat: "Sum",
      },
    ]);
  });

  it("is asked for 500 metrics at once and for every page, and each sum finds its metric", async () => {
    const { asked, client } = stub(3);
    const sums = await readSums(client, metrics(1_201), window);
    expect(asked.map(({ MetricDataQueries = [] }) => MetricDataQueries.length)).toEqual([
      ...[500, 500, 500],
      ...[500, 500, 500],
      ...[201, 201, 201],
    ]);
    expect(sums.map((one) => [...one.values()])).toEqual(metrics(1_201).map((_, at) => [at, at, at]));
  });

  it.each(["Forbidden", "InternalError"])("that answers %s leaves the question open", async (StatusCode) => {
    const send = () =>
      Promise.resolve({ MetricDataResults: [{ Id: "m0", Label: "reads of t0", StatusCode }] });
    const reading = readSums({ send } as unknown as CloudWatchClient, metrics(1), window);
    await expect(reading).rejects.toThrow(`CloudWatch does not give reads of t0: ${StatusCode}.`);
  });

  it("is asked for whole periods that are over", () => {
    const { start: first, end } = lastDays(14, new Date("2026-11-21T22:33:44.555Z"));
    expect([first.toISOString(), end.toISOString()]).toEqual([
      "2026-11-07T22:30:00.000Z",
      "2026-11-21T22:30:00.000Z",
    ]);
  });
});

describe("autoscaling, replayed,", () => {
  const open = { least: 1, targetPercent: 70 };
  /** Units a second, for a number of periods. */
  const load = (...parts: readonly (readonly [rate: number, periods: number])[]): readonly number[] =>
    parts.flatMap(([rate, periods]) => Array<number>(periods).fill(rate * 300));

  it("provides what a steady load needs at 70 %, and bills it by the hour", () => {
    expect(replay(load([7, 24]), open)).toEqual({ unitPeriods: 240n, least: 10, most: 10, shortPeriods: 0 });
  });

  it("follows a rise a period later, which is short until then", () => {
    const { unitPeriods, most, shortPeriods } = replay(load([0.7, 12], [7, 12]), open);
    expect([most, shortPeriods]).toEqual([10, 1]);
    // One unit for an hour; then ten, at which the whole hour is billed.
    expect(unitPeriods).toBe(12n + 120n);
  });

  it("falls after a quarter of an hour, and once an hour", () => {
    // Ten units until the third quiet period, which is the first hour's fifteenth: the second hour is billed at ten.
    const { unitPeriods, least } = replay(load([7, 12], [0.7, 24]), open);
    expect(least).toBe(1);
    expect(unitPeriods).toBe(120n + 120n + 12n);
  });

  it("does not fall for a load that dips for ten minutes", () => {
    expect(replay(load([7, 5], [0.1, 2], [7, 5]), open)).toMatchObject({ least: 10, most: 10 });
  });

  it("stays within minimum and maximum, and says where that is short", () => {
    const scale = { least: 5, most: 8, targetPercent: 70 };
    expect(replay(load([0, 12], [9, 12]), scale)).toEqual({
      unitPeriods: 60n + 96n,
      least: 5,
      most: 8,
      shortPeriods: 12,
    });
  });

  it("never bills less than the load's share of the target, where it is never short", () => {
    const rates = fc.array(fc.double({ min: 0, max: 1_000, noNaN: true }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(rates, (all) => {
        const perPeriod = all.map((rate) => rate * 300);
        const { unitPeriods, shortPeriods, least } = replay(perPeriod, open);
        expect(least).toBeGreaterThanOrEqual(1);
        const used = all.reduce((sum, rate) => sum + rate, 0);
        if (shortPeriods === 0) expect(Number(unitPeriods)).toBeGreaterThanOrEqual(used);
      }),
    );
  });
});

describe("a month at the measured rate", () => {
  const nothing: Sums = new Map();
  const every = (value: number, periods: number): Sums =>
    new Map(Array.from({ length: periods }, (_, at) => [start + at * periodMilliseconds, value]));
  const place = (sums: Partial<Record<MetricName, Sums>>, index?: string): MeasuredPlace => ({
    ...(index !== undefined && { index }),
    sizeBytes: 99_900_000,
    items: 1_000,
    sums: {
      ...(Object.fromEntries(metricNames.map((name) => [name, nothing])) as Record<MetricName, Sums>),
      ...sums,
    },
  });
  const index = "user_id-created_at-index";
  const day = 288;
  const table = (...places: readonly MeasuredPlace[]): MeasuredTable => ({
    spec: conversations,
    table: "cg-chatbot-conversations",
    billing: "on-demand",
    window: { start: new Date(start), end: new Date(start + day * periodMilliseconds) },
    places,
  });
  const estimate = (measured: MeasuredTable) =>
    measuredEstimate(measured, { alarms: nothingCharged, isAudited: false });
  const steady = {
    ConsumedReadCapacityUnits: every(10 * 300, day),
    ConsumedWriteCapacityUnits: every(5 * 300, day),
  };

  it("is reckoned as by hand, and advises what costs less", () => {
    const found = estimate(table(place(steady), place({ ...steady }, index)));
    const [reads, writes] = found.rows;
    // 10 reads a second for 730 hours: 26,280,000 units, $3.285; 15 units at 70 %: 15 x 0.00013 x 730 = $1.4235.
    expect(reads?.quantity).toBe(26_280_000);
    expect([reads?.onDemand, reads?.provisioned].map((one) => one && toCents(one))).toEqual([
      "$3.29",
      "$1.42",
    ]);
    // 5 writes a second: 13,140,000 units, $8.2125; 8 units: 8 x 0.00065 x 730 = $3.796.
    expect([writes?.onDemand, writes?.provisioned].map((one) => one && toCents(one))).toEqual([
      "$8.21",
      "$3.80",
    ]);
    // Twice that, with 0.1 GB stored in each place, and the table's for recovery.
    expect(found.onDemand && toCents(found.onDemand)).toBe("$23.07"); // 2 x 11.4975 + 0.05 + 0.02
    expect(found.advice?.billing).toBe("provisioned");
    expect(found.caveats).toEqual([]);
  });

  it("does not take for nothing what is not measured", () => {
    const writes = { ConsumedWriteCapacityUnits: every(5 * 300, day) };
    const { rows, caveats, provisioned } = estimate(table(place(writes)));
    expect(rows[0]).toMatchObject({ what: "reads", quantity: undefined, onDemand: undefined });
    expect(caveats).toEqual([
      "not measured, since CloudWatch has no data points: reads of the table; " +
        "provisioned counts the least units for them, on-demand nothing",
    ]);
    // 3.796 + one read unit, 0.0949 + 0.045 for what is stored.
    expect(provisioned && toCents(provisioned)).toBe("$3.94");
  });

  it("is unknown where nothing is measured", () => {
    expect(estimate(table(place({}), place({}, index)))).toMatchObject({
      onDemand: undefined,
      provisioned: undefined,
      advice: undefined,
    });
  });

  it("tells periods without a point, shortages and throttled requests", () => {
    const uneven = new Map([...every(300, 100), [start + 200 * periodMilliseconds, 300 * 90]]);
    const sums = { ConsumedReadCapacityUnits: uneven, ReadThrottleEvents: every(2, 3), ...rest(steady) };
    expect(estimate(table(place(sums))).caveats).toEqual([
      "reads of the table: 187 of 288 periods have no data point and count as idle",
      "reads of the table: provisioned would have been below the load in 1 of 288 periods",
      "reads of the table: 6 were throttled, so the load may be larger than measured",
    ]);
  });

  const rest = ({ ConsumedWriteCapacityUnits }: typeof steady) => ({ ConsumedWriteCapacityUnits });
});
