/** Items that another program has written, in its own forms: read as far as they can be, and gone on with. */

import { GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { designAnalysisTracking } from "../../tables/design-analysis-tracking";
import { tradeProcessingStatus } from "../../tables/trade-processing-status";
import { answer, type Answer } from "../support/api-event";
import { loadFunctions, type LoadedFunctions } from "../support/loaded-functions";

let functions: LoadedFunctions;

const put = async (Item: object): Promise<void> => {
  const { table } = functions;
  await table.client.send(new PutCommand({ TableName: table.name, Item }));
};
const get = (routeKey: string, path: Record<string, string>): Promise<Answer> =>
  answer(functions.read.handler, routeKey, { path });
const post = (routeKey: string, path: Record<string, string>, fields: object = {}): Promise<Answer> =>
  answer(functions.write.handler, routeKey, { path, body: JSON.stringify(fields) });

describe("a trade session", () => {
  const sessionId = "test-session-123";
  const path = { sessionId };
  const start = "POST /status/{sessionId}/agents/{agent}/start";
  const complete = "POST /status/{sessionId}/agents/{agent}/complete";
  const item = { ...tradeProcessingStatus.example, expiresAt: 4102444800, overallStatus: "processing" };
  const startedAt = "2025-12-24T12:00:00Z";
  beforeAll(async () => {
    jest.resetModules();
    functions = await loadFunctions("trade-status", tradeProcessingStatus);
  });
  afterAll(() => functions.stop());

  it("has its times compared as times, not as texts: the document writes them without milliseconds", async () => {
    await put({ ...item, pdfAdapter: { status: "in-progress", startedAt } });
    const agent = { ...path, agent: "pdfAdapter" };
    expect((await post(start, agent, { startedAt })).status).toBe(200);
    const ended = await post(complete, agent, { completedAt: "2025-12-24T12:00:00.500Z" });
    expect(ended.json).toMatchObject({ pdfAdapter: { status: "success", startedAt, duration: 0.5 } });
  });

  it.each([
    ["without a duration", { status: "success", startedAt, completedAt: startedAt }],
    ["with half of its tokens", { status: "success", startedAt, completedAt: startedAt, tokenUsage: {} }],
    ["without a start", { status: "in-progress" }],
    ["with a start that is no time", { status: "success", startedAt: "noon", completedAt: "one" }],
    ["of another status", { status: "queued" }],
    ["that is null", null],
    ["that is text", "success"],
  ])("goes on beside an agent %s", async (_, pdfAdapter) => {
    await put({ ...item, pdfAdapter });
    const agent = { ...path, agent: "tradeMatching" };
    expect((await get("GET /status/{sessionId}", path)).status).toBe(200);
    expect((await post(start, agent)).status).toBe(200);
    const ended = await post(complete, agent, { duration: 2 });
    expect(ended).toMatchObject({ status: 200, json: { totalDuration: 2 } });
  });

  it("keeps what the other program has in an agent", async () => {
    await put({ ...item, pdfAdapter: { status: "in-progress", startedAt, model: "claude" } });
    const ended = await post(complete, { ...path, agent: "pdfAdapter" });
    expect(ended.status).toBe(200);
    // Not shown, and not lost: the next transition writes the map as it was.
    const { table } = functions;
    const { Item } = await table.client.send(new GetCommand({ TableName: table.name, Key: path }));
    expect(Item?.["pdfAdapter"]).toMatchObject({ status: "success", model: "claude" });
  });

  it("stays completed, whatever an agent of it says", async () => {
    await put({ ...item, overallStatus: "completed", pdfAdapter: { status: "in-progress", startedAt } });
    expect(await post(complete, { ...path, agent: "pdfAdapter" })).toMatchObject({ status: 409 });
  });

  it("stays failed when an agent that was at work succeeds", async () => {
    await put({ ...item, overallStatus: "failed", pdfAdapter: { status: "in-progress", startedAt } });
    expect(await post(complete, { ...path, agent: "pdfAdapter" })).toMatchObject({
      status: 200,
      json: { overallStatus: "failed" },
    });
  });

  it("ends no earlier than it started, when its program's clock runs ahead", async () => {
    await put({ ...item, pdfAdapter: { status: "in-progress", startedAt: "2099-01-01T00:00:00Z" } });
    const { json } = await post(complete, { ...path, agent: "pdfAdapter" });
    expect(json).toMatchObject({ pdfAdapter: { completedAt: "2099-01-01T00:00:00Z", duration: 0 } });
  });
});

describe("an analysis", () => {
  const request_id = "analysis_abc123";
  const step = { request_id, step: "inferring" };
  const status = "GET /analysis/status/{request_id}";
  const transition = (verb: string) => `POST /analysis/requests/{request_id}/steps/{step}/${verb}`;
  const item = designAnalysisTracking.example;
  const chunking = (item as { analysis_result: { steps_status: { chunking: object } } }).analysis_result
    .steps_status.chunking;
  const started_at = "2024-01-15T10:30:46Z";
  const inferring = { status: "processing", message: "Inferring", started_at, completed_at: null };
  beforeAll(async () => {
    jest.resetModules();
    functions = await loadFunctions("design-analysis", designAnalysisTracking);
  });
  afterAll(() => functions.stop());

  it("has its times compared as times", async () => {
    const analysis_result = { result_data: "", steps_status: { chunking, inferring } };
    await put({ ...item, analysis_result });
    const reply = await post(transition("complete"), step, {
      started_at,
      completed_at: "2024-01-15T10:30:46.500Z",
    });
    expect(reply.status).toBe(200);
  });

  it.each([
    ["without its result", undefined],
    ["whose result is text", "s3://bucket"],
    ["without steps", { result_data: "" }],
    ["with a step that is empty", { result_data: "", steps_status: { chunking: {} } }],
  ])("%s is read and goes on from its beginning", async (_, analysis_result) => {
    await put({ ...item, analysis_result });
    expect((await get(status, { request_id })).json).toMatchObject({
      status: { analysis_result: { steps_status: { chunking: { status: "pending" } } } },
    });
    expect((await post(transition("start"), { request_id, step: "chunking" })).status).toBe(200);
  });
});
