/** DynamoDB's rules of rounding, and that a larger load never costs less. */

import fc from "fast-check";
import { loadCosts } from "../../../scripts/lib/cost/break-even";
import { estimateTable, type TableEstimate } from "../../../scripts/lib/cost/estimate";
import { nothingCharged } from "../../../scripts/lib/cost/fixed";
import { indexWrites, monthOf } from "../../../scripts/lib/cost/month";
import { readHalves, writeUnits } from "../../../scripts/lib/cost/units";
import { parseWorkload, type TableWorkload } from "../../../scripts/lib/cost/workload";
import { agentProfiles } from "../../../tables/agent-profiles";
import { brandProcessingStatus } from "../../../tables/brand-processing-status";
import { conversations } from "../../../tables/conversations";
import { designAnalysisTracking } from "../../../tables/design-analysis-tracking";
import type { TableSpec } from "../../../tables/table-spec";

const surroundings = { alarms: nothingCharged, isAudited: false };
const estimate = (spec: TableSpec, load: TableWorkload): TableEstimate =>
  estimateTable({ spec, environment: "prod", surroundings }, load);

function loadOf(spec: TableSpec, table: object): TableWorkload {
  const workload = { schemaVersion: 1, name: "a", describes: "a", tables: { [spec.id]: table } };
  const load = parseWorkload(workload, "a").tables[spec.id];
  if (load === undefined) throw new Error(`No load of ${spec.id}.`);
  return load;
}

describe("units of a request", () => {
  it.each([
    [1, 1n, 1n],
    [1_024, 1n, 1n],
    [1_025, 2n, 1n],
    [4_096, 4n, 1n],
    [4_097, 5n, 2n],
    [409_600, 400n, 100n],
  ])("of %i bytes are %i to write and %i to read", (bytes, write, read) => {
    expect(writeUnits(bytes)).toBe(write);
    expect(writeUnits(bytes, true)).toBe(2n * write);
    expect(readHalves(bytes, "strong")).toBe(2n * read);
    expect(readHalves(bytes, "eventual")).toBe(read);
    expect(readHalves(bytes, "transactional")).toBe(4n * read);
  });

  it("are at least one, also of what finds nothing", () => {
    expect([writeUnits(0), readHalves(0, "strong"), readHalves(0, "eventual")]).toEqual([1n, 2n, 1n]);
  });

  it("hold the item, and not one unit more", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 409_600 }), (bytes) => {
        const [write, read] = [Number(writeUnits(bytes)), Number(readHalves(bytes, "strong")) / 2];
        expect(write * 1_024).toBeGreaterThanOrEqual(bytes);
        expect((write - 1) * 1_024).toBeLessThan(bytes);
        expect(read * 4_096).toBeGreaterThanOrEqual(bytes);
        expect((read - 1) * 4_096).toBeLessThan(bytes);
      }),
    );
  });
});

describe("an index is written to", () => {
  const update = (...changes: string[]) => ({
    kind: "update" as const,
    what: "a",
    perMonth: 1,
    transactional: false,
    changes,
  });
  const index = "overall_status-created_at-index";

  it("twice where its key changes, once where something projected does, else not", () => {
    expect(indexWrites(designAnalysisTracking, index, update("overall_status", "updated_at"))).toBe(2n);
    expect(indexWrites(designAnalysisTracking, index, update("updated_at", "analysis_result"))).toBe(1n);
    expect(indexWrites(designAnalysisTracking, index, update("analysis_result"))).toBe(0n);
    expect(indexWrites(brandProcessingStatus, "status-index", update("metadata"))).toBe(1n);
  });

  it("once where an item comes or goes", () => {
    const [create, remove] = [
      { ...update(), kind: "create" },
      { ...update(), kind: "delete" },
    ] as const;
    expect(indexWrites(designAnalysisTracking, index, create)).toBe(1n);
    expect(indexWrites(designAnalysisTracking, index, remove)).toBe(1n);
  });

  it("by the size of its entries, and never doubled by a transaction", () => {
    const writes = [{ kind: "create", what: "a", perMonth: 10, bytes: 3_000, transactional: true }];
    const { places } = monthOf(designAnalysisTracking, loadOf(designAnalysisTracking, { items: 1, writes }));
    // The table: 3 units, doubled. The index holds keys and two short attributes of it.
    expect(places.map((place) => place.writeUnits)).toEqual([60n, 10n]);
    const all = monthOf(conversations, loadOf(conversations, { items: 1, writes })).places;
    expect(all.map((place) => place.writeUnits)).toEqual([60n, 30n]);
  });
});

describe("sizes", () => {
  it("of entries follow from the projection and the example", () => {
    const { places } = monthOf(
      designAnalysisTracking,
      loadOf(designAnalysisTracking, { items: 10, itemBytes: 2_000 }),
    );
    const names = ["request_id", "research_data", "overall_status", "created_at", "updated_at"];
    const values = [
      "analysis_abc123",
      "s3://bucket/research-data/interview.txt",
      "processing",
      "2024-01-15T10:30:00Z",
      "2024-01-15T10:30:46Z",
    ];
    const bytes = [...names, ...values].join("").length;
    expect(places.map((place) => place.itemBytes)).toEqual([2_000, bytes]);
    expect(places.map((place) => place.storedBytes)).toEqual([21_000n, BigInt(10 * (bytes + 100))]);
  });

  it("of a whole item are the example's where the workload says none", () => {
    const { places } = monthOf(agentProfiles, loadOf(agentProfiles, { items: 1 }));
    expect(new Set(places.map((place) => place.itemBytes)).size).toBe(1);
    expect(places[0]?.itemBytes).toBeGreaterThan(250);
  });
});

const anyLoad = fc.record({
  items: fc.integer({ min: 0, max: 1e9 }),
  itemBytes: fc.integer({ min: 1, max: 409_600 }),
  reads: fc.array(
    fc.record({
      what: fc.constant("read"),
      perMonth: fc.integer({ min: 0, max: 1e9 }),
      consistency: fc.constantFrom("eventual", "strong", "transactional"),
    }),
    { maxLength: 3 },
  ),
  writes: fc.array(
    fc.record({
      what: fc.constant("write"),
      kind: fc.constant("update"),
      perMonth: fc.integer({ min: 0, max: 1e9 }),
      transactional: fc.boolean(),
      changes: fc.subarray(["status", "metadata", "retry_count"], { minLength: 1 }),
    }),
    { maxLength: 3 },
  ),
});

describe("a larger load", () => {
  const half = <T extends { readonly perMonth: number }>(all: readonly T[]): readonly T[] =>
    all.map((one) => ({ ...one, perMonth: Math.floor(one.perMonth / 2) }));

  it("never costs less, either way", () => {
    fc.assert(
      fc.property(anyLoad, (load) => {
        const whole = estimate(brandProcessingStatus, loadOf(brandProcessingStatus, load));
        const less = { ...load, reads: half(load.reads), writes: half(load.writes) };
        const part = estimate(brandProcessingStatus, loadOf(brandProcessingStatus, less));
        expect(part.onDemand <= whole.onDemand).toBe(true);
        expect(part.provisioned <= whole.provisioned).toBe(true);
      }),
    );
  });

  it("has a break-even at which both cost the same, and above which provisioned never costs more", () => {
    fc.assert(
      fc.property(anyLoad, (load) => {
        const { load: found } = estimate(brandProcessingStatus, loadOf(brandProcessingStatus, load));
        const { onDemand, provisioned } = loadCosts(found.places, found.profile);
        const factor = found.breakEvenFactor;
        if (factor === undefined) {
          expect(onDemand(1)).toBe(0);
          return;
        }
        const nearly = 1 + 1e-6;
        for (const more of [nearly, 1.1, 1.7, 3, 10, 1_000]) {
          expect(provisioned(factor * more)).toBeLessThanOrEqual(onDemand(factor * more) * nearly);
        }
        expect(provisioned(factor)).toBeGreaterThanOrEqual(onDemand(factor) / nearly);
      }),
    );
  });
});
