/** Which billing mode to take, and why. */

import { minus, sum, toCents, type Dollars } from "./money";
import type { ScaledCost } from "./scale";

export const billings = ["on-demand", "provisioned"] as const;
export type BillingMode = (typeof billings)[number];

export interface Choice {
  /** What the spec, or the table, has. */
  readonly present: BillingMode;
  /** A month's reads and writes either way; what else a table costs is the same. */
  readonly onDemand: Dollars;
  readonly provisioned: Dollars;
  /** Where the provisioned maximum is below what the load needs. */
  readonly isThrottled?: boolean;
}

export interface Advice {
  readonly billing: BillingMode;
  readonly reason: string;
}

/** Autoscaling follows a load by minutes and has a maximum: it has to save something for that. */
export const leastSaving = { percent: 10, month: "$1.00" } as const;
const oneDollar = 1_000_000_000n;

export function advise({ present, onDemand, provisioned, isThrottled = false }: Choice): Advice {
  const figures =
    `reads and writes cost ${toCents(onDemand)} a month on-demand, ` +
    `${toCents(provisioned)} provisioned with autoscaling`;
  if (isThrottled) {
    return {
      billing: "on-demand",
      reason: `${figures}, but the provisioned maximum is below the busiest hour, which would be throttled`,
    };
  }
  const [now, other] = present === "on-demand" ? [onDemand, provisioned] : [provisioned, onDemand];
  const saving = minus(now, other);
  const isWorthIt = saving >= oneDollar && saving * 100n >= now * BigInt(leastSaving.percent);
  if (isWorthIt) return { billing: otherThan(present), reason: `${figures}: ${toCents(saving)} less` };
  return {
    billing: present,
    reason:
      saving > 0n
        ? `${figures}: less than ${leastSaving.month} or ${leastSaving.percent} % is saved by a change`
        : figures,
  };
}

const otherThan = (billing: BillingMode): BillingMode =>
  billing === "on-demand" ? "provisioned" : "on-demand";

export const readsAndWrites = (costs: readonly ScaledCost[]): Dollars =>
  sum(costs.flatMap(({ read, write }) => [read, write]));
