/** A month of a table at the rate of its measured days. */

import { advise, type Advice, type BillingMode } from "./advice";
import { bytesPerGigabyte, chargesOf, recoveryOf, type Besides } from "./estimate";
import { nothingCharged } from "./fixed";
import type { TableSurroundings } from "./installed";
import type { MeasuredPlace, MeasuredTable } from "./measure";
import { periodSeconds, periodsPerHour, type Sums, type Window } from "./metrics";
import { noMoney, part, sum, times, type Dollars } from "./money";
import { hoursPerMonth, prices } from "./prices";
import { replay } from "./replay";
import { besideRows, storageRow, type CostRow } from "./rows";
import { scaleOf, type Direction, type Scale } from "./scale";
import { storageOverheadBytes } from "./sizes";

export interface MeasuredEstimate {
  readonly table: string;
  readonly id: string;
  readonly billing: BillingMode;
  readonly window: Window;
  readonly rows: readonly CostRow[];
  /** Of what is measured; undefined where nothing is. */
  readonly onDemand: Dollars | undefined;
  readonly provisioned: Dollars | undefined;
  readonly advice: Advice | undefined;
  readonly caveats: readonly string[];
}

const consumed = { read: "ConsumedReadCapacityUnits", write: "ConsumedWriteCapacityUnits" } as const;
const throttled = { read: "ReadThrottleEvents", write: "WriteThrottleEvents" } as const;
const request = { read: prices.readRequest, write: prices.writeRequest } as const;
const unitHour = { read: prices.readUnitHour, write: prices.writeUnitHour } as const;
const directions: readonly Direction[] = ["read", "write"];

/** One direction of a table or an index. */
interface Measured {
  readonly row: CostRow;
  readonly name: string;
  readonly isMeasured: boolean;
  /** What the comparison counts: of what is not measured, the least that provisioned costs. */
  readonly onDemand: Dollars;
  readonly provisioned: Dollars;
  readonly caveats: readonly string[];
}

export function measuredEstimate(measured: MeasuredTable, surroundings: TableSurroundings): MeasuredEstimate {
  const { spec, table, billing, window, places } = measured;
  const flows = places.flatMap((place) => {
    const capacity =
      place.index === undefined ? spec.capacity : (spec.indexes[place.index]?.capacity ?? spec.capacity);
    return directions.map((direction) => flowOf(place, direction, scaleOf(capacity, direction), window));
  });
  const stored = places.map((place) => ({ ...place, isLocal: false, storedBytes: billedBytes(place) }));
  const storage = stored.map(({ index, storedBytes }) =>
    storageRow(index, part(prices.storedGigabyteMonth, storedBytes, bytesPerGigabyte), Number(storedBytes)),
  );
  const besides: Besides = {
    recovery: recoveryOf(stored),
    key: nothingCharged,
    audit: nothingCharged,
    alarms: surroundings.alarms,
  };
  const isAny = flows.some(({ isMeasured }) => isMeasured);
  const always = sum([
    ...storage.map(({ onDemand }) => onDemand ?? noMoney),
    ...chargesOf(besides).map(({ month }) => month),
  ]);
  const requests = sum(flows.map(({ onDemand }) => onDemand));
  const units = sum(flows.map(({ provisioned }) => provisioned));
  return {
    id: spec.id,
    table,
    billing,
    window,
    rows: [...flows.map(({ row }) => row), ...storage, ...besideRows(besides)],
    onDemand: isAny ? sum([always, requests]) : undefined,
    provisioned: isAny ? sum([always, units]) : undefined,
    advice: isAny ? advise({ present: billing, onDemand: requests, provisioned: units }) : undefined,
    caveats: [
      ...missing(flows),
      ...flows.flatMap(({ caveats }) => caveats),
      ...(surroundings.isAudited ? ["the trail's events are not measured, and not counted"] : []),
    ],
  };
}

const periodsOf = ({ start, end }: Window): number =>
  Math.max(1, Math.round((end.getTime() - start.getTime()) / (periodSeconds * 1000)));

const billedBytes = ({ sizeBytes, items }: MeasuredPlace): bigint =>
  BigInt(sizeBytes) + BigInt(items) * BigInt(storageOverheadBytes);

function flowOf(
  { index, sums }: MeasuredPlace,
  direction: Direction,
  scale: Scale,
  window: Window,
): Measured {
  const name = `${direction}s of ${index ?? "the table"}`;
  const shared = {
    what: `${direction}s`,
    ...(index !== undefined && { index }),
    unit: `${direction} units`,
  } as const;
  const perPeriod = aligned(sums[consumed[direction]], window);
  if (perPeriod === undefined) {
    const row: CostRow = { ...shared, quantity: undefined, onDemand: undefined, provisioned: undefined };
    const provisioned = times(unitHour[direction], scale.least * hoursPerMonth);
    return { row, name, isMeasured: false, onDemand: noMoney, provisioned, caveats: [] };
  }
  const periods = BigInt(perPeriod.values.length);
  const halves = BigInt(Math.round(2 * perPeriod.values.reduce((all, one) => all + one, 0)));
  const monthPeriods = BigInt(hoursPerMonth * periodsPerHour);
  const replayed = replay(perPeriod.values, scale);
  const onDemand = part(request[direction], halves * monthPeriods, 2n * periods);
  const provisioned = part(unitHour[direction], replayed.unitPeriods * BigInt(hoursPerMonth), periods);
  const { least, most, shortPeriods } = replayed;
  const events = [...sums[throttled[direction]].values()].reduce((all, one) => all + one, 0);
  return {
    row: {
      ...shared,
      quantity: (Number(halves) / 2) * (Number(monthPeriods) / Number(periods)),
      onDemand,
      provisioned,
      units: least === most ? String(least) : `${least} to ${most}`,
    },
    name,
    isMeasured: true,
    onDemand,
    provisioned,
    caveats: [
      ...(perPeriod.idle > 0
        ? [`${name}: ${perPeriod.idle} of ${periods} periods have no data point and count as idle`]
        : []),
      ...(shortPeriods > 0
        ? [`${name}: provisioned would have been below the load in ${shortPeriods} of ${periods} periods`]
        : []),
      ...(events > 0 ? [`${name}: ${events} were throttled, so the load may be larger than measured`] : []),
    ],
  };
}

/**
 * Every period of the window. One without a point was idle, as far as the metric has others: DynamoDB sends none where
 * there is nothing to count. A metric without any point is not measured.
 */
function aligned(
  sums: Sums,
  { start, end }: Window,
): { readonly values: readonly number[]; readonly idle: number } | undefined {
  if (![...sums.keys()].some((time) => time >= start.getTime() && time < end.getTime())) return undefined;
  const times = Array.from(
    { length: periodsOf({ start, end }) },
    (_, at) => start.getTime() + at * periodSeconds * 1000,
  );
  const found = times.map((time) => sums.get(time));
  return {
    values: found.map((value) => value ?? 0),
    idle: found.filter((value) => value === undefined).length,
  };
}

function missing(flows: readonly Measured[]): readonly string[] {
  const names = flows.filter(({ isMeasured }) => !isMeasured).map(({ name }) => name);
  if (names.length === 0) return [];
  return [
    `not measured, since CloudWatch has no data points: ${names.join(", ")}; ` +
      "provisioned counts the least units for them, on-demand nothing",
  ];
}
