/** The calls with which the functions of brand processing are measured: services of AWS hand them events. */

import { claim, executionName, type Brand } from "../../../functions/brand-processing/model";
import { workflowName } from "../../../stacks/naming";
import { localAccountId } from "../../../stacks/local-endpoint";
import { brandProcessingStatus } from "../../../tables/brand-processing-status";
import { bedrockRuntime } from "../../local/repairs/bedrock-runtime";
import { athenaWith, executionArn, runningExecutions } from "./brand-services";
import type { EventCall, FunctionCalls, StoredItems } from "./measured-calls";

/** More than the calls of a whole bench start or finish: each brand is started and finished once. */
const many = 1_500;
const stateMachineArn = `arn:aws:states:us-east-1:${localAccountId}:stateMachine:${workflowName("brand-processing", "local")}`;

const brandOf = (number: number): Brand => ({
  brandid: number,
  brandname: `Starbucks ${number}`,
  sector: "Food & Beverage",
  status: "unprocessed",
  created_at: "2026-02-15T12:00:00.000Z",
  updated_at: "2026-02-15T12:00:00.000Z",
  workflow_execution_arn: null,
  retry_count: 0,
  last_error: null,
});

const executionOf = (brand: Brand): string => executionArn(stateMachineArn, executionName(brand));

const claimed = (brand: Brand): Brand => ({
  ...brand,
  ...claim(brand, { execution: executionOf(brand), attempt: 1 }),
});

const stored = (brands: number, change: (brand: Brand) => Brand = (brand) => brand): StoredItems => ({
  spec: brandProcessingStatus,
  items: () => Array.from({ length: brands }, (_, index) => change(brandOf(index + 1))),
});

const metadata = {
  summary: "Coffee houses that sell espresso drinks, tea and pastries.",
  keywords: ["coffee", "espresso", "tea"],
  categories: ["Coffee shops"],
  model: "us.anthropic.claude-sonnet-4-6",
  generated_at: "2026-02-15T12:01:00.000Z",
};

/** As Bedrock sends an action: every value is a text. */
const action = (name: string, parameters: Readonly<Record<string, string>>, answer: string): EventCall => ({
  route: `agent: ${name}`,
  event: {
    messageVersion: "1.0",
    agent: { name: "brand-processing-local", id: "AGENT12345", alias: "ALIAS12345", version: "1" },
    sessionId: "test-session-123",
    sessionAttributes: {},
    promptSessionAttributes: {},
    inputText: "show me unprocessed brands",
    actionGroup: "brands",
    function: name,
    parameters: Object.entries(parameters).map(([key, value]) => ({ name: key, type: "string", value })),
  },
  answer,
});

const step = (name: "claim" | "complete", number: number, answer: string): EventCall => {
  const brand = brandOf(number);
  const subject = { brandid: number, attempt: 1, execution: executionOf(brand) };
  const event = { step: name, ...subject, ...(name === "complete" && { metadata }) };
  return { route: `workflow: ${name}`, event, answer };
};

export const brandFunctions: Readonly<Record<string, FunctionCalls>> = {
  "brand-processing-agent": {
    stored: stored(many),
    beside: [runningExecutions],
    series: [
      {
        name: "25 brands, one, counts",
        story: (number) => [
          action("list_brands", { status: "unprocessed", limit: "25" }, "25 brands"),
          action("get_brand", { brandid: String((number % many) + 1) }, "Starbucks"),
          action("count_brands", {}, "unprocessed"),
        ],
      },
      {
        name: "a workflow started",
        story: (number) => [action("start_workflow", { brandid: String(number) }, "has started")],
      },
    ],
  },
  "brand-processing-workflow": {
    stored: stored(many),
    series: [
      {
        name: "claimed, completed",
        story: (number) => [
          step("claim", number, '"claimed":true'),
          step("complete", number, '"marked":true'),
        ],
      },
    ],
  },
  "brand-processing-generate": {
    beside: [bedrockRuntime()],
    series: [
      {
        name: "metadata, stub model",
        story: (number) => {
          const { brandid, brandname, sector } = brandOf(number);
          return [
            { route: "generate", event: { brand: { brandid, brandname, sector } }, answer: "generated_at" },
          ];
        },
      },
    ],
  },
  "brand-processing-sweep": {
    stored: stored(20, claimed),
    beside: [runningExecutions],
    series: [
      {
        name: "20 long executions",
        story: () => [{ route: "sweep", event: {}, answer: '"examined":20,"running":20' }],
      },
    ],
  },
  "brand-processing-populate": {
    stored: stored(100),
    beside: [
      athenaWith(
        Array.from({ length: 100 }, (_, index) => {
          const { brandid, brandname, sector } = brandOf(index + 1);
          return [String(brandid), brandname, sector];
        }),
      ),
    ],
    series: [
      {
        name: "100 brands, all known",
        story: () => [{ route: "populate", event: {}, answer: '"unchanged":100' }],
      },
    ],
  },
};
