/** What the agent's Lambda answers when it is called wrongly, when AWS fails, and when brands are large. */

import fc from "fast-check";
import type { Brand } from "../../../functions/brand-processing/model";
import { anyText } from "../../support/any-text";
import {
  answerOf,
  bedrockEvent,
  context,
  loadBrandAgent,
  many,
  starbucks,
  type BrandAgent,
} from "../../support/brand-agent";

/** What Bedrock takes of a Lambda's answer (AWS: agents-lambda, response event): 25 KB. */
const bedrockBytes = 25_000;

let agent: BrandAgent;
beforeAll(async () => (agent = await loadBrandAgent()), 60_000);
afterEach(() => agent.clear());
afterAll(() => agent.stop());

describe("an answer", () => {
  it("stays within what Bedrock takes, whatever the brands hold, and counts what it left out", async () => {
    const hostile = '"\\\u0000☕'.repeat(100);
    await agent.put(
      ...many(100, () => ({ brandname: hostile, sector: hostile, last_error: hostile, status: "failed" })),
    );
    const event = bedrockEvent("list_brands", [
      { name: "status", value: "failed" },
      { name: "limit", value: "100" },
    ]);
    const response = await agent.handler(event, context);
    expect(Buffer.byteLength(JSON.stringify(response))).toBeLessThanOrEqual(bedrockBytes);
    const { brands, more } = answerOf(response) as unknown as { brands: readonly Brand[]; more: number };
    expect(brands.length).toBeGreaterThan(3);
    expect(brands.length + more).toBe(100);
  });

  it("stays within what Bedrock takes for the largest brand", async () => {
    const hostile = '\\"'.repeat(1_000);
    await agent.put({
      ...starbucks,
      ...{ brandname: hostile, sector: hostile, last_error: hostile, workflow_execution_arn: hostile },
      metadata: {
        ...{ summary: hostile, model: hostile, generated_at: hostile },
        ...{
          keywords: Array(100).fill(hostile) as string[],
          categories: Array(50).fill(hostile) as string[],
        },
      },
    });
    const response = await agent.handler(
      bedrockEvent("get_brand", [{ name: "brandid", value: "12345" }]),
      context,
    );
    expect(Buffer.byteLength(JSON.stringify(response))).toBeLessThanOrEqual(bedrockBytes);
    expect(answerOf(response).outcome).toBe("found");
  });
});

describe("what goes wrong", () => {
  it.each(["delete_brand", "", "__proto__", "toString"])(
    "says which actions there are, for %j",
    async (name) => {
      const response = await agent.handler(bedrockEvent(name, []), context);
      expect(response.response).toMatchObject({ actionGroup: "brands", function: name });
      expect(answerOf(response)).toEqual({
        outcome: "invalid",
        message:
          "There is no such action. The actions are list_brands, get_brand, start_workflow, start_unprocessed, " +
          "count_brands: call one of these.",
      });
    },
  );

  it.each([
    ["no object", undefined],
    ["no event of Bedrock", { function: "get_brand", actionGroup: "brands" }],
    ["a value that is no text", bedrockEvent("get_brand", [{ name: "brandid", value: 12345 }])],
  ])("answers %s in words", async (_, event) => {
    expect(answerOf(await agent.handler(event, context)).outcome).toBe("invalid");
  });

  it.each([
    ["throttled", "ProvisionedThroughputExceededException", 400, "throttled", /busy\. Try again/],
    [
      "not deployed",
      "ResourceNotFoundException",
      400,
      "failed",
      /brand-processing-tables has to be deployed/,
    ],
    ["broken", "InternalServerError", 500, "failed", /^The action failed\. Try again in a minute;/],
  ])(
    "says what to do when the table is %s, and nothing of the error",
    async (_, type, status, outcome, sentence) => {
      const usual = agent.front.intercept;
      const body = { __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: "secret of DynamoDB" };
      agent.front.intercept = () => Promise.resolve({ status, body });
      const answer = await agent.call("get_brand", { brandid: "12345" });
      agent.front.intercept = usual;
      expect(answer.outcome).toBe(outcome);
      expect(answer.message).toMatch(sentence);
      expect(JSON.stringify(answer)).not.toContain("secret");
    },
  );

  it("answers without a session's attributes when they are too large to be sent back", async () => {
    const sessionAttributes = { notes: "x".repeat(bedrockBytes) };
    const response = await agent.handler({ ...bedrockEvent("count_brands", []), sessionAttributes }, context);
    expect(Buffer.byteLength(JSON.stringify(response))).toBeLessThanOrEqual(bedrockBytes);
    expect(answerOf(response).outcome).toBe("counted");
    const small = { ...bedrockEvent("count_brands", []), sessionAttributes: { user: "demo" } };
    expect((await agent.handler(small, context)).sessionAttributes).toEqual({ user: "demo" });
  });
});

it("answers a thousand hostile calls in words, and never repeats a value", async () => {
  const canary = "c4n4ry";
  const text = fc.oneof(
    anyText({ maxLength: 60 }).map((random) => `${canary}${random}`),
    fc.constantFrom(`[${canary}]`, `"${canary}`, `${canary}, failed`, canary.repeat(500), `-${canary}1`),
    fc.json({ maxDepth: 1 }).map((json) => `${canary}${json}`),
    fc.double().map((value) => `${value}${canary}`),
  );
  const parameter = fc.record({
    name: fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom("brandid", "status", "limit") },
      { weight: 1, arbitrary: fc.constantFrom("__proto__", "constructor", canary) },
    ),
    type: fc.constantFrom("string", "number", "integer", "boolean", "array", canary),
    value: text,
  });
  const call = fc.record({
    action: fc.constantFrom(
      "list_brands",
      "get_brand",
      "start_workflow",
      "start_unprocessed",
      "count_brands",
    ),
    parameters: fc.array(parameter, { minLength: 1, maxLength: 3 }),
  });
  let calls = 0;
  await fc.assert(
    fc.asyncProperty(call, async ({ action, parameters }) => {
      const response = await agent.handler(bedrockEvent(action, parameters), context);
      calls += 1;
      const { outcome, message } = answerOf(response);
      expect(outcome).toBe("invalid");
      expect(message).toMatch(/\.$/);
      expect(JSON.stringify(response)).not.toContain(canary);
    }),
    { numRuns: 1_000 },
  );
  expect(calls).toBeGreaterThanOrEqual(1_000);
  expect(agent.begun).toEqual([]);
});
