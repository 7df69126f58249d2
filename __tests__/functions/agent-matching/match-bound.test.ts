/** What a match reads at most, and what it says when that was not everything. */

import { ProfileTable } from "../../../functions/agent-matching/profiles";
import { readInStep, type ReadPage } from "../../../functions/agent-matching/read-in-step";
import {
  recordAgentMatching,
  plumber,
  profileTable,
  type RecordedAgentMatching,
} from "../../support/agent-matching";

describe("on 15 MB of profiles", () => {
  let matching: RecordedAgentMatching;
  beforeAll(async () => {
    matching = await recordAgentMatching();
    for (let number = 10; number < 50; number += 1) {
      const place = number === 33 ? ["Germany", "Jena"] : ["Germany", "Berlin"];
      await matching.put(profileTable, {
        ...plumber,
        ...{ id: `heavy-${number}`, job: "plumber", averagePrice: number },
        ...{ location: place, location_city: place[1]?.toLowerCase() },
        profile_data: { notes: "x".repeat(380 * 1024) },
      });
    }
  });
  afterAll(() => matching.stop());

  const match = async (criteria: object) => {
    const { calls } = matching.recorder;
    calls.length = 0;
    const { status, json } = await matching.post("POST /match", { ...criteria, limit: 100 });
    expect(status).toBe(200);
    const { matches, complete } = json as {
      readonly matches: readonly unknown[];
      readonly complete: boolean;
    };
    const units = calls.reduce((sum, call) => sum + (call.units ?? Infinity), 0);
    return { found: matches.length, complete, reads: calls.length, units };
  };

  it.each<[string, number, number, object]>([
    ["a scan", 12, 1_536, { tags: ["heating"] }],
    ["a query", 12, 1_536, { job: "plumber" }],
    ["two queries", 26, 3_328, { job: "plumber", city: "berlin" }],
    ["four, two forms of each key,", 28, 3_584, { job: "Plumber", city: "Berlin" }],
  ])(
    "%s reads at most %i pages and %i units, and says that it is not complete",
    async (_, mostReads, mostUnits, criteria) => {
      const { found, complete, reads, units } = await match(criteria);
      expect(complete).toBe(false);
      // A round of four parts that would pass the bound is not begun.
      expect(reads).toBeGreaterThan(mostReads - 4);
      expect(reads).toBeLessThanOrEqual(mostReads);
      expect(units).toBeLessThanOrEqual(mostUnits);
      expect(found).toBeGreaterThan(0);
      expect(found).toBeLessThan(40);
    },
  );

  it("is complete as soon as the more selective of two indexes is read", async () => {
    expect(await match({ job: "plumber", city: "jena" })).toMatchObject({
      found: 1,
      complete: true,
      reads: 2,
    });
  });

  it("keeps to another bound where one is given", async () => {
    const profiles = new ProfileTable({ client: matching.table.client, name: profileTable });
    const few = await profiles.match({ criteria: { job: ["plumber"] }, limit: 100, mostPages: 2 });
    expect(few.isComplete).toBe(false);
    const all = await profiles.match({ criteria: { job: ["plumber"] }, limit: 100, mostPages: 100 });
    expect([all.isComplete, all.matches.length]).toEqual([true, 40]);
  });
});

describe("reading in step", () => {
  /** So many items, of which a page holds 100,000. */
  const part =
    (size: number): ReadPage<number> =>
    ({ from, limit = 100_000 }) => {
      const start = Number(from?.["start"] ?? 0);
      const end = Math.min(size, start + limit);
      const items = Array.from({ length: end - start }, (_, index) => start + index);
      return Promise.resolve({ items, next: end < size ? { start: end } : undefined });
    };
  const read = async (sources: readonly (readonly ReadPage<number>[])[], mostPages: number) => {
    let items = 0;
    const bound = { mostPages, isOver: () => false, isPassing: () => false };
    const isComplete = await readInStep(sources, bound, (page) => (items += page.length));
    return { items, isComplete };
  };

  const page = 100_000;

  it.each([
    ["one source to its end", [[part(3 * page)]], 3, { items: 3 * page, isComplete: true }],
    ["all parts of a source", [[part(1), part(2)]], 2, { items: 3, isComplete: true }],
    [
      "a short page of each of two, and no more when one is short",
      [[part(page)], [part(100)]],
      12,
      { items: 200, isComplete: true },
    ],
    [
      "until the shorter of two ends",
      [[part(9 * page)], [part(page)]],
      12,
      { items: 2 * page + 100, isComplete: true },
    ],
    ["no further than the bound", [[part(3 * page)]], 2, { items: 2 * page, isComplete: false }],
    [
      "no round that would pass the bound",
      [[part(2 * page), part(2 * page)]],
      3,
      { items: 2 * page, isComplete: false },
    ],
    [
      "to its end what alone would be within the bound",
      [[part(9 * page)], [part(3 * page)]],
      3,
      { items: 6 * page + 100, isComplete: true },
    ],
    [
      "one on alone when the parts of the other are too many",
      [[part(page), part(9 * page)], [part(2 * page)]],
      2,
      { items: 4 * page + 100, isComplete: true },
    ],
  ])("reads %s", async (_, sources, mostPages, expected) => {
    expect(await read(sources, mostPages)).toEqual(expected);
  });
});
