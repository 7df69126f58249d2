/** Document 002's profiles: stored attribute for attribute, read back, listed, and never changed by a repeat. */

import { GetItemCommand } from "@aws-sdk/client-dynamodb";
import { newProfile } from "../../../functions/agent-matching/model";
import { itemBytes, itemLimitBytes } from "../../../functions/shared/item-size";
import { agentProfiles } from "../../../tables/agent-profiles";
import { itemProblems } from "../../../tables/item";
import {
  recordAgentMatching,
  plumber,
  profileTable,
  type RecordedAgentMatching,
} from "../../support/agent-matching";

let matching: RecordedAgentMatching;
beforeAll(async () => (matching = await recordAgentMatching()));
afterAll(() => matching.stop());

const store = (profile: object) => matching.post("POST /store", profile);
const retrieve = (id: string, headers = {}) => matching.call("GET /retrieve/{id}", { path: { id }, headers });
const item = (id: string) => matching.stored(profileTable, { id });

describe("POST /store", () => {
  it("stores document 002's attributes, and nothing beside them", async () => {
    const { status } = await store(plumber);
    expect(status).toBe(201);
    const stored = await item(plumber.id);
    expect(stored).toEqual({
      id: "agent-plumber-berlin-01",
      name: "Rohrfrei Meisterbetrieb",
      address: "Torstrasse 12, 10119 Berlin",
      job: "plumber",
      averagePrice: 85.5,
      tags: ["Emergency", "heating"],
      location: ["Germany", "Berlin"],
      location_city: "berlin",
      description: "Emergency plumbing and heating repairs, day and night.",
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
      profile_data: plumber,
    });
    expect(itemProblems(agentProfiles, stored)).toEqual([]);
  });

  it.each([
    [["Germany", "Berlin"], "berlin"],
    [["Japan", "Kyoto ", "  Higashiyama   Ward "], "higashiyama ward"],
    [["ZÜRICH"], "zürich"],
  ])("takes the city from the narrowest part of %j", async (location, city) => {
    const { json } = await store({ ...plumber, id: "moves", location });
    expect(json).toMatchObject({ location_city: city });
    expect(await item("moves")).toMatchObject({ location_city: city });
  });

  it("makes up an id where none is given", async () => {
    const { status, json } = await store({ ...plumber, id: undefined });
    const { id } = json as { id: string };
    expect(status).toBe(201);
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/);
    expect((await retrieve(id)).json).toEqual(json);
  });

  it("replaces the profile of an id: 201 for a new one, then 200", async () => {
    const first = { ...plumber, id: "upsert" };
    expect((await store(first)).status).toBe(201);
    const { status, json } = await store({ ...first, averagePrice: 90 });
    expect([status, json]).toEqual([200, expect.objectContaining({ averagePrice: 90 })]);
    expect(await item("upsert")).toMatchObject({ averagePrice: 90, profile_data: { averagePrice: 90 } });
  });

  it("changes nothing when the same content comes again, in whatever order, and answers alike", async () => {
    const first = await store({ ...plumber, id: "again", rating: { stars: 5, votes: [1, 2] } });
    const before = await item("again");
    const again = await store({
      rating: { votes: [1, 2], stars: 5 },
      ...plumber,
      id: "again",
    });
    expect([again.status, again.json]).toEqual([200, first.json]);
    expect(await item("again")).toEqual(before);
  });

  it("repairs what another program has derived otherwise from the same content", async () => {
    await store({ ...plumber, id: "derived" });
    const stored = await item("derived");
    await matching.put(profileTable, { ...stored, job: "Plumber" });
    expect((await store({ ...plumber, id: "derived" })).status).toBe(200);
    expect(await item("derived")).toMatchObject({ job: "plumber" });
  });

  it("refuses what does not fit into an item, and stores nothing", async () => {
    const { status, json } = await store({ ...plumber, id: "large", notes: "x".repeat(410 * 1024) });
    expect([status, json]).toMatchObject([413, { error: { code: "too-large" } }]);
    expect(await item("large")).toEqual({});
    expect((await store({ ...plumber, id: "large", notes: "x".repeat(390 * 1024) })).status).toBe(201);
  });
});

it("a profile is stored or refused at the very edge of an item, also when its price has one digit", async () => {
  const edge = { ...plumber, id: "edge", averagePrice: "5", notes: "" };
  const identity = { id: "edge", timestamp: "2025-06-01T08:30:00.000Z" };
  const room = itemLimitBytes - itemBytes({ ...newProfile(edge, identity), averagePrice: 5 });
  const statusOf = async (bytes: number) => (await store({ ...edge, notes: "x".repeat(bytes) })).status;
  expect(await statusOf(room)).toBe(201);
  for (const more of [1, 19, 20, 21]) expect(await statusOf(room + more)).toBe(413);
});

describe("a price", () => {
  it.each([
    [0.1, "0.1"],
    [19.99, "19.99"],
    ["85.50", "85.5"],
    [12345678901.2345, "12345678901.2345"],
    ["99999999999.9999", "99999999999.9999"],
    [0, "0"],
  ])("of %p is exactly that in the table, when read, and when matched", async (averagePrice, digits) => {
    const job = `priced ${digits}`;
    await store({ ...plumber, id: `price-${digits}`, job, averagePrice });
    const key = { id: { S: `price-${digits}` } };
    const { Item } = await matching.table.client.send(
      new GetItemCommand({ TableName: profileTable, Key: key }),
    );
    expect(Item?.["averagePrice"]).toEqual({ N: digits });
    const retrieved = await retrieve(`price-${digits}`);
    expect(retrieved.text).toContain(`"averagePrice":${digits},`);
    const matched = await matching.post("POST /match", { job, maxPrice: averagePrice });
    expect(matched.text).toContain(`"averagePrice":${digits},`);
  });

  it.each([["85,50"], [-1], [1e11 + 0.5], ["0.00001"], [1e-7], [null]])(
    "of %p is refused",
    async (averagePrice) => {
      const { status, json } = await store({ ...plumber, averagePrice });
      expect([status, json]).toMatchObject([422, { error: { field: "averagePrice" } }]);
    },
  );
});

describe("GET /retrieve/{id}", () => {
  it("gives document 002's attributes in its order, with what was handed in", async () => {
    const odd = { note: null, toString: [{ deep: [0.1, -7, true] }], text: "日本語\u0000" };
    await store({ ...plumber, id: "whole", odd });
    const { status, json } = await retrieve("whole");
    expect(status).toBe(200);
    expect(Object.keys(json as object)).toEqual(Object.keys(agentProfiles.attributes));
    expect(json).toMatchObject({ profile_data: { ...plumber, id: "whole", odd } });
  });

  it("answers 304 until the profile changes", async () => {
    await store({ ...plumber, id: "etag" });
    const { etag } = (await retrieve("etag")).headers as { etag: string };
    expect((await retrieve("etag", { "if-none-match": etag })).status).toBe(304);
    await store({ ...plumber, id: "etag", averagePrice: 86 });
    expect((await retrieve("etag", { "if-none-match": etag })).status).toBe(200);
  });

  it.each([["unknown"], [" "], ["x".repeat(3000)]])("answers 404 for %j", async (id) => {
    expect(await retrieve(id)).toMatchObject({ status: 404, json: { error: { code: "not-found" } } });
  });
});

it("a profile that an ordinary read does not find is looked for by a consistent one", async () => {
  const { calls } = matching.recorder;
  calls.length = 0;
  await retrieve("unknown");
  expect(calls.map(({ operation, consistent = false }) => [operation, consistent])).toEqual([
    ["GetItem", false],
    ["GetItem", true],
  ]);
});

describe("GET /list", () => {
  interface List {
    readonly profiles: readonly { readonly id: string }[];
    readonly cursor?: string;
  }
  const list = async (query: Record<string, string>) =>
    (await matching.call("GET /list", { query })).json as List;

  it("shows every profile once, page by page, without what was handed in", async () => {
    const whole = await list({ limit: "100" });
    const ids: string[] = [];
    let page: List = { profiles: [], cursor: "" };
    while (page.cursor !== undefined) {
      page = await list({ limit: "3", ...(page.cursor && { cursor: page.cursor }) });
      expect(page.profiles.length).toBeLessThanOrEqual(3);
      ids.push(...page.profiles.map(({ id }) => id));
    }
    expect(whole.cursor).toBeUndefined();
    expect(ids).toEqual(whole.profiles.map(({ id }) => id));
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toContain(plumber.id);
    expect(Object.keys(whole.profiles[0] ?? {})).not.toContain("profile_data");
  });

  it("stops where DynamoDB stops, at 1 MB, and goes on from there", async () => {
    for (const number of [1, 2, 3]) {
      await store({ ...plumber, id: `heavy-${number}`, notes: "x".repeat(390 * 1024) });
    }
    const first = await list({ limit: "100" });
    expect(first.cursor).toBeDefined();
    const ids: string[] = first.profiles.map(({ id }) => id);
    let { cursor } = first;
    while (cursor !== undefined) {
      const page = await list({ limit: "100", cursor });
      ids.push(...page.profiles.map(({ id }) => id));
      ({ cursor } = page);
    }
    expect(ids).toEqual(expect.arrayContaining(["heavy-1", "heavy-2", "heavy-3", plumber.id]));
  });
});
