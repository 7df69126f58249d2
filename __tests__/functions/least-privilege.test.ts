/** What a function may do is what it does: its calls are recorded, and compared with its role's policy. */

import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { agentConversations } from "../../tables/agent-conversations";
import { agentProfiles } from "../../tables/agent-profiles";
import type { TableSpec } from "../../tables/table-spec";
import { designAnalysisTracking } from "../../tables/design-analysis-tracking";
import { tradeProcessingStatus } from "../../tables/trade-processing-status";
import type { EventParts } from "../support/api-event";
import { allowedCalls, callsOf, routesTo, type Request } from "../support/least-privilege";
import { plumber } from "../support/agent-matching";
import { recordFunctions, type RecordedFunctions, type TableVariables } from "../support/loaded-functions";

const body = (fields: object): EventParts => ({ body: JSON.stringify(fields) });
const session = { sessionId: "test-session-123" };
const agent = { path: { ...session, agent: "pdfAdapter" } };
const request = { request_id: "analysis_abc123" };
const step = { path: { ...request, step: "chunking" } };
const message = {
  conversation_id: "conv-plumber-0001",
  agent_id: plumber.id,
  message: "Can you come this afternoon?",
  sender: "customer",
  timestamp: "2025-06-01T09:00:00.000Z",
};
const past = Math.floor(Date.now() / 1000) - 60;

/**
 * Requests that go down every path of the stores: found, absent, expired, created, created again, changed,
 * changed again, refused.
 */
const paths: Readonly<
  Record<
    string,
    { spec: TableSpec; tables?: TableVariables; read: readonly Request[]; write: readonly Request[] }
  >
> = {
  "trade-status": {
    spec: tradeProcessingStatus,
    write: [
      ["POST /status", body({ ...session, correlationId: "test-corr-123" })],
      ["POST /status", body({ ...session, correlationId: "test-corr-123" })],
      ["POST /status", body({ sessionId: "expired", correlationId: "test-corr-123" })],
      ["POST /status/{sessionId}/agents/{agent}/start", agent],
      ["POST /status/{sessionId}/agents/{agent}/start", agent],
      ["POST /status/{sessionId}/agents/{agent}/complete", agent],
      ["POST /status/{sessionId}/agents/{agent}/fail", { ...agent, ...body({ error: "Late." }) }],
      ["POST /status/{sessionId}/complete", { path: session }],
      ["POST /status/{sessionId}/fail", { path: { sessionId: "absent" } }],
    ],
    read: [
      ["GET /status/{sessionId}", { path: session }],
      ["GET /status/{sessionId}", { path: { sessionId: "absent" } }],
    ],
  },
  "design-analysis": {
    spec: designAnalysisTracking,
    write: [
      ["POST /analysis/requests", body({ ...request, research_data: "s3://bucket/interview.txt" })],
      ["POST /analysis/requests", body({ ...request, research_data: "s3://bucket/interview.txt" })],
      ["POST /analysis/requests/{request_id}/steps/{step}/start", step],
      ["POST /analysis/requests/{request_id}/steps/{step}/fail", { ...step, ...body({ message: "No." }) }],
      ["POST /analysis/requests/{request_id}/steps/{step}/retry", step],
      ["POST /analysis/requests/{request_id}/steps/{step}/complete", step],
      ["POST /analysis/requests/{request_id}/steps/{step}/complete", step],
    ],
    read: [
      ["GET /analysis/status/{request_id}", { path: request }],
      ["GET /analysis/status/{request_id}", { path: { request_id: "absent" } }],
      ["GET /analysis/requests", { query: { limit: "1" } }],
      ["GET /analysis/requests", { query: { status: "failed" } }],
    ],
  },
  "agent-matching": {
    spec: agentProfiles,
    tables: { PROFILE_TABLE_NAME: agentProfiles, CONVERSATION_TABLE_NAME: agentConversations },
    write: [
      ["POST /store", body(plumber)],
      ["POST /store", body(plumber)],
      ["POST /store", body({ ...plumber, averagePrice: 90 })],
      ["POST /conversation", body(message)],
      ["POST /conversation", body(message)],
      ["POST /conversation", body({ ...message, message: "Another one of that millisecond" })],
    ],
    read: [
      ["GET /retrieve/{id}", { path: { id: plumber.id } }],
      ["GET /retrieve/{id}", { path: { id: "absent" } }],
      ["GET /list", { query: { limit: "1" } }],
      ["POST /match", body({ job: "Plumber" })],
      ["POST /match", body({ city: "Berlin" })],
      ["POST /match", body({ job: "Plumber", city: "Berlin" })],
      ["POST /match", body({ tags: ["heating"] })],
      ["GET /conversation/{id}", { path: { id: message.conversation_id } }],
      ["GET /conversation/{id}", { path: { id: "absent" } }],
      ["GET /agent/{id}/conversations", { path: { id: plumber.id } }],
      ["GET /agent/{id}/conversations", { path: { id: "absent" } }],
    ],
  },
};

describe.each(Object.entries(paths))("the functions of %s", (system, { spec, tables, read, write }) => {
  let functions: RecordedFunctions;
  beforeAll(async () => {
    jest.resetModules();
    functions = await recordFunctions(system, tables ?? spec);
    const { table } = functions;
    const expired = {
      ...spec.example,
      [spec.partitionKey]: "expired",
      [spec.timeToLive?.attribute ?? ""]: past,
    };
    await table.client.send(new PutCommand({ TableName: table.name, Item: expired }));
  });
  afterAll(() => functions.stop());

  it("write with no more than what the write role allows", async () => {
    expect(await callsOf(functions, "write", write)).toEqual(allowedCalls(system, "write"));
  });

  it("read with no more than what the read role allows", async () => {
    expect(await callsOf(functions, "read", read)).toEqual(allowedCalls(system, "read"));
  });

  it("answer the routes that the stack sends them", () => {
    for (const id of ["read", "write"] as const) {
      expect(routesTo(system, id)).toEqual(Object.keys(functions[id].routes).sort());
    }
  });
});
