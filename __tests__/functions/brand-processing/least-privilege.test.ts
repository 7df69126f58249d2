/** What a function of brand processing may do is what it does: its calls, compared with its role's policy. */

import { PutCommand } from "@aws-sdk/lib-dynamodb";
import type { Context } from "aws-lambda";
import type { Brand } from "../../../functions/brand-processing/model";
import { localCredentials } from "../../../stacks/local-endpoint";
import { brandProcessingStatus } from "../../../tables/brand-processing-status";
import { startAwsFront, type AwsFront, type FrontCall, type FrontReply } from "../../support/aws-front";
import { bedrockEvent, starbucks } from "../../support/brand-agent";
import { brandServices } from "../../support/brand-services";
import { startEmulatedTable, type EmulatedTable } from "../../support/emulated-table";
import { grantsOf } from "../../support/services";

const stateMachine = "arn:aws:states:us-east-1:123456789012:stateMachine:brand-processing-local";
const execution = (name: string) => `${stateMachine.replace(":stateMachine:", ":execution:")}:${name}`;
const rows = (...texts: readonly (readonly string[])[]) =>
  texts.map((row) => ({ Data: row.map((VarCharValue) => ({ VarCharValue })) }));

/** Step Functions and Athena, as far as the functions go; `queryState` is what the query is found in. */
let queryState = "SUCCEEDED";
const services: Readonly<Record<string, { readonly service: string; readonly answer: () => object }>> = {
  StartExecution: { service: "states", answer: () => ({ executionArn: execution("x"), startDate: 1 }) },
  DescribeExecution: { service: "states", answer: () => ({ status: "ABORTED" }) },
  StartQueryExecution: { service: "athena", answer: () => ({ QueryExecutionId: "query-1" }) },
  GetQueryExecution: {
    service: "athena",
    answer: () => ({ QueryExecution: { Status: { State: queryState } } }),
  },
  GetQueryResults: {
    service: "athena",
    answer: () => ({
      ResultSet: {
        Rows: rows(
          ["brandid", "brandname", "sector"],
          ["1", "Starbucks Reserve", "Food & Beverage"],
          ["777", "Nike", "Sportswear"],
        ),
      },
    }),
  },
  StopQueryExecution: { service: "athena", answer: () => ({}) },
};

/** `dynamodb:Query brand_processing_status_local/index/status-index`, or `states:StartExecution`. */
function describeCall({ operation, input }: FrontCall): string {
  const other = services[operation];
  if (other !== undefined) return `${other.service}:${operation}`;
  const { TableName, IndexName, RequestItems } = input as {
    readonly TableName?: string;
    readonly IndexName?: string;
    readonly RequestItems?: object;
  };
  const table = TableName ?? Object.keys(RequestItems ?? {}).join(" ");
  return `dynamodb:${operation} ${table}${IndexName === undefined ? "" : `/index/${IndexName}`}`;
}

/** The same of a role in the environment `local`: its calls to the table, to Step Functions and to Athena. */
function allowedCalls(id: string): readonly string[] {
  return grantsOf(brandServices({}, "local"), id)
    .flatMap(({ Action, Resource }) =>
      Action.flatMap((action) => [Resource].flat().map((arn) => ({ action, arn }))),
    )
    .filter(({ action }) => /^(dynamodb|states|athena):/.test(action))
    .map(({ action, arn }) =>
      action.startsWith("dynamodb:") ? `${action} ${arn.split(":table/")[1] ?? arn}` : action,
    )
    .sort();
}

type Handler = (event: unknown, context: Context) => Promise<unknown>;
const contextOf = (milliseconds: number) =>
  ({
    awsRequestId: "0b1b3f5e-2f56-4d8b-9df4-31c1bf7d8a11",
    getRemainingTimeInMillis: () => milliseconds,
  }) as Context;

describe("the functions of brand processing", () => {
  let table: EmulatedTable;
  let front: AwsFront;
  const seen = new Set<string>();
  beforeAll(async () => {
    table = await startEmulatedTable(brandProcessingStatus);
    front = await startAwsFront(table.endpoint);
    front.intercept = (call) => {
      seen.add(describeCall(call));
      const other = services[call.operation];
      return other && Promise.resolve<FrontReply>({ status: 200, body: other.answer() });
    };
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: front.endpoint,
      AWS_ACCESS_KEY_ID: localCredentials.accessKey,
      AWS_SECRET_ACCESS_KEY: localCredentials.secretKey,
      AWS_REGION: "us-east-1",
      BRAND_TABLE_NAME: table.name,
      STATE_MACHINE_ARN: stateMachine,
      MOST_RETRIES: "3",
      STALE_AFTER_MINUTES: "130",
      ATHENA_DATABASE: "brands",
      ATHENA_WORKGROUP: "primary",
      ATHENA_OUTPUT_LOCATION: "s3://brand-processing-local/athena-results/",
      POWERTOOLS_LOG_LEVEL: "SILENT",
    });
  }, 60_000);
  beforeEach(() => {
    seen.clear();
    queryState = "SUCCEEDED";
  });
  afterAll(async () => {
    await front.stop();
    await table.stop();
  });

  const load = async (name: string) =>
    ((await import(`../../../functions/brand-processing/${name}`)) as { readonly handler: Handler }).handler;
  const put = (...brands: readonly Partial<Brand>[]) =>
    Promise.all(
      brands.map((changes) =>
        table.client.send(new PutCommand({ TableName: table.name, Item: { ...starbucks, ...changes } })),
      ),
    );

  it("perform the agent's actions with no more than their role allows", async () => {
    const handler = await load("agent");
    await put({ brandid: 1 }, { brandid: 2, status: "failed" }, { brandid: 3, status: "completed" });
    const calls: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
      ["list_brands", { status: "unprocessed", limit: "1" }],
      ["get_brand", { brandid: "1" }],
      ["get_brand", { brandid: "4" }],
      ["start_workflow", { brandid: "1" }],
      ["start_workflow", { brandid: "1" }],
      ["start_workflow", { brandid: "2" }],
      ["start_workflow", { brandid: "3" }],
      ["start_unprocessed", {}],
      ["count_brands", {}],
    ];
    for (const [action, parameters] of calls) {
      const sent = Object.entries(parameters).map(([name, value]) => ({ name, value }));
      await handler(bedrockEvent(action, sent), contextOf(30_000));
    }
    expect([...seen].sort()).toEqual(allowedCalls("agent"));
  });

  it("take the workflow's steps with no more than their role allows", async () => {
    const handler = await load("workflow");
    await put({ brandid: 1 }, { brandid: 2 });
    const step = (step: string, brandid: number, more: object = {}) =>
      handler(
        { step, brandid, attempt: 1, execution: execution(`brand-${brandid}`), ...more },
        contextOf(10_000),
      );
    expect(await step("claim", 1)).toMatchObject({ claimed: true });
    expect(await step("claim", 2)).toMatchObject({ claimed: true });
    const metadata = { summary: "Coffee.", keywords: ["coffee"], categories: ["cafés"] };
    const written = { ...metadata, model: "stub", generated_at: "2026-02-15T12:00:00Z" };
    expect(await step("complete", 1, { metadata: written })).toEqual({ marked: true });
    expect(await step("fail", 2, { error: { Error: "AnswerRefused", Cause: "No JSON." } })).toEqual({
      marked: true,
    });
    expect([...seen].sort()).toEqual(allowedCalls("workflow"));
  });

  it("sweep with no more than their role allows", async () => {
    const handler = await load("sweep");
    await put({ brandid: 5, status: "processing", workflow_execution_arn: execution("brand-5") });
    expect(await handler({}, contextOf(240_000))).toMatchObject({ retried: 1, started: 1 });
    expect([...seen].sort()).toEqual(allowedCalls("sweep"));
  });

  it("populate, and stop a query that lasts too long, with no more than their role allows", async () => {
    const handler = await load("populate");
    await put({ brandid: 1 });
    expect(await handler({}, contextOf(900_000))).toMatchObject({ added: 1, refreshed: 1 });
    queryState = "RUNNING";
    // The function keeps 20 seconds back for its end.
    expect(await handler({}, contextOf(20_100))).toMatchObject({ outcome: "unfinished" });
    expect([...seen].sort()).toEqual(allowedCalls("populate"));
  });
});
