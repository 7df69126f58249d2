/** What autoscaling would have provided under a load that was measured. */

import { periodSeconds, periodsPerHour } from "./metrics";
import { bounded, type Scale } from "./scale";

export interface Replayed {
  /** Units times periods, as billed. */
  readonly unitPeriods: bigint;
  readonly least: number;
  readonly most: number;
  /** Periods whose average was above what was provided: five minutes of burst capacity may have covered them. */
  readonly shortPeriods: number;
}

/** Autoscaling lowers capacity after a quarter of an hour at 20 points below its target. */
const quietPeriods = 3;
const quietMarginPercent = 20;

/**
 * Replays target tracking over five-minute averages: capacity follows a rise in the period after it, falls after three
 * quiet periods and at most once an hour (AWS allows four falls a day beside), and each hour is billed at its most.
 *
 * @param perPeriod units consumed in each period.
 */
export function replay(perPeriod: readonly number[], scale: Scale): Replayed {
  const perSecond = perPeriod.map((units) => units / periodSeconds);
  const needs = perSecond.map((rate) => needed(rate, scale));
  let capacity = needs[0] ?? scale.least;
  let fellAt = -periodsPerHour;
  const provided: number[] = [];
  let shortPeriods = 0;
  for (const [at, rate] of perSecond.entries()) {
    provided.push(capacity);
    if (rate > capacity) shortPeriods += 1;
    const need = needs[at] ?? capacity;
    const recent = needs.slice(Math.max(0, at + 1 - quietPeriods), at + 1);
    if (need > capacity) capacity = need;
    else if (at - fellAt >= periodsPerHour && isQuiet(perSecond, at, capacity, scale)) {
      const lower = Math.max(...recent);
      if (lower < capacity) [capacity, fellAt] = [lower, at];
    }
  }
  return {
    unitPeriods: billed(provided),
    least: Math.min(...provided),
    most: Math.max(...provided),
    shortPeriods,
  };
}

const needed = (rate: number, scale: Scale): number =>
  bounded(Math.ceil((rate * 100) / scale.targetPercent - 1e-9), scale);

function isQuiet(rates: readonly number[], at: number, capacity: number, { targetPercent }: Scale): boolean {
  if (at + 1 < quietPeriods) return false;
  const limit = (capacity * (targetPercent - quietMarginPercent)) / 100;
  return rates.slice(at + 1 - quietPeriods, at + 1).every((rate) => rate < limit);
}

function billed(provided: readonly number[]): bigint {
  let unitPeriods = 0n;
  for (let first = 0; first < provided.length; first += periodsPerHour) {
    const hour = provided.slice(first, first + periodsPerHour);
    unitPeriods += BigInt(Math.max(...hour)) * BigInt(hour.length);
  }
  return unitPeriods;
}
