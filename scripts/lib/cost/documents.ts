/** The four estimates of the requirement documents, reckoned as they reckon, and what becomes of them by the rules. */

import { join } from "node:path";
import type { RequirementId } from "../../../tables/systems";
import { root } from "../paths";
import { bytesPerGigabyte, type TableEstimate } from "./estimate";
import { dollars, minus, part, sum, times, type Dollars } from "./money";
import { documentPrices, hoursPerMonth, prices, type RequestPrices } from "./prices";
import { readsAndWrites } from "./advice";

const workloads = join(root, "scripts/workloads");
export const workloadFile = (name: string): string => join(workloads, `${name}.json`);
export const defaultWorkload = workloadFile("default");

/** How a document comes to its figure: requests of one unit each, or units for a month. */
type Reckoning =
  | {
      readonly kind: "requests";
      readonly writes: number;
      readonly reads: number;
      readonly storedBytes: bigint;
      /** Its lines, in its own figures. */
      readonly said: Readonly<Record<"writes" | "reads" | "storage", string>> | undefined;
    }
  | { readonly kind: "units"; readonly read: number; readonly write: number };

export interface DocumentEstimate {
  readonly requirement: RequirementId;
  /** In the document's own words. */
  readonly says: string;
  readonly figure: Dollars;
  /** Of scripts/workloads: the same load, with sizes. */
  readonly workload: string;
  readonly reckoning: Reckoning;
  /** What is wrong, or has changed, in a sentence or two. */
  readonly comment: string;
}

export const documentEstimates: readonly DocumentEstimate[] = [
  {
    requirement: "001_4943668e2e643a63",
    says: "~$0.03/month for 1,000 conversations",
    figure: dollars("0.03"),
    workload: "conversations-1000",
    reckoning: {
      kind: "requests",
      writes: 2_000,
      reads: 5_000,
      storedBytes: 100_000_000n,
      said: { writes: "0.0025", reads: "0.00125", storage: "0.025" },
    },
    comment:
      "Its sum holds. But 0.1 GB for 1,000 conversations is 100 KB each, of which a write takes 98 units and not one, " +
      "and the index, which projects all, takes as many again.",
  },
  {
    requirement: "001_4943668e2e643a63",
    says: "~$0.01/month for ~100 conversations",
    figure: dollars("0.01"),
    workload: "conversations-100",
    reckoning: {
      kind: "requests",
      writes: 200,
      reads: 500,
      storedBytes: 10_000_000n,
      said: undefined,
    },
    comment:
      "A tenth of the former is $0.003: the cent is rounded up. The system's key alone costs a dollar.",
  },
  {
    requirement: "001_4943668e2e643a63",
    says: "1 RCU + 1 WCU: $0.47/month",
    figure: dollars("0.47"),
    workload: "conversations-provisioned",
    reckoning: { kind: "units", read: 1, write: 1 },
    comment:
      "$0.47 is the write unit alone; with the read unit it is $0.57, and the index needs a read and a write unit of its own.",
  },
  {
    requirement: "003_4c7354951450b53d",
    says: "~$0.39/month for 1,000 workflows/day",
    figure: dollars("0.39"),
    workload: "trade-status-30000",
    reckoning: {
      kind: "requests",
      writes: 240_000,
      reads: 300_000,
      storedBytes: 30_000_000n,
      said: { writes: "0.30", reads: "0.08", storage: "0.01" },
    },
    comment:
      "Its lines are rounded before they are added: the sum is $0.38. And its 30,000 items are one month's, " +
      "while TTL keeps 90 days: 90,000.",
  },
];

export interface Reckoned {
  readonly writes: Dollars;
  readonly reads: Dollars;
  readonly storage: Dollars;
}

/** As the documents do: a unit a request, a gigabyte of 10⁹ bytes, and nothing else. */
export function reckon(reckoning: Reckoning, list: RequestPrices): Reckoned {
  switch (reckoning.kind) {
    case "requests":
      return {
        writes: times(list.writeRequest, reckoning.writes),
        reads: times(list.readRequest, reckoning.reads),
        storage: part(list.storedGigabyteMonth, reckoning.storedBytes, bytesPerGigabyte),
      };
    case "units":
      return {
        writes: times(list.writeUnitHour, reckoning.write * hoursPerMonth),
        reads: times(list.readUnitHour, reckoning.read * hoursPerMonth),
        storage: dollars("0"),
      };
  }
}

export interface Step {
  readonly what: string;
  readonly amount: Dollars;
}

export interface Bridge {
  readonly document: DocumentEstimate;
  /** The document's reckoning with the document's prices. */
  readonly recomputed: Dollars;
  /** The same with today's prices. */
  readonly today: Dollars;
  /** From `recomputed` to `total`, each what one reason adds or takes. */
  readonly steps: readonly Step[];
  /** The table by the rules, and the key of its system. */
  readonly total: Dollars;
}

/** @param key what the system's key costs a month. */
export function bridge(document: DocumentEstimate, estimate: TableEstimate, key: Dollars): Bridge {
  const old = reckon(document.reckoning, documentPrices);
  const now = reckon(document.reckoning, prices);
  const all = (reckoned: Reckoned) => sum([reckoned.writes, reckoned.reads, reckoned.storage]);
  const [table, ...indexes] = estimate.places.map(({ provisioned, ...place }) => ({
    ...place,
    cost: estimate.billing === "on-demand" || provisioned === undefined ? place.onDemand : provisioned.cost,
  }));
  if (table === undefined) throw new Error(`${estimate.table} has no place.`);
  const steps: readonly Step[] = [
    { what: "prices cut on 1 November 2024", amount: minus(all(now), all(old)) },
    { what: "writes by the items' size", amount: minus(table.cost.write, now.writes) },
    { what: "reads by the items' size and consistency", amount: minus(table.cost.read, now.reads) },
    { what: "all that is stored, and 100 bytes an item", amount: minus(table.storage, now.storage) },
    {
      what: "the index's writes, reads and storage",
      amount: sum([
        readsAndWrites(indexes.map(({ cost }) => cost)),
        ...indexes.map(({ storage }) => storage),
      ]),
    },
    { what: "point-in-time recovery", amount: estimate.besides.recovery.month },
    { what: "the system's key, and calls of it", amount: sum([key, estimate.besides.key.month]) },
    { what: "audit events", amount: estimate.besides.audit.month },
    { what: "the table's alarms", amount: estimate.besides.alarms.month },
  ];
  return {
    document,
    recomputed: all(old),
    today: all(now),
    steps: steps.filter(({ amount }) => amount !== 0n),
    total: sum([estimate.total, key]),
  };
}
