/** Provisioned capacity with autoscaling, by hand: units of each hour, break-even, advice. */

import { advise } from "../../../scripts/lib/cost/advice";
import {
  breakEvenFactor,
  breakEvenUtilisation,
  loadCosts,
  maximumFactor,
} from "../../../scripts/lib/cost/break-even";
import { dollars, toCents } from "../../../scripts/lib/cost/money";
import { prices } from "../../../scripts/lib/cost/prices";
import {
  hourlyUnits,
  peakNeed,
  profileOf,
  scaledCost,
  scaleOf,
  type Profile,
  type Scale,
  type ScaledPlace,
} from "../../../scripts/lib/cost/scale";
import { agentProfiles } from "../../../tables/agent-profiles";
import { conversations } from "../../../tables/conversations";

const even = profileOf({ hours: undefined, peak: 1 });
const open: Scale = { least: 1, targetPercent: 70 };
const month = 730 * 3_600;
/** A table of a steady rate of units, as half units of a month. */
const halves = (perSecond: number): bigint => BigInt(Math.round(2 * perSecond * month));
const place = (read: number, write: number, scale: Scale = open): ScaledPlace => ({
  readHalves: halves(read),
  writeUnits: halves(write) / 2n,
  scales: { read: scale, write: scale },
});

describe("units under autoscaling", () => {
  it.each([
    [0, 1],
    [0.7, 1],
    [0.700001, 2],
    [7, 10],
    [7.000001, 11],
  ])("of %f a second are %i, at 70 %", (rate, units) => {
    expect(new Set(hourlyUnits(halves(rate), open, even))).toEqual(new Set([units]));
  });

  it("follow the hours, and the peak within them", () => {
    // All of the day's load in two hours: twelve times the average there, doubled by the peak.
    const hours = Array.from({ length: 24 }, (_, hour) => (hour === 9 || hour === 10 ? 1 : 0));
    const units = hourlyUnits(halves(1), open, { hours, peak: 2 });
    // 12 x 2 / 0.7 = 34.3
    expect(units).toEqual(hours.map((weight) => (weight === 1 ? 35 : 1)));
  });

  it("stay between the spec's minimum and maximum, which throttles what is above", () => {
    const scale = scaleOf(agentProfiles.capacity, "read");
    expect(scale).toEqual({ least: 10, most: 100, targetPercent: 70 });
    expect(new Set(hourlyUnits(halves(0.1), scale, even))).toEqual(new Set([10]));
    expect(new Set(hourlyUnits(halves(140), scale, even))).toEqual(new Set([100]));
    expect(peakNeed(halves(140), scale, even)).toBe(200);
    expect(scaleOf(conversations.capacity, "write")).toEqual(open);
  });

  it("cost by the hour of a month of 730", () => {
    const hours = Array.from({ length: 24 }, (_, hour) => (hour < 12 ? 1 : 3));
    const cost = scaledCost(place(1.4, 0), { hours, peak: 1 }, prices);
    // 0.7 a second until noon, 2.1 after it: a unit and three, half of the month each. Writes: one at least.
    expect(toCents(cost.read)).toBe("$0.19"); // (1 + 3) / 2 x 0.00013 x 730 = 0.1898
    expect(toCents(cost.write)).toBe("$0.47");
  });
});

describe("the break-even", () => {
  it("is at 28.9 % of a unit", () => {
    // 0.00065 / (3,600 x 0.000000625) = 0.2889, and 0.00013 / (3,600 x 0.000000125) = 0.2889
    expect(breakEvenUtilisation).toBeCloseTo(0.2889, 4);
    expect(Number(prices.readUnitHour) / 3_600 / Number(prices.readRequest)).toBeCloseTo(0.2889, 4);
  });

  it("of writes alone is where they pay for a write and a read unit", () => {
    // 0.00078 an hour against 0.00225 for one write a second: 0.3467 a second.
    expect(breakEvenFactor([place(0, 1)], even)).toBeCloseTo(0.00078 / 0.00225, 6);
  });

  it("of a table with an index that has units of its own is the last of two crossings", () => {
    const places = [place(0, 1), { ...place(0, 0), index: "by-user" }];
    // At (2 x 0.00078) / 0.00225 = 0.693 a second both cost the same; above 0.7 a write unit more is provided, and
    // on-demand costs less again until 0.00221 / 0.00225 = 0.982.
    const { onDemand, provisioned } = loadCosts(places, even);
    expect(provisioned(0.699)).toBeLessThan(onDemand(0.699));
    expect(provisioned(0.71)).toBeGreaterThan(onDemand(0.71));
    expect(breakEvenFactor(places, even)).toBeCloseTo(0.00221 / 0.00225, 6);
  });

  it("is none for a load that is idle but for an hour a day, and none for no load", () => {
    const hours = Array.from({ length: 24 }, (_, hour) => (hour === 9 ? 1 : 0));
    // In its hour the peak is four times the average: three quarters of the units are idle, and 70 % of the rest in use.
    expect(breakEvenFactor([place(1, 1)], { hours, peak: 4 })).toBeUndefined();
    expect(breakEvenFactor([place(1, 1)], { hours, peak: 1 })).toBeGreaterThan(0);
    expect(breakEvenFactor([place(0, 0)], even)).toBeUndefined();
  });

  it("may lie above the maximum, which is reached at a factor of its own", () => {
    const scale = { least: 10, most: 100, targetPercent: 70 };
    expect(maximumFactor([place(7, 0, scale)], even)).toBeCloseTo(10, 6);
    const uneven: Profile = { hours: Array.from({ length: 24 }, (_, hour) => (hour < 12 ? 0 : 1)), peak: 1 };
    expect(maximumFactor([place(7, 0, scale)], uneven)).toBeCloseTo(5, 6);
    expect(maximumFactor([place(7, 7)], even)).toBeUndefined();
  });
});

describe("the advice", () => {
  const choice = (present: "on-demand" | "provisioned", onDemand: string, provisioned: string) =>
    ({ present, onDemand: dollars(onDemand), provisioned: dollars(provisioned) }) as const;

  it("is what costs less, with both figures", () => {
    expect(advise(choice("provisioned", "0.03", "11.39"))).toEqual({
      billing: "on-demand",
      reason:
        "reads and writes cost $0.03 a month on-demand, $11.39 provisioned with autoscaling: $11.36 less",
    });
    expect(advise(choice("on-demand", "100", "60")).billing).toBe("provisioned");
    expect(advise(choice("on-demand", "60", "100")).billing).toBe("on-demand");
  });

  it.each([
    ["less than a dollar", "1.20", "0.30"],
    ["less than a tenth", "100", "91"],
  ])("is no change that saves %s", (_, onDemand, provisioned) => {
    expect(advise(choice("on-demand", onDemand, provisioned))).toMatchObject({
      billing: "on-demand",
      reason: expect.stringContaining("less than $1.00 or 10 % is saved by a change") as string,
    });
  });

  it("is not provisioned where its maximum is too low", () => {
    const advice = advise({ ...choice("provisioned", "100", "60"), isThrottled: true });
    expect(advice.billing).toBe("on-demand");
    expect(advice.reason).toContain("maximum is below the busiest hour");
  });
});
