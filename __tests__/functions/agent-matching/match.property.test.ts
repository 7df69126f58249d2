/** POST /match against a reference that looks at every profile: the same matches in the same order. */

import { BatchWriteCommand } from "@aws-sdk/lib-dynamodb";
import fc from "fast-check";
import { newProfile } from "../../../functions/agent-matching/model";
import { itemOf } from "../../../functions/agent-matching/stored-profile";
import { recordAgentMatching, profileTable, type RecordedAgentMatching } from "../../support/agent-matching";

/** Read units that docs/apis.md names. */
const boundUnits = 1_536;
const profileCount = 2_000;
/** With it an item has about 2 KB, and the table 4 MB. */
const notes = "Fair prices. ".repeat(120);

const jobs = ["Plumber", "plumber ", "Electrician", "Roofer", "Painter", "Tiler", "Gas  Fitter", "Joiner"];
const cities = ["Berlin", "BERLIN", "Hamburg", "Köln", "München", "Leipzig", "Bonn", "Kiel", "Jena"];
const tags = ["emergency", "Heating", "24h", "bath", "Kitchen", "solar", "eco", "card payment", "student"];
const words = ["Night", "day", "repairs", "Heating", "pipes", "wiring", "roof", "walls", "fair", "prices"];

const some = (list: readonly string[], most: number) =>
  fc.subarray([...list], { minLength: 0, maxLength: most });
const profile = fc.record({
  name: some(words, 2).map((given) => ["Meister", ...given].join(" ")),
  job: fc.constantFrom(...jobs),
  averagePrice: fc.integer({ min: 1_000, max: 12_000 }).map((cents) => Math.floor(cents / 25) / 4),
  location: fc.constantFrom(...cities).map((city) => ["Germany", city]),
  address: fc.constantFrom("Torstrasse 12", "Day Street 1", ""),
  tags: some(tags, 4),
  description: some(words, 5).map((given) => given.join(", ")),
});
type Given = typeof profile extends fc.Arbitrary<infer T> ? T : never;

interface Criteria {
  readonly job?: string;
  readonly city?: string;
  readonly tags?: readonly string[];
  readonly maxPrice?: number;
  readonly text?: string;
}

const ask = {
  job: fc.constantFrom(...jobs, "PLUMBER", "astronaut"),
  city: fc.constantFrom(...cities, "köln", "atlantis"),
  tags: fc.subarray(["EMERGENCY", "solar", "24H", " kitchen", "unheard of"], { minLength: 1 }),
  maxPrice: fc.integer({ min: 10, max: 90 }),
  text: some(["night", "HEATING", "roof", "meister", "köln", "street"], 3).map(
    (given) => `fair? ${given.join("-")}`,
  ),
};
const criteria: fc.Arbitrary<Criteria> = fc
  .record(ask, { requiredKeys: [] })
  .filter((asked) => Object.keys(asked).length > 0);

interface Found {
  readonly score: number;
  readonly profile: { readonly id: string };
}
interface Answered {
  readonly matches: readonly Found[];
  readonly complete: boolean;
  readonly cursor?: string;
}

const plain = (text: string) => text.trim().toLowerCase().split(/\s+/).join(" ");
const wordsIn = (...texts: string[]) =>
  texts
    .join(" ")
    .toLowerCase()
    .split(/[\s,?-]+/);

/** The rules of docs/apis.md, told once more without any of the functions' code. */
function scoreOf(given: Given, asked: Criteria): number | undefined {
  let score = 0;
  if (asked.job !== undefined) {
    if (plain(given.job) !== plain(asked.job)) return undefined;
    score += 40;
  }
  if (asked.city !== undefined) {
    if (plain(given.location[1] ?? "") !== plain(asked.city)) return undefined;
    score += 30;
  }
  if (asked.maxPrice !== undefined) {
    if (given.averagePrice > asked.maxPrice) return undefined;
    score += 10;
  }
  if (asked.tags !== undefined) {
    const shared = asked.tags.map(plain).filter((tag) => given.tags.map(plain).includes(tag));
    if (shared.length === 0) return undefined;
    score += 10 * shared.length;
  }
  if (asked.text !== undefined) {
    const front = wordsIn(given.name, given.job, ...given.tags);
    const back = wordsIn(given.description, given.address, ...given.location);
    const points = wordsIn(asked.text)
      .filter((word) => word !== "")
      .map((word) => (front.includes(word) ? 3 : back.includes(word) ? 1 : 0));
    const sum = points.reduce<number>((total, each) => total + each, 0);
    if (sum === 0) return undefined;
    score += sum;
  }
  return score;
}

let matching: RecordedAgentMatching;
const profiles = new Map<string, Given>();

beforeAll(async () => {
  matching = await recordAgentMatching();
  const sample = fc.sample(profile, { numRuns: profileCount, seed: 7 });
  sample.forEach((given, index) => profiles.set(`agent-${(index * 7919) % profileCount}`, given));
  const items = [...profiles].map(([id, given]) =>
    itemOf(newProfile({ ...given, notes }, { id, timestamp: "2025-06-01T08:30:00.000Z" })),
  );
  for (let start = 0; start < items.length; start += 25) {
    const requests = items.slice(start, start + 25).map((Item) => ({ PutRequest: { Item } }));
    await matching.table.client.send(new BatchWriteCommand({ RequestItems: { [profileTable]: requests } }));
  }
});
afterAll(() => matching.stop());

function reference(asked: Criteria): readonly [string, number][] {
  const scored = [...profiles].flatMap(([id, given]) => {
    const score = scoreOf(given, asked);
    return score === undefined ? [] : [{ id, score, price: given.averagePrice }];
  });
  scored.sort(
    (one, other) => other.score - one.score || one.price - other.price || (one.id < other.id ? -1 : 1),
  );
  return scored.map(({ id, score }) => [id, score]);
}

/** All pages, each within the bound. */
async function allMatches(asked: Criteria, limit: number): Promise<readonly [string, number][]> {
  const { calls } = matching.recorder;
  const found: Found[] = [];
  let cursor: string | undefined;
  do {
    calls.length = 0;
    const reply = await matching.post("POST /match", { ...asked, limit, cursor });
    expect(reply.status).toBe(200);
    const page = reply.json as Answered;
    expect(page.complete).toBe(true);
    expect(calls.reduce((sum, { units = Infinity }) => sum + units, 0)).toBeLessThanOrEqual(boundUnits);
    found.push(...page.matches);
    ({ cursor } = page);
    if (cursor !== undefined) expect(page.matches).toHaveLength(limit);
  } while (cursor !== undefined);
  return found.map(({ profile: { id }, score }) => [id, score]);
}

it("finds what the reference finds, in its order, over all pages", async () => {
  const sizes: number[] = [];
  const asked = new Set<string>();
  await fc.assert(
    fc.asyncProperty(criteria, async (one) => {
      const expected = reference(one);
      expect(await allMatches(one, 100)).toEqual(expected);
      sizes.push(expected.length);
      asked.add(Object.keys(one).sort().join());
    }),
    { numRuns: 40, seed: 3 },
  );
  // The property is not about nothing: most criteria find some, a few find many.
  expect(sizes.filter((size) => size > 0).length).toBeGreaterThan(sizes.length / 2);
  expect(Math.max(...sizes)).toBeGreaterThan(100);
  expect(asked.size).toBeGreaterThan(12);
}, 120_000);

it("has one order however small its pages are", async () => {
  const asked = { job: "Plumber", city: "Berlin", text: "fair heating" };
  const expected = reference(asked);
  expect(expected.length).toBeGreaterThan(20);
  for (const limit of [7, 50]) expect(await allMatches(asked, limit)).toEqual(expected);
});

it("asks the indexes where job or city is given, and else scans in four parts", async () => {
  const { calls } = matching.recorder;
  const asks = async (asked: Criteria) => {
    calls.length = 0;
    await matching.post("POST /match", asked);
    return [...new Set(calls.map(({ operation, index = "" }) => `${operation} ${index}`))].sort();
  };
  expect(await asks({ job: "roofer", tags: ["eco"] })).toEqual(["Query job-index"]);
  expect(await asks({ city: "bonn", maxPrice: 50 })).toEqual(["Query location-index"]);
  expect(await asks({ job: "roofer", city: "bonn" })).toEqual(["Query job-index", "Query location-index"]);
  expect(await asks({ text: "roof" })).toEqual(["Scan "]);
  expect(calls.length).toBeGreaterThanOrEqual(4);
});
