/** Estimates for programs: amounts as texts, since a double does not hold them exactly. */

import type { Advice, BillingMode } from "./advice";
import { breakEvenUtilisation } from "./break-even";
import type { Bridge } from "./documents";
import type { TableEstimate } from "./estimate";
import type { Shared } from "./estimate-text";
import type { MeasuredEstimate } from "./measured";
import { exactly, type Dollars } from "./money";
import { hoursPerMonth, pricesAsOf, pricesRegion } from "./prices";
import { besideRows, placeRows, type CostRow } from "./rows";

/** Raised when a field of the JSON document changes its meaning or goes. */
export const schemaVersion = 1;

export const basis = {
  currency: "USD",
  pricesAsOf,
  pricesRegion,
  hoursPerMonth,
  breakEvenUtilisation,
} as const;

/** Null is what is not measured. */
const amount = (one: Dollars | undefined): string | null => (one === undefined ? null : exactly(one));

const rowDocument = ({ quantity, onDemand, provisioned, ...row }: CostRow) => ({
  ...row,
  quantity: quantity ?? null,
  onDemand: amount(onDemand),
  provisioned: amount(provisioned),
});

interface Costed {
  readonly table: string;
  readonly billing: BillingMode;
  readonly onDemand: Dollars | undefined;
  readonly provisioned: Dollars | undefined;
  readonly advice: Advice | undefined;
}

const costDocument = (
  id: string,
  { table, billing, onDemand, provisioned, advice }: Costed,
  rows: readonly CostRow[],
) => ({
  id,
  table,
  billing,
  onDemand: amount(onDemand),
  provisioned: amount(provisioned),
  advice: advice ?? null,
  rows: rows.map(rowDocument),
});

export const estimateDocument = (estimate: TableEstimate) => {
  const { load, places, besides } = estimate;
  return {
    ...costDocument(estimate.spec.id, estimate, [...placeRows(places), ...besideRows(besides)]),
    requestsPerSecond: load.requestsPerSecond,
    breakEvenRequestsPerSecond:
      load.breakEvenFactor === undefined ? null : load.breakEvenFactor * load.requestsPerSecond,
    maximumRequestsPerSecond:
      load.maximumFactor === undefined ? null : load.maximumFactor * load.requestsPerSecond,
  };
};

export const measuredDocument = (measured: MeasuredEstimate) => ({
  ...costDocument(measured.id, measured, measured.rows),
  from: measured.window.start.toISOString(),
  to: measured.window.end.toISOString(),
  caveats: measured.caveats,
});

export const sharedDocument = ({ system, month, parts }: Shared) => ({
  system,
  month: exactly(month),
  parts: parts.map((part) => ({ ...part, month: exactly(part.month) })),
});

export const bridgeDocument = ({ document, recomputed, today, steps, total }: Bridge) => ({
  requirement: document.requirement,
  says: document.says,
  figure: exactly(document.figure),
  recomputed: exactly(recomputed),
  today: exactly(today),
  steps: steps.map((step) => ({ what: step.what, amount: exactly(step.amount) })),
  total: exactly(total),
  comment: document.comment,
});
