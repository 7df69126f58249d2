/** The scheduled population: its answers, its deadline, what it calls and what it says of failures. */

import type { Context } from "aws-lambda";
import type { PopulateAnswer } from "../../../functions/brand-processing/populate";
import { startDynamoDb, type DynamoDbEmulator } from "../../../scripts/local/dynamodb-emulator";
import { localCredentials } from "../../../stacks/local-endpoint";
import { brandProcessingStatus } from "../../../tables/brand-processing-status";
import { tableName } from "../../../tables/naming";
import { queryId, startAthenaStub, type AthenaStub } from "../../support/athena-stub";
import { startAwsFront, type AwsFront } from "../../support/aws-front";
import { athenaRows, fields, manyBrands } from "../../support/brand-source";

const table = tableName(brandProcessingStatus, "local");
let emulator: DynamoDbEmulator;
let athena: AthenaStub;
let front: AwsFront;
let handler: (event: unknown, context: Context) => Promise<PopulateAnswer>;
let reserved: number;

beforeAll(async () => {
  emulator = await startDynamoDb();
  await emulator.createTable(brandProcessingStatus, "local");
  athena = await startAthenaStub();
  front = await startAwsFront(emulator.endpoint, undefined, { AmazonAthena: athena.url });
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: front.endpoint,
    AWS_ACCESS_KEY_ID: localCredentials.accessKey,
    AWS_SECRET_ACCESS_KEY: localCredentials.secretKey,
    AWS_REGION: "us-east-1",
    BRAND_TABLE_NAME: table,
    ATHENA_DATABASE: "brands",
    ATHENA_WORKGROUP: "primary",
    ATHENA_OUTPUT_LOCATION: "s3://brand-results/athena/",
    POWERTOOLS_LOG_LEVEL: "SILENT",
  });
  ({ handler, reservedMilliseconds: reserved } =
    await import("../../../functions/brand-processing/populate"));
});
afterAll(async () => {
  await front.stop();
  await athena.stop();
  await emulator.stop();
});
beforeEach(() => {
  front.operations.length = 0;
  front.onCall = undefined;
  athena.calls.length = 0;
  athena.states = [{ State: "SUCCEEDED" }];
});

const run = (milliseconds = 15 * 60_000) =>
  handler({}, {
    awsRequestId: "0d2b7f2e-5a58-4b0e-9c1f-2d6a7e3b9c10",
    getRemainingTimeInMillis: () => milliseconds,
  } as Context);

it("populates and proves it, and writes nothing the next time", async () => {
  athena.rows = athenaRows([...manyBrands(150, 901), fields("x", "Nobody"), fields("901", "Another")]);
  const counts = { rows: 152, unchanged: 0, missing: 1, repeated: 0, rejected: 2, withoutSector: 3 };
  expect(await run()).toEqual({
    outcome: "complete",
    query: queryId,
    ...counts,
    added: 149,
    refreshed: 0,
    writeCalls: 149,
    verified: 149,
  });
  expect(await run()).toMatchObject({ added: 0, unchanged: 149, writeCalls: 0, verified: 149 });
});

it("asks with the same token when Lambda repeats an event", async () => {
  await run();
  await run();
  const tokens = athena.calls.flatMap(({ input }) => input["ClientRequestToken"] ?? []);
  expect(new Set(tokens)).toEqual(new Set(["populate-0d2b7f2e-5a58-4b0e-9c1f-2d6a7e3b9c10"]));
});

it("stops the query when its time is up, and says that it is unfinished", async () => {
  athena.states = [{ State: "RUNNING" }];
  expect(await run(reserved + 200)).toMatchObject({
    outcome: "unfinished",
    query: queryId,
    rows: 0,
    writeCalls: 0,
  });
  expect(athena.calls.at(-1)).toMatchObject({
    operation: "StopQueryExecution",
    input: { QueryExecutionId: queryId },
  });
});

it("ends within its time while it writes, and the next run goes on", async () => {
  athena.rows = athenaRows(manyBrands(300, 10_001));
  // Sixteen at once take two seconds: the time is up in between.
  front.intercept = ({ operation }, forward) =>
    operation === "PutItem"
      ? new Promise((resolve) => setTimeout(resolve, 100)).then(() => forward())
      : undefined;
  const first = await run(reserved + 400);
  front.intercept = undefined;
  expect(first).toMatchObject({ outcome: "unfinished", added: first.writeCalls });
  expect(first).not.toHaveProperty("verified");
  expect(first.added).toBeLessThan(300);
  expect(await run()).toMatchObject({
    outcome: "complete",
    unchanged: first.added,
    added: 300 - first.added,
    verified: 300,
  });
});

it("fails when the query does, without Athena's reason, which may quote data", async () => {
  athena.states = [{ State: "FAILED", StateChangeReason: "INVALID_CAST_ARGUMENT: Cannot cast 'Starbucks'" }];
  await expect(run()).rejects.toThrow(
    `Athena's query ${queryId} ended FAILED: its reason is in Athena's console.`,
  );
});

it("fails when DynamoDB refuses, without its message", async () => {
  athena.rows = athenaRows([fields("4712", "Starbucks")]);
  front.intercept = ({ operation }) =>
    operation === "PutItem"
      ? Promise.resolve({
          status: 400,
          body: { __type: "com.amazonaws.dynamodb.v20120810#ValidationException", message: "Starbucks" },
        })
      : undefined;
  await expect(run()).rejects.toThrow("The population failed. The function's log has the cause");
  front.intercept = undefined;
});
