/** Provisioned capacity under autoscaling: which units are there in each hour of a day, and what a month of it costs. */

import type { Capacity } from "../../../tables/capacity";
import type { TableSpec } from "../../../tables/table-spec";
import { part, sum, times, type Dollars } from "./money";
import { total, type PlaceMonth } from "./month";
import { hoursPerMonth, type RequestPrices } from "./prices";
import type { TableWorkload } from "./workload";

export type Direction = "read" | "write";

/** Between which units a place scales, and at how many percent of use. */
export interface Scale {
  readonly least: number;
  /** None where the spec is on-demand: the account's limit, 40,000 for a table unless AWS has raised it. */
  readonly most?: number;
  readonly targetPercent: number;
}

/** AWS's default, the one that the tables here have, and infracost's. */
export const defaultTargetPercent = 70;

/** What scales for itself: the table with its local indexes, and each global index. */
export interface ScaledPlace {
  readonly index?: string;
  readonly readHalves: bigint;
  readonly writeUnits: bigint;
  readonly scales: Readonly<Record<Direction, Scale>>;
}

export function scaledPlaces(
  spec: TableSpec,
  places: readonly PlaceMonth[],
  given: TableWorkload["provisioned"],
): readonly ScaledPlace[] {
  return places
    .filter(({ isLocal }) => !isLocal)
    .map(({ index, readHalves, writeUnits }) => {
      const local = index === undefined ? places.filter((place) => place.isLocal) : [];
      const capacity = index === undefined ? spec.capacity : (spec.indexes[index]?.capacity ?? spec.capacity);
      return {
        ...(index !== undefined && { index }),
        readHalves: total([readHalves, ...local.map((one) => one.readHalves)]),
        writeUnits: total([writeUnits, ...local.map((one) => one.writeUnits)]),
        scales: {
          read: given ? fixed(given.read) : scaleOf(capacity, "read"),
          write: given ? fixed(given.write) : scaleOf(capacity, "write"),
        },
      };
    });
}

const fixed = (units: number): Scale => ({ least: units, most: units, targetPercent: defaultTargetPercent });

/** What an on-demand table would need is reckoned from one unit on. */
export function scaleOf(capacity: Capacity, direction: Direction): Scale {
  switch (capacity.mode) {
    case "on-demand":
      return { least: 1, targetPercent: defaultTargetPercent };
    case "provisioned": {
      const { autoscaling, [direction]: least } = capacity;
      return autoscaling === undefined
        ? fixed(least)
        : { least, most: autoscaling.max, targetPercent: autoscaling.targetUtilization };
    }
  }
}

/** A day's load by the hour. */
export interface Profile {
  readonly hours: readonly number[];
  readonly peak: number;
}

const evenDay: readonly number[] = Array<number>(24).fill(1);

export const profileOf = ({ hours, peak }: Pick<TableWorkload, "hours" | "peak">): Profile => ({
  hours: hours ?? evenDay,
  peak,
});

const secondsPerHour = 3_600n;

/**
 * The units that autoscaling provides in each hour of the day, once it has followed the load.
 *
 * @param halfUnits of a month, in halves, so that eventually consistent reads are whole numbers.
 */
export function hourlyUnits(halfUnits: bigint, scale: Scale, { hours, peak }: Profile): readonly number[] {
  return hours.map((weight) => bounded(neededUnits(halfUnits, weight, scale, { hours, peak }), scale));
}

/** The most that an hour needs: above the scale's most, requests are throttled. */
export const peakNeed = (halfUnits: bigint, scale: Scale, profile: Profile): number =>
  Math.max(...profile.hours.map((weight) => neededUnits(halfUnits, weight, scale, profile)));

/** Exact: a load of just the target's share must not take one unit more. */
function neededUnits(halfUnits: bigint, weight: number, { targetPercent }: Scale, profile: Profile): number {
  const weights = BigInt(profile.hours.reduce((all, one) => all + one, 0));
  const hours = BigInt(profile.hours.length);
  const numerator = halfUnits * BigInt(weight) * hours * BigInt(profile.peak) * 100n;
  const denominator = 2n * weights * BigInt(hoursPerMonth) * secondsPerHour * BigInt(targetPercent);
  return Number((numerator + denominator - 1n) / denominator);
}

export const bounded = (units: number, { least, most = Infinity }: Scale): number =>
  Math.min(most, Math.max(least, units));

/** A month of hours' units, each hour as often as a month has it. */
export function monthOfHours(priceOfUnitHour: Dollars, units: readonly number[]): Dollars {
  const day = sum(units.map((one) => times(priceOfUnitHour, one)));
  return part(day, BigInt(hoursPerMonth), BigInt(units.length));
}

export interface ScaledCost {
  readonly read: Dollars;
  readonly write: Dollars;
}

export const scaledCost = (place: ScaledPlace, profile: Profile, prices: RequestPrices): ScaledCost => ({
  read: monthOfHours(prices.readUnitHour, hourlyUnits(place.readHalves, place.scales.read, profile)),
  write: monthOfHours(prices.writeUnitHour, hourlyUnits(2n * place.writeUnits, place.scales.write, profile)),
});

/** On-demand: each unit is paid for, and nothing else. */
export const requestCost = (
  { readHalves, writeUnits }: Pick<ScaledPlace, "readHalves" | "writeUnits">,
  prices: RequestPrices,
): ScaledCost => ({
  read: part(prices.readRequest, readHalves, 2n),
  write: part(prices.writeRequest, writeUnits, 1n),
});
