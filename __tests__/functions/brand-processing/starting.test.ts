/** Starting brands: each attempt once, however many ask for it and wherever one of them crashed. */

import type { Brand } from "../../../functions/brand-processing/model";
import { Starter } from "../../../functions/brand-processing/starter";
import { brandProcessingStatus } from "../../../tables/brand-processing-status";
import {
  brandItem,
  executionArn,
  putBrand,
  putBrands,
  storedBrand,
  TestExecutions,
} from "../../support/brands";
import { startEmulatedTable, testClock, type EmulatedTable } from "../../support/emulated-table";

let table: EmulatedTable;
beforeAll(async () => (table = await startEmulatedTable(brandProcessingStatus)));
afterAll(() => table.stop());

const clock = testClock("2026-02-15T12:05:00Z").read;
const own = "brand-12345-attempt-1-20260215T120000Z";

function starterOf(executions: TestExecutions = new TestExecutions()): Starter {
  return new Starter({ tableName: table.name, client: table.client, clock, executions, mostRetries: 3 });
}

describe("starting a brand", () => {
  it("claims it for an execution, and begins that", async () => {
    const executions = new TestExecutions();
    await putBrand(table, brandItem());
    const outcome = await starterOf(executions).start(12345);
    const brand = {
      ...brandItem({ status: "processing", workflow_execution_arn: executionArn(own) }),
      updated_at: "2026-02-15T12:05:00.000Z",
    };
    expect(outcome).toEqual({ outcome: "started", brand, execution: executionArn(own) });
    expect(await storedBrand(table)).toEqual(brand);
    expect(executions.begun).toEqual([own]);
  });

  it("fifty times at once begins exactly one execution", async () => {
    const executions = new TestExecutions();
    await putBrand(table, brandItem());
    const starts = Array.from({ length: 50 }, () => starterOf(executions).start(12345));
    const outcomes = (await Promise.all(starts)).map(({ outcome }) => outcome);
    expect(executions.begun).toEqual([own]);
    expect(outcomes.filter((outcome) => outcome === "started")).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === "processing")).toHaveLength(49);
  });

  it("fifty times at once begins exactly one retry of a failed brand", async () => {
    const executions = new TestExecutions();
    await putBrand(table, brandItem({ status: "failed", last_error: "It failed." }));
    await Promise.all(Array.from({ length: 50 }, () => starterOf(executions).start(12345)));
    expect(executions.begun).toEqual(["brand-12345-attempt-2-20260215T120000Z"]);
    expect(await storedBrand(table)).toMatchObject({ status: "processing", retry_count: 1 });
  });

  it("goes on after a crash between the claim and the execution", async () => {
    await putBrand(table, brandItem());
    const crashing = new TestExecutions();
    crashing.start = () => Promise.reject(new Error("The function was stopped."));
    await expect(starterOf(crashing).start(12345)).rejects.toThrow("The function was stopped.");
    expect(await storedBrand(table)).toMatchObject({ status: "processing" });
    const executions = new TestExecutions();
    expect(await starterOf(executions).start(12345)).toMatchObject({ outcome: "processing" });
    expect(executions.begun).toEqual([own]);
  });

  const stored = (changes: Partial<Brand>) => putBrand(table, brandItem(changes));
  const atWork = { status: "processing", workflow_execution_arn: executionArn(own) } as const;

  it("is done for a brand that is completed, has no retry left, or is not there", async () => {
    const starter = starterOf();
    await stored({ status: "completed" });
    expect(await starter.start(12345)).toMatchObject({ outcome: "completed" });
    await stored({ status: "failed", retry_count: 3 });
    expect(await starter.start(12345)).toMatchObject({ outcome: "out-of-retries" });
    expect(await starter.start(54321)).toEqual({ outcome: "missing", brandid: 54321 });
    for (const brandid of [0, -1, 1.5, NaN, Infinity, 2 ** 53]) {
      expect(await starter.start(brandid)).toEqual({ outcome: "missing", brandid });
    }
  });

  it("says that a brand is stale when its execution is over, or it names none", async () => {
    const executions = new TestExecutions(() => Promise.resolve());
    await executions.start(own, { brandid: 12345, attempt: 1 });
    await executions.settled();
    await stored(atWork);
    expect(await starterOf(executions).start(12345)).toMatchObject({ outcome: "stale" });
    await stored({ status: "processing" });
    expect(await starterOf().start(12345)).toMatchObject({ outcome: "stale" });
  });

  /** As they are when the executions of these attempts are over. */
  async function executionsAfter(...attempts: readonly number[]): Promise<TestExecutions> {
    const executions = new TestExecutions();
    for (const attempt of attempts) {
      const name = `brand-12345-attempt-${attempt}-20260215T120000Z`;
      await executions.start(name, { brandid: 12345, attempt });
      executions.kill(executionArn(name));
    }
    return executions;
  }

  it.each(["unprocessed", "retry"] as const)(
    "put back by hand as %s runs at once, as the first attempt that has had no execution",
    async (status) => {
      const executions = await executionsAfter(1, 2);
      await stored({ status, workflow_execution_arn: executionArn(own) });
      const third = "brand-12345-attempt-3-20260215T120000Z";
      expect(await starterOf(executions).start(12345)).toMatchObject({
        outcome: "started",
        execution: executionArn(third),
      });
      expect(executions.begun.at(-1)).toBe(third);
      expect(await storedBrand(table)).toMatchObject({ status: "processing", retry_count: 2 });
    },
  );

  it("put back by hand ends as failed when all its attempts have had their executions", async () => {
    const executions = await executionsAfter(1, 2, 3, 4);
    await stored({ status: "unprocessed" });
    expect(await starterOf(executions).start(12345)).toMatchObject({ outcome: "out-of-retries" });
    expect(executions.begun).toHaveLength(4);
    expect(await storedBrand(table)).toMatchObject({
      ...{ status: "failed", retry_count: 3 },
      last_error: "The brand was put back when the execution of this attempt was over already.",
    });
  });

  it.each([
    ["unprocessed", 4],
    ["retry", 4],
    ["retry", "4"],
    ["unprocessed", "many"],
  ] as const)(
    "as %s with a retry count of %j, which is past the limit, begins nothing",
    async (status, count) => {
      const executions = new TestExecutions();
      await putBrand(table, { ...brandItem({ status }), retry_count: count });
      expect(await starterOf(executions).start(12345)).toMatchObject({ outcome: "out-of-retries" });
      expect(executions.begun).toEqual([]);
      expect(await storedBrand(table)).toMatchObject({ status, retry_count: count });
    },
  );

  it("leaves a brand alone that another program's execution has", async () => {
    const executions = new TestExecutions();
    await stored({ ...atWork, workflow_execution_arn: executionArn("theirs") });
    expect(await starterOf(executions).start(12345)).toMatchObject({ outcome: "processing" });
    expect(executions.begun).toEqual([]);
  });
});

describe("starting all that wait", () => {
  const minute = (index: number) => new Date(Date.UTC(2026, 1, 15, 12, index)).toISOString();
  beforeAll(() =>
    putBrands(
      table,
      Array.from({ length: 30 }, (_, index) =>
        brandItem({
          brandid: 1_000 + index,
          status: index % 3 === 0 ? "retry" : "unprocessed",
          updated_at: minute(index),
        }),
      ),
    ),
  );

  it("begins the oldest first, up to the limit", async () => {
    const executions = new TestExecutions();
    const outcomes = await starterOf(executions).startAll(10);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(Array(10).fill("started"));
    const expected = Array.from({ length: 10 }, (_, index): unknown =>
      expect.stringMatching(`^brand-${1_000 + index}-`),
    );
    expect(executions.begun.sort()).toEqual(expected);
  });

  it("begins only brands of the statuses that are asked for", async () => {
    const executions = new TestExecutions();
    const outcomes = await starterOf(executions).startAll(3, { statuses: ["retry"] });
    expect(outcomes).toHaveLength(3);
    expect(executions.begun.sort()).toEqual(
      [1012, 1015, 1018].map((brandid) => expect.stringMatching(`^brand-${brandid}-`) as string),
    );
  });

  it("goes on behind one that troubles", async () => {
    const executions = new TestExecutions();
    const start = executions.start.bind(executions);
    const trouble = new Error("Step Functions is not there.");
    executions.start = (name, input) =>
      input.brandid === 1010 ? Promise.reject(trouble) : start(name, input);
    const outcomes = await starterOf(executions).startAll(5, { statuses: ["unprocessed"] });
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(["trouble", ...Array<string>(4).fill("started")]);
    expect(outcomes[0]).toEqual({ outcome: "trouble", brandid: 1010, error: trouble });
  });

  it("begins no further one when the time is over", async () => {
    const executions = new TestExecutions();
    let asked = 0;
    const outcomes = await starterOf(executions).startAll(100, { isOver: () => (asked += 1) > 4 });
    expect(outcomes).toHaveLength(4);
    expect(executions.begun).toHaveLength(4);
  });
});
