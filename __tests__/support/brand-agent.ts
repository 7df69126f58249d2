/** The agent's Lambda in this process: on a table of an emulator, and a Step Functions that keeps what it began. */

import { DeleteCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import type { Context } from "aws-lambda";
import type { handler as AgentHandler } from "../../functions/brand-processing/agent";
import type { Brand } from "../../functions/brand-processing/model";
import { localCredentials } from "../../stacks/local-endpoint";
import { brandProcessingStatus } from "../../tables/brand-processing-status";
import { startAwsFront, type AwsFront, type FrontReply } from "./aws-front";
import { startEmulatedTable } from "./emulated-table";

export type Handler = typeof AgentHandler;

/** What an action answers, read. */
export interface ActionAnswer {
  readonly outcome: string;
  readonly message: string;
  readonly [data: string]: unknown;
}

export interface BrandAgent {
  readonly handler: Handler;
  readonly front: AwsFront;
  /** Names of executions, in the order in which they began. */
  readonly begun: readonly string[];
  /** Names of those that are over. */
  readonly ended: Set<string>;
  put(...brands: readonly Brand[]): Promise<void>;
  /** Calls an action with texts, as Bedrock does. */
  call(action: string, parameters?: Readonly<Record<string, string>>): Promise<ActionAnswer>;
  /** Takes away the brands that were put, and forgets all executions. */
  clear(): Promise<void>;
  stop(): Promise<void>;
}

/** The example of document 000. */
export const starbucks: Brand = {
  brandid: 12345,
  brandname: "Starbucks",
  sector: "Food & Beverage",
  status: "unprocessed",
  created_at: "2026-02-15T12:00:00Z",
  updated_at: "2026-02-15T12:00:00Z",
  workflow_execution_arn: null,
  retry_count: 0,
  last_error: null,
};

/** That many brands, numbered from 1. */
export const many = (count: number, of: (index: number) => Partial<Brand>): readonly Brand[] =>
  Array.from({ length: count }, (_, index) => ({ ...starbucks, brandid: index + 1, ...of(index) }));

const stateMachine = "arn:aws:states:us-east-1:123456789012:stateMachine:brand-processing-local";
export const executionArn = (name: string): string =>
  `${stateMachine.replace(":stateMachine:", ":execution:")}:${name}`;

export const context = { awsRequestId: "request-1", functionName: "brand-processing-agent-local" } as Context;

/** As Bedrock sends it for a function schema (AWS: agents-lambda, input event). */
export const bedrockEvent = (
  action: string,
  parameters: readonly { readonly name: string; readonly type?: string; readonly value: unknown }[],
) => ({
  messageVersion: "1.0",
  agent: { name: "brand-processing-local", id: "GZF9REHEAO", alias: "XWTFA4KL42", version: "1" },
  inputText: "start workflow for brand 12345",
  sessionId: "session-1",
  actionGroup: "brands",
  function: action,
  parameters: parameters.map((one) => ({ type: "string", ...one })),
  sessionAttributes: {},
  promptSessionAttributes: {},
});

/** The function reads its variables when it is loaded: a test file loads it once. */
export async function loadBrandAgent(): Promise<BrandAgent> {
  const table = await startEmulatedTable(brandProcessingStatus);
  const front = await startAwsFront(table.endpoint);
  const begun: string[] = [];
  const ended = new Set<string>();
  const stored = new Set<number>();
  front.intercept = ({ operation, input }) =>
    operation === "StartExecution" ? Promise.resolve(begin(String(input["name"]), begun, ended)) : undefined;
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: front.endpoint,
    AWS_ACCESS_KEY_ID: localCredentials.accessKey,
    AWS_SECRET_ACCESS_KEY: localCredentials.secretKey,
    AWS_REGION: "us-east-1",
    BRAND_TABLE_NAME: table.name,
    STATE_MACHINE_ARN: stateMachine,
    MOST_RETRIES: "3",
    POWERTOOLS_LOG_LEVEL: "SILENT",
  });
  const { handler } = await import("../../functions/brand-processing/agent");
  return {
    ...{ handler, front, begun, ended },
    async put(...brands) {
      for (const Item of brands) {
        stored.add(Item.brandid);
        await table.client.send(new PutCommand({ TableName: table.name, Item }));
      }
    },
    async call(action, parameters = {}) {
      const sent = Object.entries(parameters).map(([name, value]) => ({ name, value }));
      return answerOf(await handler(bedrockEvent(action, sent), context));
    },
    async clear() {
      for (const brandid of stored) {
        await table.client.send(new DeleteCommand({ TableName: table.name, Key: { brandid } }));
      }
      stored.clear();
      begun.length = 0;
      ended.clear();
    },
    async stop() {
      await front.stop();
      await table.stop();
    },
  };
}

/** The JSON of an answer, which has to be in Bedrock's form. */
export function answerOf(response: Awaited<ReturnType<Handler>>): ActionAnswer {
  expect(response.messageVersion).toBe("1.0");
  return JSON.parse(response.response.functionResponse.responseBody.TEXT.body) as ActionAnswer;
}

/** Step Functions takes a name once; a running execution of the same name and input is given back. */
function begin(name: string, begun: string[], ended: ReadonlySet<string>): FrontReply {
  if (ended.has(name)) {
    const type = "com.amazonaws.states.v20161123#ExecutionAlreadyExists";
    return { status: 400, body: { __type: type, message: `Execution Already Exists: '${name}'` } };
  }
  if (!begun.includes(name)) begun.push(name);
  return { status: 200, body: { executionArn: executionArn(name), startDate: 1_771_156_800 } };
}
