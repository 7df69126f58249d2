/** Provisioned tables throttle: what callers hear when DynamoDB still does after the client's retries. */

import { createServer, type Server } from "node:http";
import "../../../scripts/lib/quiet-sdk";
import { listen } from "../../../scripts/local/ports";
import { localCredentials } from "../../../stacks/local-endpoint";
import { answer, type EventParts } from "../../support/api-event";
import { plumber } from "../../support/agent-matching";
import type { LoadedFunction } from "../../support/loaded-functions";

const throttled = JSON.stringify({
  __type: "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException",
  message: "The level of configured provisioned throughput for one or more indexes was exceeded.",
});

let server: Server;
let functions: readonly LoadedFunction[];
/** How many calls are throttled before one is answered. */
let throttles = Infinity;
let attempts = 0;

beforeAll(async () => {
  server = createServer((request, response) => {
    attempts += 1;
    const isThrottled = attempts <= throttles;
    request.resume().on("end", () => {
      response.writeHead(isThrottled ? 400 : 200, { "content-type": "application/x-amz-json-1.0" });
      response.end(isThrottled ? throttled : "{}");
    });
  });
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${await listen(server, 0)}`,
    AWS_ACCESS_KEY_ID: localCredentials.accessKey,
    AWS_SECRET_ACCESS_KEY: localCredentials.secretKey,
    AWS_REGION: "us-east-1",
    PROFILE_TABLE_NAME: "agent-profiles-local",
    CONVERSATION_TABLE_NAME: "agent-conversations-local",
    POWERTOOLS_LOG_LEVEL: "SILENT",
  });
  const load = async (name: string) =>
    (await import(`../../../functions/agent-matching/${name}`)) as LoadedFunction;
  functions = [await load("read"), await load("write")];
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const call = (routeKey: string, parts: EventParts) => {
  const owner = functions.find(({ routes }) => routeKey in routes);
  if (owner === undefined) throw new Error(`There is no route ${routeKey}`);
  attempts = 0;
  return answer(owner.handler, routeKey, parts);
};
const body = (fields: object): EventParts => ({ body: JSON.stringify(fields) });
const path = { path: { id: "agent-1" } };
const message = { conversation_id: "c", agent_id: "a", message: "Hello", sender: "customer" };

it.each([
  ["POST /store", body(plumber), 3],
  ["GET /retrieve/{id}", path, 3],
  ["GET /list", {}, 3],
  ["POST /match", body({ job: "plumber" }), 3],
  ["POST /conversation", body(message), 3],
  ["GET /conversation/{id}", path, 3],
  ["GET /agent/{id}/conversations", path, 3],
])("%s answers 429 and when to come again, after three attempts", async (routeKey, parts, tries) => {
  throttles = Infinity;
  expect(await call(routeKey, parts)).toMatchObject({
    status: 429,
    headers: { "retry-after": "1" },
    json: { error: { code: "throttled" } },
  });
  expect(attempts).toBe(tries);
});

it("two throttled attempts are not heard of", async () => {
  throttles = 2;
  expect((await call("POST /store", body(plumber))).status).toBe(201);
  expect(attempts).toBe(3);
});

it("a match that scans gives up with the first of its parts that is throttled for good", async () => {
  throttles = Infinity;
  expect((await call("POST /match", body({ tags: ["heating"] }))).status).toBe(429);
  expect(attempts).toBeLessThanOrEqual(12);
});
