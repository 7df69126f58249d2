/** From which load on provisioned capacity costs less than on-demand. */

import type { Dollars } from "./money";
import { hoursPerMonth, prices } from "./prices";
import { bounded, type Profile, type Scale, type ScaledPlace } from "./scale";

const secondsPerHour = 3_600;

/**
 * The share of a provisioned unit that has to be used for it to cost as little as on-demand: 28.9 %, for reads and
 * writes alike. Autoscaling at 70 % is well above it, but for the units that nobody uses.
 */
export const breakEvenUtilisation =
  Number(prices.writeUnitHour) / (secondsPerHour * Number(prices.writeRequest));

/** What a multiple of a load costs a month, in dollars, both ways. For curves: doubles, not for bills. */
export interface LoadCosts {
  readonly onDemand: (factor: number) => number;
  readonly provisioned: (factor: number) => number;
}

/** As if autoscaling had no maximum: beyond it provisioned does not cost less, but throttles (maximumFactor). */
export function loadCosts(places: readonly ScaledPlace[], profile: Profile): LoadCosts {
  const average = averageOf(profile);
  const directions = places.flatMap(({ readHalves, writeUnits, scales }) => [
    direction(Number(readHalves) / 2, scales.read, prices.readRequest, prices.readUnitHour),
    direction(Number(writeUnits), scales.write, prices.writeRequest, prices.writeUnitHour),
  ]);
  function direction(month: number, scale: Scale, request: Dollars, unitHour: Dollars) {
    const perSecond = month / (hoursPerMonth * secondsPerHour);
    const limits = { least: scale.least, targetPercent: scale.targetPercent };
    return {
      onDemand: month * inDollars(request),
      provisioned: (factor: number) => {
        const units = profile.hours.map((weight) => {
          const needed = (factor * perSecond * profile.peak * weight) / average / (scale.targetPercent / 100);
          return bounded(Math.ceil(needed - tolerance), limits);
        });
        const day = units.reduce((all, one) => all + one, 0);
        return (day / units.length) * hoursPerMonth * inDollars(unitHour);
      },
    };
  }
  return {
    onDemand: (factor) => factor * directions.reduce((all, one) => all + one.onDemand, 0),
    provisioned: (factor) => directions.reduce((all, one) => all + one.provisioned(factor), 0),
  };
}

/** A double that is a whole number but for its last digits. */
const tolerance = 1e-9;

const inDollars = (amount: Dollars): number => Number(amount) / 1e9;

/**
 * The multiple of a load from which on provisioned capacity never costs more than on-demand; undefined where it always
 * does: for a load of nothing, or one so uneven that what is provided for its peak is mostly idle.
 *
 * Provisioned cost rises in steps and on-demand's evenly, so they may cross several times. Going down from a load
 * at which provisioned costs less for certain, always to the load whose on-demand cost is the provisioned cost just
 * seen, ends at the last crossing and leaps over none.
 */
export function breakEvenFactor(places: readonly ScaledPlace[], profile: Profile): number | undefined {
  const { onDemand, provisioned } = loadCosts(places, profile);
  const perFactor = onDemand(1);
  if (perFactor === 0) return undefined;
  const enough = certainlyCheaper(onDemand, provisioned);
  if (enough === undefined) return undefined;
  let factor = enough;
  for (;;) {
    const next = provisioned(factor) / perFactor;
    if (next >= factor * (1 - tolerance)) return factor;
    factor = next;
  }
}

/** The multiple of a load whose busiest hour takes a maximum of autoscaling; undefined where there is none. */
export function maximumFactor(places: readonly ScaledPlace[], profile: Profile): number | undefined {
  const busiest = (profile.peak * Math.max(...profile.hours)) / averageOf(profile);
  const factors = places
    .flatMap(({ readHalves, writeUnits, scales }) => [
      { month: Number(readHalves) / 2, scale: scales.read },
      { month: Number(writeUnits), scale: scales.write },
    ])
    .flatMap(({ month, scale: { most, targetPercent } }) => {
      const needed = (month * busiest) / (hoursPerMonth * secondsPerHour) / (targetPercent / 100);
      return most === undefined || needed === 0 ? [] : [most / needed];
    });
  return factors.length === 0 ? undefined : Math.min(...factors);
}

const averageOf = ({ hours }: Profile): number => hours.reduce((all, one) => all + one, 0) / hours.length;

/** At the far end the steps no longer count: whoever costs less there does so for good. */
function certainlyCheaper(onDemand: LoadCosts["onDemand"], provisioned: LoadCosts["provisioned"]) {
  const perFactor = onDemand(1);
  // A load of a million dollars a month: one unit too many is nothing against it.
  const far = 1e6 / perFactor;
  const slope = provisioned(far) / far;
  return slope < perFactor ? far : undefined;
}
