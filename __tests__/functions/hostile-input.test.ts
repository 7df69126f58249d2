/** Whatever a caller sends: an answer that says what is wrong, never a 5xx, never the input again. */

import fc from "fast-check";
import { stepNames } from "../../functions/design-analysis/model";
import { refusalStatus } from "../../functions/shared/refusal";
import { agentNames } from "../../functions/trade-status/model";
import { designAnalysisTracking } from "../../tables/design-analysis-tracking";
import { tradeProcessingStatus } from "../../tables/trade-processing-status";
import { answer, type Answer, type EventParts } from "../support/api-event";
import { loadFunctions, type LoadedFunctions } from "../support/loaded-functions";

const systems = {
  "trade-status": { spec: tradeProcessingStatus, id: "sessionId", part: "agent", parts: agentNames },
  "design-analysis": { spec: designAnalysisTracking, id: "request_id", part: "step", parts: stepNames },
} as const;
type SystemName = keyof typeof systems;

/** Text of the input that an answer must not hold. */
const canary = "c4n4ry";

const word = fc.string({ unit: "binary", maxLength: 40 }).map((text) => `${canary}${text}`);
const value = fc.oneof(
  word,
  fc.string({ unit: "binary" }),
  fc.double(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.dictionary(word, fc.anything({ maxDepth: 1 }), { maxKeys: 3 }),
  fc.array(word, { maxLength: 3 }),
  fc.constant("2024-13-45T99:99:99Z"),
);
const knownField = fc.constantFrom(
  ...[
    "sessionId",
    "correlationId",
    "documentId",
    "sourceType",
    "activity",
    "error",
    "startedAt",
    "completedAt",
  ],
  ...["duration", "tokenUsage", "request_id", "research_data", "message", "started_at", "result_data"],
  ...["__proto__", "constructor", "toString"],
);
const body = fc.oneof(
  fc.dictionary(fc.oneof(knownField, word), value, { maxKeys: 6 }).map((fields) => JSON.stringify(fields)),
  fc.json().map((json) => `{"${canary}":${json}}`),
  fc.array(value, { maxLength: 3 }).map((list) => JSON.stringify(list)),
  word,
  fc.constant(`{"message":"${canary.repeat(20_000)}"}`),
  fc.constant("["),
  fc.constant(""),
);
const query = fc.dictionary(
  fc.constantFrom("limit", "cursor", "status", canary),
  fc.oneof(word, fc.string()),
  {
    maxKeys: 3,
  },
);

/** An answer to bad input: a code of the list, a message, nothing of what was sent. */
function expectGraceful({ status, json, text }: Answer): void {
  expect(status).toBeLessThan(500);
  if (status < 400) return;
  const { error } = json as { error: { code: keyof typeof refusalStatus; message: string } };
  expect(refusalStatus[error.code]).toBe(status);
  expect(error.message).toMatch(/\.$/);
  expect(text).not.toContain(canary);
}

describe.each(Object.keys(systems) as SystemName[])("the routes of %s", (system) => {
  const { spec, id, part, parts } = systems[system];
  let functions: LoadedFunctions;
  beforeAll(async () => {
    jest.resetModules();
    functions = await loadFunctions(system, spec);
  });
  afterAll(() => functions.stop());

  const call = (routeKey: string, event: EventParts) => {
    const owner = routeKey in functions.read.routes ? functions.read : functions.write;
    return answer(owner.handler, routeKey, event);
  };
  const path = fc.record({
    [id]: fc.oneof(word, fc.constant("known"), fc.string({ unit: "binary" })),
    [part]: fc.oneof(fc.constantFrom(...parts), word),
  });
  const parameters = (routeKey: string, given: Record<string, string>) =>
    Object.fromEntries(Object.entries(given).filter(([name]) => routeKey.includes(`{${name}}`)));

  it("answer 1,000 random requests each without a 5xx and without an echo", async () => {
    const routeKeys = [...Object.keys(functions.read.routes), ...Object.keys(functions.write.routes)];
    expect(routeKeys).toHaveLength(7);
    for (const routeKey of routeKeys) {
      await fc.assert(
        fc.asyncProperty(path, query, body, async (given, asked, sent) => {
          const event = { path: parameters(routeKey, given), query: asked, body: sent };
          expectGraceful(await call(routeKey, event));
        }),
        { numRuns: 1_000, seed: 11 },
      );
    }
  }, 120_000);
});

describe("the codes of design analysis", () => {
  let functions: LoadedFunctions;
  beforeAll(async () => {
    jest.resetModules();
    functions = await loadFunctions("design-analysis", designAnalysisTracking);
    const { status } = await post("POST /analysis/requests", {
      request_id: "known",
      research_data: "s3://bucket/interview.txt",
    });
    expect(status).toBe(201);
  });
  afterAll(() => functions.stop());

  const post = (routeKey: string, fields: object | string, path: Record<string, string> = {}) =>
    answer(functions.write.handler, routeKey, {
      path,
      body: typeof fields === "string" ? fields : JSON.stringify(fields),
    });
  const get = (routeKey: string, event: EventParts) => answer(functions.read.handler, routeKey, event);
  const create = "POST /analysis/requests";
  const start = "POST /analysis/requests/{request_id}/steps/{step}/start";
  const known = { request_id: "known", step: "chunking" };

  it.each([
    ["malformed JSON", 400, "malformed", () => post(create, "{")],
    ["a list as the body", 400, "malformed", () => post(create, "[]")],
    ["a wrong type", 422, "invalid", () => post(create, { request_id: 1, research_data: "s3://b/c" })],
    ["a missing field", 422, "invalid", () => post(create, { request_id: "a" })],
    ["an unknown field", 422, "invalid", () => post(start, { note: "x" }, known)],
    ["a field of the path in the body", 422, "invalid", () => post(start, { step: "chunking" }, known)],
    ["an unknown step", 422, "invalid", () => post(start, {}, { ...known, step: "thinking" })],
    ["a body that is too large", 413, "too-large", () => post(start, { message: "x".repeat(70_000) }, known)],
    ["an unknown id", 404, "not-found", () => post(start, {}, { ...known, request_id: "unknown" })],
    ["an illegal transition", 409, "conflict", () => post(start, {}, { ...known, step: "relating" })],
    [
      "an id that is none",
      404,
      "not-found",
      () => get("GET /analysis/status/{request_id}", { path: { request_id: "a b" } }),
    ],
    ["a bad cursor", 400, "malformed", () => get("GET /analysis/requests", { query: { cursor: "abc" } })],
    ["a limit of 0", 422, "invalid", () => get("GET /analysis/requests", { query: { limit: "0" } })],
    ["a limit of 101", 422, "invalid", () => get("GET /analysis/requests", { query: { limit: "101" } })],
    ["an unknown status", 422, "invalid", () => get("GET /analysis/requests", { query: { status: "done" } })],
    ["an unknown route", 404, "not-found", () => get("GET /analysis", {})],
  ] as const)("for %s: %i %s", async (_, status, code, request) => {
    const reply = await request();
    expect({ status: reply.status, body: reply.json }).toMatchObject({ status, body: { error: { code } } });
  });

  it("name the fields that there are when one is unknown", async () => {
    const { json } = await post(create, { request_id: "a", research_data: "s3://b/c", wat: 1 });
    expect(json).toEqual({
      error: {
        code: "invalid",
        message: "There is an unknown field; the known ones are request_id, research_data.",
      },
    });
  });

  it("refuse an id that no path can hold", async () => {
    const { status } = await post(create, { request_id: "..", research_data: "s3://b/c" });
    expect(status).toBe(422);
  });

  it("name the field that is wrong", async () => {
    const { json } = await post(create, { request_id: "a", research_data: 7 });
    expect(json).toEqual({
      error: { code: "invalid", message: "research_data has the wrong type.", field: "research_data" },
    });
  });
});
