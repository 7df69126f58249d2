/** Whatever the workflow's functions are handed: refused by a name, without an echo, and nothing is written. */

import fc from "fast-check";
import { brandProcessingStatus } from "../../../tables/brand-processing-status";
import { anyText } from "../../support/any-text";
import {
  brandItem,
  coffee,
  executionArn,
  putBrand,
  stateMachineArn,
  storedBrand,
} from "../../support/brands";
import { startConverse, type ConverseStub } from "../../support/converse-stub";
import { startEmulatedTable, type EmulatedTable } from "../../support/emulated-table";
import { useFunctionVariables } from "../../support/function-variables";
import { canary, word } from "../../support/hostile-input";

type Handler = (event: unknown) => Promise<unknown>;

let table: EmulatedTable;
let converse: ConverseStub;
let handlers: Readonly<Record<"workflow" | "generate" | "sweep", Handler>>;

beforeAll(async () => {
  [table, converse] = await Promise.all([startEmulatedTable(brandProcessingStatus), startConverse()]);
  useFunctionVariables(table.endpoint, {
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: converse.endpoint,
    BRAND_TABLE_NAME: table.name,
    METADATA_MODEL_ID: coffee.model,
    STATE_MACHINE_ARN: stateMachineArn,
    MOST_RETRIES: "3",
    STALE_AFTER_MINUTES: "130",
  });
  converse.reply = { text: JSON.stringify({ summary: "Tea.", keywords: ["tea"], categories: ["Tea"] }) };
  const load = async (name: string) =>
    ((await import(`../../../functions/brand-processing/${name}`)) as { handler: Handler }).handler;
  handlers = {
    workflow: await load("workflow"),
    generate: await load("generate"),
    sweep: await load("sweep"),
  };
});
afterAll(() => Promise.all([table.stop(), converse.stop()]));

const subject = {
  brandid: 12345,
  attempt: 1,
  execution: executionArn("brand-12345-attempt-1-20260215T120000Z"),
};
const good: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  claim: { step: "claim", ...subject },
  complete: { step: "complete", ...subject, metadata: coffee },
  fail: { step: "fail", ...subject, error: { Error: "AnswerRefused", Cause: "{}" } },
};

const spoiled = fc.oneof(
  word,
  anyText(),
  fc.double(),
  fc.bigInt(),
  fc.constantFrom(null, undefined, true, -1, 0, 1.5, 2 ** 53, "12345", "1", [], {}, canary.repeat(50_000)),
  fc.anything({ maxDepth: 2 }),
  fc.dictionary(word, word, { maxKeys: 3 }),
);

/** A payload with one of its fields, or one beside them, spoiled. */
const bad = (payload: Readonly<Record<string, unknown>>) =>
  fc
    .tuple(fc.constantFrom(...Object.keys(payload), canary, "__proto__", "constructor"), spoiled)
    .map(([name, value]) => ({ ...payload, [name]: value }));

const names = ["Refusal", "AnswerRefused", "ModelThrottled", "ModelUnavailable", "ModelNotUsable"];

/** The answer, or the error by whose name the workflow goes on. */
async function call(handler: Handler, event: unknown): Promise<{ answer: unknown } | { error: string }> {
  try {
    return { answer: await handler(event) };
  } catch (error) {
    const { name, message } = error as Error;
    expect(names).toContain(name);
    expect(message).not.toContain(canary);
    expect(Buffer.byteLength(message)).toBeLessThan(500);
    return { error: name };
  }
}

it.each(Object.keys(good))(
  "a spoiled %s is refused, or does what it says and no more",
  async (step) => {
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(fc.oneof({ weight: 4, arbitrary: bad(good[step] ?? {}) }, spoiled), async (event) => {
        const before = brandItem({ status: "processing", workflow_execution_arn: subject.execution });
        await putBrand(table, before);
        const outcome = await call(handlers.workflow, event);
        const stored = await storedBrand(table);
        if ("error" in outcome) {
          refused += 1;
          expect(stored).toEqual(before);
        } else {
          expect(Object.keys(outcome.answer as object)).toEqual(
            step === "claim" ? ["claimed", "brand"] : ["marked"],
          );
          expect(["processing", "completed", "failed"]).toContain(stored["status"]);
          expect(Buffer.byteLength(JSON.stringify(stored))).toBeLessThan(16_000);
        }
      }),
      { numRuns: 100, seed: 7 },
    );
    expect(refused).toBeGreaterThan(60);
  },
  60_000,
);

it("a spoiled brand is not described", async () => {
  const brand = { brandid: 12345, brandname: "Starbucks", sector: "Food & Beverage" };
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        bad({ brand }),
        bad(brand).map((one) => ({ brand: one })),
        spoiled,
      ),
      async (event) => {
        converse.asked.length = 0;
        const outcome = await call(handlers.generate, event);
        if ("error" in outcome) refused += 1;
        expect(converse.asked).toHaveLength("error" in outcome ? 0 : 1);
        for (const { body } of converse.asked) expect(JSON.stringify(body).length).toBeLessThan(4_000);
      },
    ),
    { numRuns: 100, seed: 7 },
  );
  expect(refused).toBeGreaterThan(60);
}, 60_000);

it("the sweeper does not read what it is handed", async () => {
  await putBrand(table, brandItem({ status: "completed" }));
  for (const event of [undefined, null, canary, { brandid: 12345, status: "retry" }]) {
    expect(await handlers.sweep(event)).toMatchObject({ examined: 0, started: 0, troubled: 0 });
  }
});
