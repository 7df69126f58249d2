/** Profiles and messages that another program has written, in its own forms: none of them stops a list or a match. */

import {
  conversationTable,
  loadAgentMatching,
  plumber,
  profileTable,
  type AgentMatching,
} from "../../support/agent-matching";

let matching: AgentMatching;
beforeAll(async () => (matching = await loadAgentMatching()));
afterAll(() => matching.stop());

const item = { ...plumber, job: "plumber", location_city: "berlin", timestamp: "2025-06-01T08:30:00Z" };

const odd: readonly (readonly [what: string, changes: object])[] = [
  [
    "nothing but its keys",
    { name: undefined, tags: undefined, location: undefined, averagePrice: undefined },
  ],
  ["a set of tags", { tags: new Set(["heating"]) }],
  ["tags as one text", { tags: "heating" }],
  ["tags that are no texts", { tags: [1, null, ["heating"], "solar"] }],
  ["a location as a map", { location: { country: "Germany", city: "Berlin" } }],
  ["a price as text", { averagePrice: " 85.50 " }],
  ["a price in words", { averagePrice: "on request" }],
  ["a price as a list", { averagePrice: [85] }],
  ["a name that is a number", { name: 7, description: null }],
  ["what was handed in as text", { profile_data: "see json_storage/7.json" }],
  [
    "sets and bytes in what was handed in",
    { profile_data: { set: new Set([1]), bytes: new Uint8Array([1]) } },
  ],
  ["an id with spaces", { id: "Agent Nr. 7" }],
];

describe.each(odd)("a profile with %s", (_, changes) => {
  const foreign: Readonly<Record<string, unknown>> = { ...item, ...changes };
  beforeAll(() => matching.put(profileTable, foreign));

  it("is retrieved, listed and matched", async () => {
    const id = String(foreign["id"]);
    const retrieved = await matching.call("GET /retrieve/{id}", { path: { id } });
    expect(retrieved).toMatchObject({ status: 200, json: { id, job: "plumber", profile_data: {} } });
    const listed = await matching.call("GET /list");
    expect(listed.text).toContain(`"id":"${id}"`);
    for (const criteria of [{ job: "plumber" }, { city: "berlin" }, { text: "plumber" }]) {
      const { status, text } = await matching.post("POST /match", criteria);
      expect(status).toBe(200);
      expect(text).toContain(`"id":"${id}"`);
    }
    for (const criteria of [{ tags: ["heating"] }, { maxPrice: 100 }]) {
      expect((await matching.post("POST /match", criteria)).status).toBe(200);
    }
  });
});

describe("a price", () => {
  const priceOf = async (averagePrice: unknown) => {
    await matching.put(profileTable, { ...item, id: "priced", averagePrice });
    const { text } = await matching.call("GET /retrieve/{id}", { path: { id: "priced" } });
    return /"averagePrice":([^,]*),/.exec(text)?.[1];
  };

  it("as text is a number, where every reader of JSON takes it for exactly that", async () => {
    expect(await priceOf(" 85.50 ")).toBe("85.5");
    expect(await priceOf("0.10000000000000000001")).toBe('"0.10000000000000000001"');
    expect(await priceOf("on request")).toBe("null");
  });

  it("of more digits than a double has stays whole", async () => {
    expect(await priceOf(12345678901234567890123n)).toBe('"12345678901234567890123"');
  });
});

describe("a key as it was written", () => {
  beforeAll(() =>
    matching.put(profileTable, { ...item, id: "written", job: "Glazier", location_city: "São Paulo" }),
  );
  const found = async (criteria: object) =>
    (await matching.post("POST /match", criteria)).text.includes('"id":"written"');

  it("is found by that form, by each index and by both", async () => {
    expect(await found({ job: "Glazier" })).toBe(true);
    expect(await found({ city: "São Paulo" })).toBe(true);
    expect(await found({ job: "Glazier", city: "São Paulo" })).toBe(true);
  });

  it("is not found by another, whichever index is read", async () => {
    expect(await found({ job: "glazier" })).toBe(false);
    expect(await found({ job: "glazier", city: "São Paulo" })).toBe(false);
  });
});

it("a message that lacks its text is read as an empty one, in any form of time", async () => {
  const message = { conversation_id: "conv 1", timestamp: "1748768400", agent_id: "agent 1", sender: 7 };
  await matching.put(conversationTable, message);
  const read = { ...message, message: "", sender: "" };
  const one = await matching.call("GET /conversation/{id}", { path: { id: "conv 1" } });
  expect(one.json).toEqual({ conversation_id: "conv 1", messages: [read] });
  const all = await matching.call("GET /agent/{id}/conversations", { path: { id: "agent 1" } });
  expect(all.json).toMatchObject({ conversations: [{ conversation_id: "conv 1", messages: [read] }] });
});
