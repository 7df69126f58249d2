/** What callers hear when DynamoDB throttles, fails, hangs or lets another writer win every time. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import "../../scripts/lib/quiet-sdk";
import { listen } from "../../scripts/local/ports";
import { localCredentials } from "../../stacks/local-endpoint";
import { answer, type HttpFunction } from "../support/api-event";

const secret = "c4n4ry";

/** How the DynamoDB of a test answers a call. */
type Behaviour = (operation: string, response: ServerResponse) => void;

const failWith = (status: number, type: string): Behaviour => {
  const body = JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: secret });
  return (_, response) =>
    response.writeHead(status, { "content-type": "application/x-amz-json-1.0" }).end(body);
};

/** A session in its beginning, which nobody ever gets to change. */
const alwaysTaken: Behaviour = (operation, response) => {
  if (operation !== "GetItem") {
    failWith(400, "ConditionalCheckFailedException")(operation, response);
    return;
  }
  const Item = {
    sessionId: { S: "session-1" },
    correlationId: { S: "corr-1" },
    overallStatus: { S: "initializing" },
    createdAt: { S: "2025-12-24T12:00:00.000Z" },
    expiresAt: { N: "99999999999" },
  };
  response.end(JSON.stringify({ Item }));
};

/** Headers, the beginning of a body, and then nothing. */
const stalled: Behaviour = (_, response) => {
  response.writeHead(200, { "content-type": "application/x-amz-json-1.0", "content-length": "1000" });
  response.write("{");
};

describe("the functions of trade-status", () => {
  let server: Server;
  let behaviour: Behaviour;
  let attempts = 0;
  let read: HttpFunction;
  let write: (event: unknown) => Promise<unknown>;
  let logged: string[] = [];

  beforeAll(async () => {
    server = createServer((request: IncomingMessage, response) => {
      attempts += 1;
      request.resume().on("end", () => {
        behaviour(String(request.headers["x-amz-target"]).split(".")[1] ?? "", response);
      });
    });
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${await listen(server, 0)}`,
      AWS_ACCESS_KEY_ID: localCredentials.accessKey,
      AWS_SECRET_ACCESS_KEY: localCredentials.secretKey,
      AWS_REGION: "us-east-1",
      DYNAMODB_TABLE_NAME: "ai-trade-matching-processing-status-local",
      // The logger then writes to this console.
      POWERTOOLS_DEV: "true",
    });
    for (const method of ["log", "info", "warn", "error"] as const) {
      jest.spyOn(console, method).mockImplementation((...texts) => void logged.push(texts.join(" ")));
    }
    read = ((await import("../../functions/trade-status/read")) as { handler: HttpFunction }).handler;
    write = (await import("../../functions/trade-status/write")).handler as typeof write;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => {
    attempts = 0;
    logged = [];
  });

  const getStatus = () => answer(read, "GET /status/{sessionId}", { path: { sessionId: "session-1" } });
  const startAgent = { call: "startAgent", sessionId: "session-1", agent: "pdfAdapter", activity: secret };

  it.each([
    ["ProvisionedThroughputExceededException", 400],
    ["ThrottlingException", 400],
    ["RequestLimitExceeded", 400],
    ["TooManyRequestsException", 429],
  ])("answer %s with 429 and when to come again, after three attempts", async (type, status) => {
    behaviour = failWith(status, type);
    expect(await getStatus()).toMatchObject({
      status: 429,
      headers: { "retry-after": "1" },
      json: { error: { code: "throttled" } },
    });
    expect(attempts).toBe(3);
  });

  it.each([
    ["a missing table", 400, "ResourceNotFoundException", "Deploy the system's tables stack."],
    ["a right that the role lacks", 400, "AccessDeniedException", "the function's log has the cause"],
    ["an error of DynamoDB's own", 500, "InternalServerError", "the function's log has the cause"],
  ])("answer %s with a 500 that repeats nothing, and log where it was", async (_, status, type, sentence) => {
    behaviour = failWith(status, type);
    const { status: answered, text } = await getStatus();
    expect(answered).toBe(500);
    expect(text).toContain(sentence);
    expect(text).not.toContain(secret);
    expect(logged.join()).toContain(type);
    expect(logged.join()).not.toContain(secret);
  });

  it("answer when DynamoDB hangs, or stops within an answer, before API Gateway gives up", async () => {
    for (const hang of [() => undefined, stalled]) {
      behaviour = hang;
      expect((await getStatus()).status).toBe(500);
    }
  }, 30_000);

  it("answer 409 when other writers always came first", async () => {
    behaviour = alwaysTaken;
    const reply = await answer(write as HttpFunction, "POST /status/{sessionId}/agents/{agent}/start", {
      path: { sessionId: "session-1", agent: "pdfAdapter" },
    });
    expect(reply).toMatchObject({
      status: 409,
      headers: { "retry-after": "1" },
      json: { error: { code: "contended" } },
    });
  });

  it.each([
    ["throttling", failWith(400, "ThrottlingException")],
    ["a lost race", alwaysTaken],
    ["a failure", failWith(500, "InternalServerError")],
  ])(
    "throw on %s of a direct call, so that Lambda repeats and keeps it, and say nothing of it",
    async (_, how) => {
      behaviour = how;
      const error: unknown = await write(startAgent).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(Error);
      expect(String(error)).not.toContain(secret);
      expect(logged.join()).not.toContain(secret);
    },
  );

  it.each([
    ["no call", {}],
    ["null", null],
    ["a list", ["startSession"]],
    ["an unknown call", { call: "constructor" }],
    ["a list as the call", { call: ["startSession"] }],
    ["an object as the call", { call: { toString: 1 } }],
  ])("answer a direct event with %s by naming the calls that there are", async (_, event) => {
    expect(await write(event)).toMatchObject({
      error: { code: "invalid", field: "call", message: expect.stringContaining("startSession") as string },
    });
    expect(attempts).toBe(0);
  });
});
