/** What a match reads at most, and what it says when that was not everything. */

import { ProfileTable } from "../../../functions/agent-matching/profiles";
import { readInStep, type ReadPage } from "../../../functions/agent-matching/read-in-step";
import { loadAgentMatching, plumber, profileTable, type AgentMatching } from "../../support/agent-matching";

describe("on 15 MB of profiles", () => {
  let matching: AgentMatching;
  beforeAll(async () => {
    matching = await loadAgentMatching();
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

  it.each([
    ["a scan", { tags: ["heating"] }],
    ["a query", { job: "plumber" }],
    ["two queries", { job: "plumber", city: "berlin" }],
  ])("%s reads at most 12 pages and 1,536 units, and says that it is not complete", async (_, criteria) => {
    const { found, complete, reads, units } = await match(criteria);
    expect(complete).toBe(false);
    // A round of four parts that would pass the bound is not begun.
    expect(reads).toBeGreaterThan(12 - 4);
    expect(reads).toBeLessThanOrEqual(12);
    expect(units).toBeLessThanOrEqual(1_536);
    expect(found).toBeGreaterThan(0);
    expect(found).toBeLessThan(40);
  });

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
  /** Pages with these numbers of items. */
  const part =
    (...sizes: readonly number[]): ReadPage<number> =>
    (start) => {
      const page = Number(start?.["page"] ?? 0);
      const next = page + 1 < sizes.length ? { page: page + 1 } : undefined;
      return Promise.resolve({ items: Array.from({ length: sizes[page] ?? 0 }, () => page), next });
    };
  const read = async (sources: readonly (readonly ReadPage<number>[])[], mostPages: number) => {
    let items = 0;
    const bound = { mostPages, isOver: () => false, isPassing: () => false };
    const isComplete = await readInStep(sources, bound, (page) => (items += page.length));
    return { items, isComplete };
  };

  it.each([
    ["one source to its end", [[part(2, 2, 1)]], 3, { items: 5, isComplete: true }],
    ["all parts of a source", [[part(1), part(2, 2)]], 3, { items: 5, isComplete: true }],
    ["until the shorter of two ends", [[part(1, 1, 1)], [part(1)]], 12, { items: 2, isComplete: true }],
    ["no further than the bound", [[part(1, 1, 1)]], 2, { items: 2, isComplete: false }],
    ["no round that would pass the bound", [[part(1, 1), part(1, 1)]], 3, { items: 2, isComplete: false }],
  ])("reads %s", async (_, sources, mostPages, expected) => {
    expect(await read(sources, mostPages)).toEqual(expected);
  });
});
