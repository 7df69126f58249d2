/** The read endpoints: the documents' shapes, and what polling costs. */

import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { designAnalysisTracking } from "../../tables/design-analysis-tracking";
import { tradeProcessingStatus } from "../../tables/trade-processing-status";
import { answer, type Answer, type EventParts } from "../support/api-event";
import { recordFunctions, type RecordedFunctions } from "../support/loaded-functions";

let functions: RecordedFunctions;
afterEach(() => functions.stop());

const get = (routeKey: string, parts: EventParts): Promise<Answer> =>
  answer(functions.read.handler, routeKey, parts);
const post = (routeKey: string, fields: object, path: Record<string, string> = {}): Promise<Answer> =>
  answer(functions.write.handler, routeKey, { path, body: JSON.stringify(fields) });

/** A map in another order, as DynamoDB may give it. */
function reordered(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).map(([name, inner]) => [name, reordered(inner)] as const);
  return Object.fromEntries(entries.reverse());
}

/** The answers to two items that differ in the order of their maps alone. */
async function answersInAnyOrder(item: object, routeKey: string, path: Record<string, string>) {
  const { client, name } = functions.table;
  const answers: Answer[] = [];
  for (const Item of [item, reordered(item) as object]) {
    await client.send(new PutCommand({ TableName: name, Item }));
    answers.push(await get(routeKey, { path }));
  }
  return answers.map(({ text, headers }) => ({ text, etag: headers["etag"] }));
}

describe("GET /status/{sessionId}", () => {
  const route = "GET /status/{sessionId}";
  const path = { sessionId: "test-session-123" };
  beforeEach(async () => {
    jest.resetModules();
    functions = await recordFunctions("trade-status", tradeProcessingStatus);
    await post("POST /status", { ...path, correlationId: "test-corr-123", sourceType: "BANK" });
  });

  it("shows every agent and the totals, also before the orchestrator has reached them", async () => {
    const { status, json } = await get(route, { path });
    const pending = { status: "pending" };
    expect(status).toBe(200);
    expect(json).toMatchObject({
      sessionId: "test-session-123",
      correlationId: "test-corr-123",
      sourceType: "BANK",
      overallStatus: "initializing",
      pdfAdapter: pending,
      tradeExtraction: pending,
      tradeMatching: pending,
      exceptionManagement: pending,
      totalTokenUsage: { inputTokens: 0, outputTokens: 0, totalTokens: 0 },
      totalDuration: 0,
    });
  });

  it("answers 304 without a body until something changes", async () => {
    const { etag } = (await get(route, { path })).headers as { etag: string };
    const headers = { "if-none-match": `"older", W/${etag}` };
    const unchanged = await get(route, { path, headers });
    expect(unchanged).toMatchObject({ status: 304, text: "", headers: { etag } });

    await post("POST /status/{sessionId}/agents/{agent}/start", {}, { ...path, agent: "pdfAdapter" });
    const changed = await get(route, { path, headers });
    expect(changed.status).toBe(200);
    expect(changed.headers["etag"]).not.toBe(etag);
  });

  it("has one ETag for one state, whatever order its maps come in", async () => {
    const [one, other] = await answersInAnyOrder(
      {
        ...tradeProcessingStatus.example,
        expiresAt: 4102444800,
        documentId: "s3://bucket/BANK/1.pdf",
        pdfAdapter: {
          status: "error",
          activity: "Extracting text",
          startedAt: "2025-12-24T12:00:00.000Z",
          completedAt: "2025-12-24T12:00:17.095Z",
          duration: 17.095,
          tokenUsage: { inputTokens: 1, outputTokens: 2, totalTokens: 3 },
          error: "Not a PDF.",
        },
        totalTokenUsage: { inputTokens: 1, outputTokens: 2, totalTokens: 3 },
      },
      route,
      path,
    );
    expect(other).toEqual(one);
  });

  it("reads half a unit for a session that is there, and looks twice before it says that there is none", async () => {
    const { calls } = functions.recorder;
    calls.length = 0;
    await get(route, { path });
    expect(calls.map(({ operation, units }) => ({ operation, units }))).toEqual([
      { operation: "GetItem", units: 0.5 },
    ]);
    calls.length = 0;
    expect((await get(route, { path: { sessionId: "unknown" } })).status).toBe(404);
    expect(calls).toHaveLength(2);
  });

  it("shows no session whose time has come, though TTL has not removed it", async () => {
    const { table } = functions;
    const Item = { ...tradeProcessingStatus.example, sessionId: "expired" };
    await table.client.send(new PutCommand({ TableName: table.name, Item }));
    expect(await get(route, { path: { sessionId: "expired" } })).toMatchObject({
      status: 404,
      json: { error: { code: "not-found" } },
    });
  });

  it("may not be kept by a cache that does not ask again", async () => {
    expect((await get(route, { path })).headers["cache-control"]).toBe("private, no-cache");
    expect((await get(route, { path: { sessionId: "unknown" } })).headers["cache-control"]).toBe("no-store");
  });
});

describe("the endpoints of document 004", () => {
  beforeEach(async () => {
    jest.resetModules();
    functions = await recordFunctions("design-analysis", designAnalysisTracking);
    const { table } = functions;
    await table.client.send(new PutCommand({ TableName: table.name, Item: designAnalysisTracking.example }));
  });

  it("answer a status in the document's shape", async () => {
    const { json } = await get("GET /analysis/status/{request_id}", {
      path: { request_id: "analysis_abc123" },
    });
    expect(json).toMatchObject({
      request_id: "analysis_abc123",
      status: {
        request_id: "analysis_abc123",
        research_data: "s3://bucket/research-data/interview.txt",
        analysis_result: {
          result_data: "",
          steps_status: {
            chunking: {
              status: "completed",
              message: "Successfully created 15 chunks",
              started_at: "2024-01-15T10:30:00Z",
              completed_at: "2024-01-15T10:30:45Z",
            },
            // The document's item has the first step alone.
            inferring: { status: "pending", started_at: null },
          },
        },
        overall_status: "processing",
      },
    });
    expect(Object.keys((json as { status: object }).status)).toEqual([
      "request_id",
      "research_data",
      "analysis_result",
      "overall_status",
    ]);
  });

  it("have one ETag for one state, whatever order its maps come in", async () => {
    const [one, other] = await answersInAnyOrder(
      designAnalysisTracking.example,
      "GET /analysis/status/{request_id}",
      { request_id: "analysis_abc123" },
    );
    expect(other).toEqual(one);
  });

  it("answer the list in the document's shape, to the field", async () => {
    expect((await get("GET /analysis/requests", { query: { limit: "50" } })).json).toEqual({
      requests: [
        {
          request_id: "analysis_abc123",
          research_data: "s3://bucket/research-data/interview.txt",
          created_at: "2024-01-15T10:30:00Z",
          updated_at: "2024-01-15T10:30:46Z",
          overall_status: "processing",
        },
      ],
      total: 1,
      limit: 50,
    });
  });

  it("go on where a page ended, by its cursor", async () => {
    await post("POST /analysis/requests", { request_id: "newer", research_data: "s3://bucket/newer.txt" });
    const first = (await get("GET /analysis/requests", { query: { limit: "1" } })).json as {
      readonly requests: readonly { readonly request_id: string }[];
      readonly cursor: string;
    };
    expect(first.requests.map(({ request_id }) => request_id)).toEqual(["newer"]);
    const query = { limit: "1", cursor: first.cursor };
    expect((await get("GET /analysis/requests", { query })).json).toMatchObject({
      requests: [{ request_id: "analysis_abc123" }],
      total: 1,
    });
  });
});
