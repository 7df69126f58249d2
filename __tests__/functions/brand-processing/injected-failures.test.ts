/**
 * Five hundred brands through the real workflow, with failures at every step, before a call took effect and after
 * it: with the sweeper, all end completed or failed, none is worked on twice at once, no attempt begins twice.
 */

import { createHash } from "node:crypto";
import { Brands } from "../../../functions/brand-processing/brands";
import { Generator } from "../../../functions/brand-processing/generator";
import type { ModelAnswer } from "../../../functions/brand-processing/metadata-model";
import type { Brand } from "../../../functions/brand-processing/model";
import { Starter } from "../../../functions/brand-processing/starter";
import { Sweeper } from "../../../functions/brand-processing/sweeper";
import type { Invocation } from "../../../scripts/local/functions/function";
import { runWorkflow, type Json } from "../../../scripts/local/workflow/interpreter";
import { workflowDefinition } from "../../../stacks/brand-processing/workflow-definition";
import { brandProcessingStatus } from "../../../tables/brand-processing-status";
import { itemProblems } from "../../../tables/item";
import { brandItem, coffee, putBrands, storedBrand, TestExecutions } from "../../support/brands";
import { startEmulatedTable, type EmulatedTable } from "../../support/emulated-table";
import { interceptedClient } from "../../support/intercepted-client";
import { useFunctionVariables } from "../../support/function-variables";

const brandCount = 500;
const mostRetries = 3;
const staleAfterMinutes = 20;
const ids = Array.from({ length: brandCount }, (_, index) => 10_000 + index);

type Point = "claim" | "begin" | "start" | "model" | "complete" | "fail" | "sweep";
type When = "before" | "after";

/** Failures that were injected, by where and when. */
const injected = new Map<string, number>();
const asked = new Map<string, number>();

/** Whether a call fails: about one in eight, of the sweeper's few more; the same ones in each run of the test. */
function fault(point: Point, subject: string): When | undefined {
  const key = `${point} ${subject}`;
  const times = (asked.get(key) ?? 0) + 1;
  asked.set(key, times);
  const [first = 0, second = 0] = createHash("sha256").update(`${key} ${times}`).digest();
  if (first >= (point === "sweep" ? 96 : 32)) return undefined;
  const when = second % 2 === 0 ? "before" : "after";
  injected.set(`${point} ${when}`, (injected.get(`${point} ${when}`) ?? 0) + 1);
  return when;
}

async function failing<T>(point: Point, subject: string, call: () => Promise<T>): Promise<T> {
  const when = fault(point, subject);
  const result = when === "before" ? undefined : await call();
  if (when !== undefined) throw Object.assign(new Error(`Injected ${when} ${point}.`), { name: "Error" });
  return result as T;
}

const answer: ModelAnswer = {
  text: JSON.stringify({ summary: coffee.summary, keywords: coffee.keywords, categories: coffee.categories }),
  end: "whole",
};

let table: EmulatedTable;
let steps: (event: unknown) => Promise<unknown>;
beforeAll(async () => {
  table = await startEmulatedTable(brandProcessingStatus);
  useFunctionVariables(table.endpoint, { BRAND_TABLE_NAME: table.name });
  steps = (await import("../../../functions/brand-processing/workflow")).handler;
  await putBrands(
    table,
    ids.map((brandid) => brandItem({ brandid, brandname: `Brand ${brandid}` })),
  );
});
afterAll(() => table.stop());

/** Executions that hold a claim, by brand; and the attempts for which a claim was granted, by whom. */
const working = new Map<number, string>();
const claimants = new Map<string, Set<string>>();
const overlaps: string[] = [];

interface StepEvent {
  readonly step: "claim" | "complete" | "fail";
  readonly brandid: number;
  readonly attempt: number;
  readonly execution: string;
}

/** Held by the first executions until the first sweep has seen them at work. */
let open: () => void = () => undefined;
const gate = new Promise<void>((resolve) => (open = resolve));
const held = new Set<number>();

const generator = new Generator({
  model: {
    id: coffee.model,
    answer: async ({ user }) => {
      const brandid = Number(/Brand (\d+)/.exec(user)?.[1]);
      if (brandid % 25 === 0 && !held.has(brandid)) {
        held.add(brandid);
        await gate;
      }
      return failing("model", String(brandid), () => Promise.resolve(answer));
    },
  },
});

/** A Lambda function, as Step Functions hears of it. */
async function invoke(name: string, payload: Json): Promise<Invocation> {
  const event = payload as unknown as StepEvent;
  const call =
    name === "generate"
      ? () => generator.generate((payload as unknown as { brand: Brand }).brand)
      : () => failing(event.step, String(event.brandid), () => stepped(event));
  return call().then(
    (answered): Invocation => ({ outcome: "answered", payload: answered }),
    (error: unknown): Invocation => {
      const { name: errorType, message: errorMessage } = error as Error;
      return { outcome: "failed", errorType, errorMessage };
    },
  );
}

async function stepped(event: StepEvent): Promise<unknown> {
  const answered = await steps(event);
  if (event.step === "claim" && (answered as { claimed: boolean }).claimed) {
    const { brandid, attempt, execution } = event;
    const other = working.get(brandid);
    if (other !== undefined && other !== execution) overlaps.push(`${other} and ${execution}`);
    working.set(brandid, execution);
    const key = `${brandid} ${attempt}`;
    claimants.set(key, (claimants.get(key) ?? new Set()).add(execution));
  }
  return answered;
}

const definition = workflowDefinition({ steps: "steps", generate: "generate" });
const ends = new Map<string, number>();

const executions = new TestExecutions(async (executionArn, { brandid, attempt }) => {
  const input = { brandid, attempt };
  const { status } = await runWorkflow({ definition, input, executionArn, invoke, retryMilliseconds: 0 });
  ends.set(status, (ends.get(status) ?? 0) + 1);
  if (working.get(brandid) === executionArn) working.delete(brandid);
});
const begin = executions.start.bind(executions);
executions.start = (name, input) => failing("begin", name, () => begin(name, input));

/** Minutes by which the clock of starter and sweeper is ahead. */
let ahead = 0;
const clock = () => new Date(Date.now() + ahead * 60_000);
const client = (point: Point) =>
  interceptedClient(table.client, ({ name, input }, send) =>
    name === "UpdateCommand" ? failing(point, JSON.stringify(input["Key"]), send) : send(),
  );

it("all end, each attempt once", async () => {
  const props = { tableName: table.name, clock, executions, mostRetries, staleAfterMinutes };
  const starter = new Starter({ ...props, client: client("start") });
  const sweeper = new Sweeper({ ...props, client: client("sweep") });
  const brands = new Brands({ tableName: table.name, client: table.client });
  const isOpen = async () => {
    const counts = await Promise.all(
      (["unprocessed", "processing", "retry"] as const).map((status) => brands.count(status)),
    );
    return counts.some(({ count }) => count > 0);
  };

  const startWaiting = async () => {
    for (let starts = 0; starts < 10; starts += 1) await starter.startAll(100, { statuses: ["unprocessed"] });
  };
  await startWaiting();
  ahead += 30;
  const first = await sweeper.run();
  // At work for long, and yet left alone.
  expect(first.running).toBeGreaterThanOrEqual(10);
  // Whose executions are over, and whose never began.
  expect(first.retried).toBeGreaterThan(5);
  expect(first.started).toBeGreaterThan(20);
  open();
  let sweeps = 1;
  for (; (await isOpen()) && sweeps < 40; sweeps += 1) {
    await startWaiting();
    await executions.settled();
    ahead += 30;
    await sweeper.run();
  }
  await executions.settled();

  const items = await Promise.all(ids.map((brandid) => storedBrand(table, brandid)));
  const ended = (status: string) => items.filter((item) => item["status"] === status);
  expect(ended("completed").length + ended("failed").length).toBe(brandCount);
  expect(ended("completed").length).toBeGreaterThan(brandCount / 2);
  for (const item of items) {
    expect(itemProblems(brandProcessingStatus, item)).toEqual([]);
    expect(item["retry_count"]).toBeLessThanOrEqual(mostRetries);
  }
  for (const { last_error } of ended("failed"))
    expect(last_error).toMatch(/^(Error: Injected|The execution )/);
  for (const { metadata } of ended("completed")) {
    expect(metadata).toMatchObject({ summary: coffee.summary, keywords: coffee.keywords });
  }
  // Nothing at once, nothing twice.
  expect(overlaps).toEqual([]);
  expect(new Set(executions.begun).size).toBe(executions.begun.length);
  for (const by of claimants.values()) expect(by.size).toBe(1);
  // The test is not one of fair weather.
  const points: readonly Point[] = ["claim", "begin", "start", "model", "complete", "fail", "sweep"];
  for (const point of points) {
    expect([point, injected.get(`${point} before`)]).toEqual([point, expect.any(Number)]);
    expect([point, injected.get(`${point} after`)]).toEqual([point, expect.any(Number)]);
  }
  expect(ends.get("SUCCEEDED")).toBeGreaterThan(300);
  expect(ends.get("FAILED")).toBeGreaterThan(50);
}, 240_000);
