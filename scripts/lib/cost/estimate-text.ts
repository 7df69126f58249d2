/** Estimates for people. */

import CliTable from "cli-table3";
import { describeBytes } from "../export/describe";
import type { Advice, BillingMode } from "./advice";
import { breakEvenUtilisation } from "./break-even";
import { rate } from "./chart";
import type { Bridge } from "./documents";
import { keyRequestsPerCaller, type TableEstimate } from "./estimate";
import type { SystemSurroundings } from "./installed";
import type { MeasuredEstimate } from "./measured";
import { sum, toCents, toSignedCents, type Dollars } from "./money";
import { freeOfCharge, pricesAsOf, pricesRegion } from "./prices";
import { besideRows, placeRows, type CostRow } from "./rows";
import { storageOverheadBytes } from "./sizes";

const names: Readonly<Record<CostRow["what"], string>> = {
  reads: "reads",
  writes: "writes",
  storage: "storage",
  recovery: "point-in-time recovery",
  key: "calls of the key",
  audit: "audit events",
  alarms: "alarms",
};

interface Costed {
  readonly table: string;
  readonly billing: BillingMode;
  readonly rows: readonly CostRow[];
  readonly onDemand: Dollars | undefined;
  readonly provisioned: Dollars | undefined;
}

/** A table a table. */
function costTable({ table, billing, rows, onDemand, provisioned }: Costed): string {
  const shown = new CliTable({
    head: [table, "a month", "on-demand", "provisioned", "units"],
    style: { head: [], border: [], compact: true },
    colAligns: ["left", "right", "right", "right", "right"],
  });
  for (const row of rows) {
    const place = row.index === undefined ? "" : `${row.index}: `;
    const amounts = [money(row.onDemand), money(row.provisioned)];
    shown.push([`${place}${names[row.what]}`, quantity(row), ...amounts, row.units ?? ""]);
  }
  const marked = (mode: BillingMode, amount: Dollars | undefined) =>
    `${money(amount)}${mode === billing ? " *" : ""}`;
  shown.push(["all", "", marked("on-demand", onDemand), marked("provisioned", provisioned), ""]);
  return shown.toString();
}

const money = (amount: Dollars | undefined): string =>
  amount === undefined ? "not measured" : toCents(amount);

function quantity({ quantity: number, unit }: CostRow): string {
  if (number === undefined) return "not measured";
  if (unit === "bytes") return describeBytes(number);
  return `${number.toLocaleString("en-US", { maximumFractionDigits: 1 })} ${unit}`;
}

const advice = ({ billing, reason }: Advice, present: BillingMode): string =>
  `${billing === present ? `Keep ${billing}` : `Change to ${billing}`}: ${reason}.`;

export function estimateText(estimate: TableEstimate): string {
  const { places, besides, billing, describes, load, month } = estimate;
  const percent = (breakEvenUtilisation * 100).toFixed(1);
  const { breakEvenFactor: factor, requestsPerSecond } = load;
  const breakEven =
    factor === undefined
      ? "Break-even: none; on-demand costs less at any load of this shape."
      : `Break-even: ${rate(factor * requestsPerSecond)} of this mix, ${Number(factor.toPrecision(3))} times this load ` +
        `(${rate(requestsPerSecond)}); of a provisioned unit, ${percent} % in use.`;
  return [
    costTable({ ...estimate, rows: [...placeRows(places), ...besideRows(besides)] }),
    ...(describes === undefined ? [] : [describes]),
    ...(month.ttlDeletes > 0 ? [`TTL removes ${month.ttlDeletes.toLocaleString("en-US")} items: free.`] : []),
    breakEven,
    ...(load.maximumFactor === undefined
      ? []
      : [`Autoscaling is at its maximum from ${rate(load.maximumFactor * requestsPerSecond)} on.`]),
    advice(estimate.advice, billing),
  ].join("\n");
}

export function measuredText(measured: MeasuredEstimate): string {
  const { billing, window, caveats } = measured;
  const days = (window.end.getTime() - window.start.getTime()) / 86_400_000;
  return [
    costTable(measured),
    `Measured from ${window.start.toISOString()} to ${window.end.toISOString()} (${Number(days.toFixed(2))} days), ` +
      "for a month at the same rate.",
    measured.advice === undefined ? "No advice: nothing is measured." : advice(measured.advice, billing),
    ...caveats.map((one) => `- ${one}`),
  ].join("\n");
}

export interface Shared {
  readonly system: string;
  readonly month: Dollars;
  readonly parts: readonly { readonly what: string; readonly count: number; readonly month: Dollars }[];
}

export const sharedOf = ({ system, keys, alarms, dashboards }: SystemSurroundings): Shared => {
  const parts = [
    { what: "keys", ...keys },
    { what: "metrics of other alarms", ...alarms },
    { what: "dashboards", ...dashboards },
  ].filter(({ count }) => count > 0);
  return { system, parts, month: sum(parts.map(({ month }) => month)) };
};

/** What is the systems' and no table's, and all together. */
export function totalText(tables: readonly Dollars[], shared: readonly Shared[]): string {
  const all = sum([...tables, ...shared.map(({ month }) => month)]);
  const systems = shared.map(({ system, parts, month }) => {
    const words = parts.map((one) => `${one.what} (${one.count}) ${toCents(one.month)}`).join(", ");
    return `${system}: ${toCents(month)} beside its tables: ${words || "nothing"}.`;
  });
  return [...systems, `All of it: ${toCents(all)} a month.`].join("\n");
}

/** What every figure rests on. */
export const basisText = (region: string): string =>
  [
    `Prices of ${pricesRegion} on ${pricesAsOf}, in US dollars, a month of 730 hours` +
      `${region === pricesRegion ? "" : `; ${region} costs otherwise`}. * is how the table is billed now.`,
    `Not subtracted, since they are the account's: ${freeOfCharge.storedGigabytes} GB of storage, ` +
      `${freeOfCharge.dashboards} dashboards, ${freeOfCharge.alarmMetrics} metrics of alarms.`,
    `Storage counts ${storageOverheadBytes} bytes more an item and an entry; a caller has the key called at most ` +
      `${keyRequestsPerCaller.toLocaleString("en-US")} times. Replicas, streams, backups beside recovery, logs, Lambda and the API are not priced.`,
  ].join("\n");

/** How the replay differs from what would have happened. */
export const replayText =
  "Provisioned is replayed over sums of five minutes at the spec's minimum, maximum and target (from 1 unit, 70 % for an " +
  "on-demand table): capacity follows a rise five minutes later, falls after fifteen quiet minutes and once an hour, " +
  "and each hour is paid for at its most. Spikes within five minutes are not seen.";

export function bridgeText({ document, recomputed, today, steps, total }: Bridge): string {
  const shown = new CliTable({
    head: [`${document.says} (${document.requirement.slice(0, 3)})`, "a month"],
    style: { head: [], border: [], compact: true },
    colAligns: ["left", "right"],
  });
  shown.push(
    ["the document's figure", toCents(document.figure)],
    ["its own sum, with its prices", toCents(recomputed)],
    ["the same with today's prices", toCents(today)],
    ...steps.map(({ what, amount }) => [`  ${what}`, small(amount)]),
    ["by the rules, with today's prices", toCents(total)],
  );
  return [shown.toString(), document.comment].join("\n");
}

/** A tenth of a cent and less is seen, too. */
function small(amount: Dollars): string {
  if (amount <= -5_000_000n || amount >= 5_000_000n) return toSignedCents(amount);
  return `${amount < 0n ? "-" : "+"}$${(Math.abs(Number(amount)) / 1e9).toFixed(4)}`;
}
