/** Whatever a caller of agent matching sends: an answer that says what is wrong, never a 5xx, never the input again. */

import fc from "fast-check";
import { anyText } from "../../support/any-text";
import type { EventParts } from "../../support/api-event";
import { loadAgentMatching, plumber, type AgentMatching } from "../../support/agent-matching";
import { bodyOf, canary, expectGraceful, word, type Fields } from "../../support/hostile-input";

let matching: AgentMatching;
const knownIds = Array.from({ length: 10 }, (_, index) => `known-${index}`);
const said = {
  conversation_id: "known-0",
  agent_id: "known-0",
  message: "Can you come?",
  sender: "customer",
  timestamp: "2025-06-01T09:00:00Z",
};
const asked = {
  job: "plumber",
  city: "berlin",
  tags: ["heating"],
  maxPrice: "85.50",
  text: "repairs",
  limit: 20,
};

beforeAll(async () => {
  matching = await loadAgentMatching();
  for (const id of knownIds) {
    await matching.post("POST /store", { ...plumber, id });
    await matching.post("POST /conversation", { ...said, conversation_id: id, agent_id: id });
  }
});
afterAll(() => matching.stop());

const path = fc.record({
  id: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...knownIds) },
    { weight: 1, arbitrary: word },
    { weight: 1, arbitrary: anyText() },
  ),
});
const cursorOf = (position: object) => Buffer.from(JSON.stringify(position)).toString("base64url");
const text = anyText({ maxLength: 40 });
/** Cursors that decode: positions that no page has ended at, and nonsense. */
const cursor = fc.oneof(
  word,
  fc.record({ id: text, timestamp: text, conversation_id: text }, { requiredKeys: [] }).map(cursorOf),
  fc.record({ id: text, score: fc.double(), price: fc.option(text) }).map(cursorOf),
  fc.constantFrom({ id: "x".repeat(3_000) }, { timestamp: "\ud800" }, {}, { id: "" }).map(cursorOf),
);
const query = fc.record(
  { limit: fc.oneof(word, fc.integer().map(String)), cursor, [canary]: word },
  { requiredKeys: [] },
);

const bodies: Readonly<Record<string, Fields>> = {
  "POST /store": { ...plumber, id: "known-1" },
  "POST /match": asked,
  "POST /conversation": said,
};

it.each([
  ["POST /store", [200, 201, 400, 422]],
  ["POST /match", [200, 400, 422]],
  ["POST /conversation", [201, 400, 422]],
  ["GET /retrieve/{id}", [200, 404]],
  ["GET /list", [200, 400, 422]],
  ["GET /conversation/{id}", [200, 400, 404, 422]],
  ["GET /agent/{id}/conversations", [200, 400, 404, 422]],
])(
  "%s answers random requests without a 5xx and without an echo",
  async (routeKey, statuses) => {
    const seen = new Set<number>();
    const sent = fc.oneof(
      { weight: 4, arbitrary: bodyOf(bodies[routeKey] ?? {}) },
      { weight: 1, arbitrary: cursor.map((one) => JSON.stringify({ ...bodies[routeKey], cursor: one })) },
    );
    await fc.assert(
      fc.asyncProperty(path, fc.oneof(query, fc.constant({})), sent, async (given, parameters, body) => {
        const event: EventParts = {
          path: routeKey.includes("{id}") ? given : {},
          query: parameters,
          ...(routeKey.startsWith("POST") && { body }),
        };
        const reply = await matching.call(routeKey, event);
        expectGraceful(reply);
        seen.add(reply.status);
      }),
      { numRuns: 1_000, seed: 11 },
    );
    // Requests get past the checks of their form, and are refused for several reasons.
    expect([...seen]).toEqual(expect.arrayContaining(statuses));
  },
  120_000,
);

describe("the codes of agent matching", () => {
  const post = (routeKey: string, fields: object) => () => matching.post(routeKey, fields);
  const get = (routeKey: string, parts: EventParts) => () => matching.call(routeKey, parts);
  const known = { path: { id: "known-0" } };
  const list = "GET /list";

  it.each([
    ["a match without a criterion", 422, "invalid", post("POST /match", { limit: 5 })],
    ["a match of no words", 422, "invalid", post("POST /match", { text: "!?" })],
    ["a match of no tags", 422, "invalid", post("POST /match", { tags: [] })],
    ["a limit of 101", 422, "invalid", post("POST /match", { job: "plumber", limit: 101 })],
    ["a limit of 1.5", 422, "invalid", post("POST /match", { job: "plumber", limit: 1.5 })],
    ["a price that is none", 422, "invalid", post("POST /match", { maxPrice: "cheap" })],
    ["half of a surrogate pair as a job", 422, "invalid", post("POST /match", { job: "\ud800" })],
    ["a cursor of another list", 400, "malformed", post("POST /match", { job: "a", cursor: "e30" })],
    ["an unknown criterion", 422, "invalid", post("POST /match", { colour: "red" })],
    [
      "half of a surrogate pair in a profile",
      422,
      "invalid",
      post("POST /store", { ...plumber, a: "\ud800" }),
    ],
    ["a profile without a location", 422, "invalid", post("POST /store", { ...plumber, location: [] })],
    ["a body over 2,400 KB", 413, "too-large", post("POST /store", { a: "x".repeat(2_460_000) })],
    ["a match over 64 KB", 413, "too-large", post("POST /match", { job: "x".repeat(66_000) })],
    [
      "half of a surrogate pair said",
      422,
      "invalid",
      post("POST /conversation", { ...said, message: "\udc00" }),
    ],
    ["an empty message", 422, "invalid", post("POST /conversation", { ...said, message: "" })],
    ["a sixth attribute", 422, "invalid", post("POST /conversation", { ...said, mood: "good" })],
    [
      "31 February",
      422,
      "invalid",
      post("POST /conversation", { ...said, timestamp: "2025-02-31T00:00:00Z" }),
    ],
    ["a conversation of nobody", 404, "not-found", get("GET /conversation/{id}", { path: { id: "nobody" } })],
    ["a list's bad cursor", 400, "malformed", get(list, { query: { cursor: "abc" } })],
    ["a list's limit of 0", 422, "invalid", get(list, { query: { limit: "0" } })],
    [
      "an unknown parameter",
      422,
      "invalid",
      get("GET /conversation/{id}", { ...known, query: { page: "2" } }),
    ],
    ["an unknown route", 404, "not-found", get("GET /store", {})],
  ] as const)("for %s: %i %s", async (_, status, code, request) => {
    const reply = await request();
    expect({ status: reply.status, body: reply.json }).toMatchObject({ status, body: { error: { code } } });
  });
});
