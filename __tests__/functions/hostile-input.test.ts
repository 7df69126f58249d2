/** Whatever a caller sends: an answer that says what is wrong, never a 5xx, never the input again. */

import fc from "fast-check";
import { stepNames } from "../../functions/design-analysis/model";
import { agentNames } from "../../functions/trade-status/model";
import { designAnalysisTracking } from "../../tables/design-analysis-tracking";
import { tradeProcessingStatus } from "../../tables/trade-processing-status";
import { anyText } from "../support/any-text";
import { answer, apiEvent, type EventParts } from "../support/api-event";
import { bodyOf, canary, expectGraceful, word, type Fields } from "../support/hostile-input";
import { loadFunctions, type LoadedFunctions } from "../support/loaded-functions";

const ended = {
  activity: "Text extracted",
  completedAt: "2099-12-24T12:00:17.095Z",
  duration: 17.095,
  tokenUsage: { inputTokens: 11689, outputTokens: 2480 },
};
const said = { message: "Successfully created 15 chunks" };
const at = { ...said, started_at: "2024-01-15T10:30:00Z" };

const systems = {
  "trade-status": {
    spec: tradeProcessingStatus,
    id: "sessionId",
    part: "agent",
    parts: agentNames,
    create: "POST /status",
    partRoute: "POST /status/{sessionId}/agents/{agent}",
    bodies: {
      "POST /status": { sessionId: "0-known-1", correlationId: "corr", sourceType: "BANK" },
      "POST /status/{sessionId}/agents/{agent}/start": { activity: "Extracting text" },
      "POST /status/{sessionId}/agents/{agent}/complete": ended,
      "POST /status/{sessionId}/agents/{agent}/fail": { ...ended, error: "Not a PDF." },
      "POST /status/{sessionId}/complete": {},
      "POST /status/{sessionId}/fail": { error: "The orchestrator was stopped." },
    } as Readonly<Record<string, Fields>>,
    item: (id: string): Fields => ({ sessionId: id, correlationId: "corr", sourceType: "BANK" }),
  },
  "design-analysis": {
    spec: designAnalysisTracking,
    id: "request_id",
    part: "step",
    parts: stepNames,
    create: "POST /analysis/requests",
    partRoute: "POST /analysis/requests/{request_id}/steps/{step}",
    bodies: {
      "POST /analysis/requests": { request_id: "known-1", research_data: "s3://bucket/interview.txt" },
      "POST /analysis/requests/{request_id}/steps/{step}/start": at,
      "POST /analysis/requests/{request_id}/steps/{step}/complete": said,
      "POST /analysis/requests/{request_id}/steps/{step}/fail": said,
      "POST /analysis/requests/{request_id}/steps/{step}/retry": at,
    } as Readonly<Record<string, Fields>>,
    item: (id: string): Fields => ({ request_id: id, research_data: "s3://bucket/interview.txt" }),
  },
} as const;
type SystemName = keyof typeof systems;

/** What a part must have behind it for the last transition of a route to be allowed. */
const beforePart: Readonly<Record<string, readonly string[]>> = {
  complete: ["start"],
  fail: ["start"],
  retry: ["start", "fail"],
};
const session = "POST /status/{sessionId}";
const agent = `${session}/agents/{agent}`;
/** The same of a session: every second one is in a state that refuses the transition. */
const beforeSession: Readonly<Record<string, readonly [readonly string[], readonly string[]]>> = {
  [`${session}/complete`]: [[`${agent}/start`, `${agent}/complete`], [`${agent}/start`]],
  [`${session}/fail`]: [[`${agent}/start`], [`${agent}/start`, `${agent}/complete`, `${session}/complete`]],
};

const knownIds = Array.from({ length: 60 }, (_, index) => `known-${index}`);

const query = fc.dictionary(
  fc.constantFrom("limit", "cursor", "status", canary),
  fc.oneof(word, fc.string()),
  {
    maxKeys: 3,
  },
);

describe.each(Object.keys(systems) as SystemName[])("the routes of %s", (system) => {
  const { spec, id, part, parts, create, bodies, item, partRoute } = systems[system];
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
  const parameters = (routeKey: string, given: Record<string, string>) =>
    Object.fromEntries(Object.entries(given).filter(([name]) => routeKey.includes(`{${name}}`)));
  const earlierOf = (routeKey: string, index: number): readonly string[] =>
    beforeSession[routeKey]?.[index % 2 === 0 ? 0 : 1] ??
    beforePart[routeKey.split("/").at(-1) ?? ""]?.map((verb) => `${partRoute}/${verb}`) ??
    [];
  /** Items of a route's own, in a state in which the route's transition is allowed. */
  async function prepare(routeKey: string, prefix: string): Promise<void> {
    for (const [index, known] of knownIds.entries()) {
      const created = await call(create, { body: JSON.stringify(item(`${prefix}${known}`)) });
      expect(created.status).toBe(201);
      for (const earlier of earlierOf(routeKey, index)) {
        const { status } = await call(earlier, {
          path: parameters(earlier, { [id]: `${prefix}${known}`, [part]: parts[0] }),
          body: JSON.stringify(earlier.endsWith("/fail") ? { message: "It failed." } : {}),
        });
        expect(status).toBe(200);
      }
    }
  }

  const path = fc.record({
    [id]: fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(...knownIds) },
      { weight: 1, arbitrary: word },
      { weight: 1, arbitrary: anyText() },
    ),
    [part]: fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(parts[0]) },
      { weight: 3, arbitrary: fc.constantFrom(...parts) },
      { weight: 1, arbitrary: word },
    ),
  });

  it("answer 1,000 random requests each without a 5xx and without an echo", async () => {
    const routeKeys = [...Object.keys(functions.read.routes), ...Object.keys(functions.write.routes)];
    expect(routeKeys).toHaveLength(7);
    for (const [index, routeKey] of routeKeys.entries()) {
      const prefix = `${index}-`;
      await prepare(routeKey, prefix);
      const seen = new Set<number>();
      await fc.assert(
        fc.asyncProperty(path, query, bodyOf(bodies[routeKey] ?? {}), async (given, asked, sent) => {
          const owned = {
            ...given,
            [id]: knownIds.includes(given[id] ?? "") ? prefix + (given[id] ?? "") : (given[id] ?? ""),
          };
          const event = { path: parameters(routeKey, owned), query: asked, body: sent };
          const reply = await call(routeKey, event);
          expectGraceful(reply);
          seen.add(reply.status);
        }),
        { numRuns: 1_000, seed: 11 },
      );
      const accepted = routeKey === create ? 201 : 200;
      expect({ routeKey, seen: [...seen] }).toEqual({
        routeKey,
        seen: expect.arrayContaining([accepted]) as number[],
      });
      // Requests get past the checks of their form, and then meet a state that refuses them.
      if (routeKey.startsWith("POST"))
        expect({ routeKey, seen: [...seen] }).toEqual({
          routeKey,
          seen: expect.arrayContaining([400, 409, 413, 422]) as number[],
        });
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
    [
      "a body of too many bytes, though not of characters",
      413,
      "too-large",
      () => post(start, { message: "…".repeat(30_000) }, known),
    ],
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

  it("are those of the decoded body, when API Gateway has encoded it", async () => {
    const body = Buffer.from(JSON.stringify({ request_id: "encoded", research_data: "s3://b/c" }));
    const event = { ...apiEvent(create, { body: body.toString("base64") }), isBase64Encoded: true };
    expect((await functions.write.handler(event)).statusCode).toBe(201);
    const large = { ...event, body: Buffer.alloc(200_000, " ").toString("base64") };
    expect((await functions.write.handler(large)).statusCode).toBe(413);
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
