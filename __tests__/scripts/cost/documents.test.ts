/**
 * The documents' four estimates, by hand: plain numbers here, none of the code's. Issue 7: "Cost figures agree with
 * hand-computed ones to the cent for the documents' workloads."
 */

import { bridge, documentEstimates, workloadFile } from "../../../scripts/lib/cost/documents";
import { estimateTable } from "../../../scripts/lib/cost/estimate";
import { nothingCharged } from "../../../scripts/lib/cost/fixed";
import { dollars, exactly, sum, toCents, type Dollars } from "../../../scripts/lib/cost/money";
import { loadWorkload } from "../../../scripts/lib/cost/workload";
import { catalogue } from "../../../tables/catalogue";

const surroundings = { alarms: nothingCharged, isAudited: false };

/** With the system's key, as `npm run cost -- --documents` adds it; without alarms, which are another's business. */
function reckoned(workload: string) {
  const document = documentEstimates.find((one) => one.workload === workload);
  const tables = loadWorkload(workloadFile(workload)).tables;
  const spec = catalogue.find(({ id }) => id in tables);
  const load = spec && tables[spec.id];
  if (document === undefined || spec === undefined || load === undefined)
    throw new Error(`There is no ${workload}.`);
  const estimate = estimateTable({ spec, environment: "prod", surroundings }, load);
  return { document, estimate, bridge: bridge(document, estimate, dollars("1")) };
}

/** A double is exact enough for cents. */
const cents = (amount: number): string => `$${(Math.round(amount * 100) / 100).toFixed(2)}`;

const old = { write: 1.25 / 1e6, read: 0.25 / 1e6 };
const now = { write: 0.625 / 1e6, read: 0.125 / 1e6 };
const perGigabyte = { stored: 0.25, recovered: 0.2 };
const key = 1;
const keyCall = 0.03 / 10_000;

describe("document 001, 1,000 conversations a month", () => {
  const { document, estimate, bridge: found } = reckoned("conversations-1000");

  it("holds: its three lines are $0.03 with its prices, and with today's", () => {
    // 0.0025 + 0.00125 + 0.025 = 0.02875
    const theirs = 2_000 * old.write + 5_000 * old.read + 0.1 * 0.25;
    expect(toCents(found.recomputed)).toBe(cents(theirs));
    expect(toCents(found.recomputed)).toBe(toCents(document.figure));
    // 0.00125 + 0.000625 + 0.025 = 0.026875
    expect(toCents(found.today)).toBe(cents(2_000 * now.write + 5_000 * now.read + 0.1 * 0.25));
  });

  it("says the document's lines as they stand there", () => {
    expect(document.reckoning).toMatchObject({
      said: { writes: "0.0025", reads: "0.00125", storage: "0.025" },
    });
  });

  it("costs $1.34 by the rules: its 0.1 GB are 1,000 items of 100 KB, of 98 write and 25 read units each", () => {
    // 99,900 / 1,024 = 97.6 and 99,900 / 4,096 = 24.4, rounded up.
    const [writeUnits, readUnits] = [98, 25];
    const writes = 2_000 * writeUnits * now.write; // 0.1225
    const reads = 5_000 * readUnits * 0.5 * now.read; // 0.0078125, eventually consistent
    const storage = 0.1 * perGigabyte.stored; // 1,000 x (99,900 + 100) bytes
    // The index projects all: a create puts an entry, an update of projected attributes puts it again.
    const index = 2_000 * writeUnits * now.write + 0.1 * perGigabyte.stored;
    const recovery = 0.1 * perGigabyte.recovered; // of the table, not of its index
    const keyCalls = 7_000 * keyCall; // fewer than one in five minutes: one a request at most
    expect(toCents(found.total)).toBe(cents(writes + reads + storage + index + recovery + key + keyCalls));
    expect(toCents(found.total)).toBe("$1.34");
    expect(toCents(estimate.onDemand)).toBe("$0.34");
  });

  it("costs $1.23 provisioned: a unit of each for table and index", () => {
    const units = 2 * (0.00065 + 0.00013) * 730; // 1.1388
    const others = 0.2 * 0.25 + 0.1 * 0.2 + 7_000 * keyCall;
    expect(toCents(estimate.provisioned)).toBe(cents(units + others));
    expect(estimate.advice.billing).toBe("on-demand");
  });
});

describe("document 001, the demo's 100 conversations a month", () => {
  const { bridge: found } = reckoned("conversations-100");

  it("is a tenth of that: $0.00, which the document rounds up to a cent", () => {
    expect(exactly(found.recomputed)).toBe("0.002875");
    expect(toCents(found.recomputed)).toBe(cents(200 * old.write + 500 * old.read + 0.01 * 0.25));
    expect(toCents(found.document.figure)).toBe("$0.01");
  });

  it("costs $1.03 by the rules", () => {
    const requests = 2 * 200 * 98 * now.write + 500 * 25 * 0.5 * now.read; // 0.0245 + 0.00078125
    const stored = 2 * 0.01 * perGigabyte.stored + 0.01 * perGigabyte.recovered;
    expect(toCents(found.total)).toBe(cents(requests + stored + key + 700 * keyCall));
    expect(toCents(found.total)).toBe("$1.03");
  });
});

describe("document 001, one read and one write unit", () => {
  const { document, bridge: found } = reckoned("conversations-provisioned");

  it("does not hold: $0.47 is the write unit alone, and both are $0.57", () => {
    expect(cents(0.00065 * 730)).toBe("$0.47"); // 0.4745
    expect(toCents(document.figure)).toBe("$0.47");
    expect(toCents(found.recomputed)).toBe(cents((0.00065 + 0.00013) * 730)); // 0.5694
    expect(toCents(found.recomputed)).toBe("$0.57");
    // Prices of provisioned capacity were not cut.
    expect(found.today).toBe(found.recomputed);
  });

  it("costs $2.23 by the rules: the index has units of its own", () => {
    const units = 2 * (0.00065 + 0.00013) * 730;
    const others = 0.2 * perGigabyte.stored + 0.1 * perGigabyte.recovered + key + 7_000 * keyCall;
    expect(toCents(found.total)).toBe(cents(units + others));
    expect(toCents(found.total)).toBe("$2.23");
  });
});

describe("document 003, 1,000 workflows a day", () => {
  const { document, estimate, bridge: found } = reckoned("trade-status-30000");

  it("holds by its lines, $0.30 and $0.08 and $0.01; their sum is $0.38, not the sum of what was rounded", () => {
    expect([240_000 * old.write, 300_000 * old.read, 0.03 * 0.25].map(cents)).toEqual([
      "$0.30",
      "$0.08",
      "$0.01",
    ]);
    expect(document.reckoning).toMatchObject({ said: { writes: "0.30", reads: "0.08", storage: "0.01" } });
    expect(toCents(found.recomputed)).toBe("$0.38"); // 0.30 + 0.075 + 0.0075 = 0.3825
    expect(toCents(document.figure)).toBe("$0.39");
    expect(exactly(found.today)).toBe("0.195"); // 0.15 + 0.0375 + 0.0075
  });

  it("costs $1.28 by the rules: half of the reads' price is saved, and 90 days of items are kept", () => {
    const writes = 240_000 * now.write; // 1,000 bytes: a unit each
    const reads = (210_000 + 90_000 * 0.5) * now.read; // the writer's strongly consistent, the portal's not
    const gigabytes = (90_000 * 1_100) / 1e9; // 1,000 a day for 90 days, 100 bytes more each
    const keyCalls = 2 * 8_760; // two callers, each every five minutes: fewer than their requests
    const all =
      writes + reads + gigabytes * (perGigabyte.stored + perGigabyte.recovered) + key + keyCalls * keyCall;
    expect(toCents(found.total)).toBe(cents(all));
    expect(toCents(found.total)).toBe("$1.28");
  });

  it("pays nothing for what TTL deletes", () => {
    expect(estimate.month.ttlDeletes).toBe(30_000);
    expect(estimate.places[0]?.writeUnits).toBe(240_000n);
  });
});

it.each(documentEstimates)("the steps of $says lead from its sum to the rules'", ({ workload }) => {
  const { bridge: found } = reckoned(workload);
  const steps = found.steps.map(({ amount }): Dollars => amount);
  expect(sum([found.recomputed, ...steps])).toBe(found.total);
});
