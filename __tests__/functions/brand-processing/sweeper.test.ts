/** What the sweeper finds and does, brand by brand, and where it stops. */

import type { ExecutionState } from "../../../functions/brand-processing/executions";
import type { Brand } from "../../../functions/brand-processing/model";
import { Steps } from "../../../functions/brand-processing/steps";
import { Sweeper, type SweeperProps } from "../../../functions/brand-processing/sweeper";
import { brandProcessingStatus } from "../../../tables/brand-processing-status";
import {
  brandItem,
  executionArn,
  putBrand,
  putBrands,
  removeBrands,
  storedBrand,
  TestExecutions,
} from "../../support/brands";
import { startEmulatedTable, type EmulatedTable } from "../../support/emulated-table";
import { interceptedClient } from "../../support/intercepted-client";
import { throttledError } from "../../support/stub-client";

const now = "2026-02-15T13:00:00.000Z";
const long = "2026-02-15T12:39:59Z";
const own = executionArn("brand-12345-attempt-1-20260215T120000Z");
const dead: Partial<Brand> = { status: "processing", updated_at: long, workflow_execution_arn: own };

let table: EmulatedTable;
beforeAll(async () => (table = await startEmulatedTable(brandProcessingStatus)));
afterEach(() => removeBrands(table));
afterAll(() => table.stop());

function sweeperOf(executions = new TestExecutions(), changes: Partial<SweeperProps> = {}): Sweeper {
  const clock = () => new Date(now);
  const { name: tableName, client } = table;
  return new Sweeper({
    ...{ tableName, client, clock, executions, mostRetries: 3, staleAfterMinutes: 20 },
    ...changes,
  });
}

const nothing = {
  ...{ examined: 0, running: 0, retried: 0, failed: 0, started: 0, troubled: 0 },
  ...{ troubles: {}, more: false },
};

/** Executions that all stand in one way, and take new ones. */
function executionsAt(state: ExecutionState): TestExecutions {
  const executions = new TestExecutions();
  executions.state = () => Promise.resolve(state);
  return executions;
}

const second = "brand-12345-attempt-2-20260215T120000Z";

it("a brand whose execution is over has its next attempt begun", async () => {
  await putBrand(table, brandItem(dead));
  const executions = executionsAt("ended");
  expect(await sweeperOf(executions).run()).toEqual({ ...nothing, examined: 1, retried: 1, started: 1 });
  expect(executions.begun).toEqual([second]);
  expect(await storedBrand(table)).toMatchObject({
    ...{ status: "processing", retry_count: 1, workflow_execution_arn: executionArn(second) },
    last_error: "The execution ended without a result.",
  });
});

describe("a brand whose execution never began", () => {
  it("has it begun, as the same attempt", async () => {
    await putBrand(table, brandItem(dead));
    const executions = executionsAt("unknown");
    expect(await sweeperOf(executions).run()).toEqual({ ...nothing, examined: 1, started: 1 });
    expect(executions.begun).toEqual([own.split(":").at(-1)]);
    expect(await storedBrand(table)).toEqual(brandItem(dead));
  });

  it("spends no retry while Step Functions begins nothing", async () => {
    await putBrand(table, brandItem(dead));
    const executions = executionsAt("unknown");
    const denied = Object.assign(new Error("Not you."), { name: "AccessDeniedException" });
    executions.start = () => Promise.reject(denied);
    const sweeper = sweeperOf(executions);
    for (let runs = 0; runs < 5; runs += 1) {
      expect(await sweeper.run()).toMatchObject({ troubled: 1, troubles: { AccessDeniedException: 1 } });
    }
    expect(await storedBrand(table)).toEqual(brandItem(dead));
  });

  it("has its next attempt begun when one of its name is over after all", async () => {
    await putBrand(table, brandItem(dead));
    const executions = executionsAt("unknown");
    await executions.start(own.split(":").at(-1) ?? "", { brandid: 12345, attempt: 1 });
    executions.kill(own);
    expect(await sweeperOf(executions).run()).toMatchObject({ retried: 1, started: 1 });
    expect(await storedBrand(table)).toMatchObject({
      retry_count: 1,
      workflow_execution_arn: executionArn(second),
    });
  });
});

describe("a brand of an execution that nobody here can ask about", () => {
  const theirs = { ...dead, workflow_execution_arn: executionArn("theirs") };

  it("is left alone for as long as an execution may last", async () => {
    await putBrand(table, brandItem({ ...theirs, updated_at: "2026-02-15T12:40:01Z" }));
    expect(await sweeperOf(executionsAt("unknown")).run()).toEqual({ ...nothing, examined: 1, running: 1 });
    expect(await storedBrand(table)).toMatchObject({ status: "processing", retry_count: 0 });
  });

  it("is given up after that", async () => {
    await putBrand(table, brandItem(theirs));
    expect(await sweeperOf(executionsAt("unknown")).run()).toMatchObject({ retried: 1, started: 1 });
    expect(await storedBrand(table)).toMatchObject({
      ...{ status: "processing", retry_count: 1, workflow_execution_arn: executionArn(second) },
      last_error: "The execution is not one that can be asked about.",
    });
  });
});

it("a brand whose execution runs is left alone, however long", async () => {
  await putBrand(table, brandItem({ ...dead, updated_at: "2025-01-01T00:00:00Z" }));
  expect(await sweeperOf(executionsAt("running")).run()).toEqual({ ...nothing, examined: 1, running: 1 });
  expect(await storedBrand(table)).toMatchObject({ status: "processing", workflow_execution_arn: own });
});

it("a brand that changed of late is not even looked at", async () => {
  await putBrand(table, brandItem({ ...dead, updated_at: "2026-02-15T12:50:00.000Z" }));
  expect(await sweeperOf(executionsAt("unknown")).run()).toEqual(nothing);
});

it("a brand that names no execution counts as dead", async () => {
  await putBrand(table, brandItem({ ...dead, workflow_execution_arn: null }));
  expect(await sweeperOf().run()).toMatchObject({ examined: 1, retried: 1, started: 1 });
});

it("the last attempt of a brand ends as failed", async () => {
  const last = executionArn("brand-12345-attempt-4-20260215T120000Z");
  await putBrand(table, brandItem({ ...dead, retry_count: 3, workflow_execution_arn: last }));
  expect(await sweeperOf(executionsAt("ended")).run()).toEqual({ ...nothing, examined: 1, failed: 1 });
  expect(await storedBrand(table)).toMatchObject({ status: "failed", retry_count: 3 });
});

it.each(["2099-01-01T00:00:00Z", "yesterday"])(
  "a brand of which another program says that it changed at %s is looked at, too",
  async (updated_at) => {
    await putBrand(table, brandItem({ ...dead, updated_at }));
    expect(await sweeperOf(executionsAt("ended")).run()).toMatchObject({ examined: 1, retried: 1 });
  },
);

it("failed and unprocessed brands are nobody's to begin", async () => {
  await putBrands(table, [
    brandItem({ brandid: 1, status: "failed", updated_at: long }),
    brandItem({ brandid: 2, status: "unprocessed", updated_at: long }),
    brandItem({ brandid: 3, status: "completed", updated_at: long }),
  ]);
  expect(await sweeperOf().run()).toEqual(nothing);
});

it("a brand that changes while its execution is looked for is left as it then is", async () => {
  await putBrand(table, brandItem(dead));
  const executions = new TestExecutions();
  const later = executionArn("brand-12345-attempt-2-20260215T120000Z");
  executions.state = async () => {
    await putBrand(table, brandItem({ ...dead, retry_count: 1, workflow_execution_arn: later }));
    return "ended";
  };
  expect(await sweeperOf(executions).run()).toEqual({ ...nothing, examined: 1 });
  expect(await storedBrand(table)).toMatchObject({ workflow_execution_arn: later, retry_count: 1 });
});

it.each([long, "2099-01-01T00:00:00Z"])(
  "a brand that its execution claims while it is asked about is left to it (changed at %s)",
  async (updated_at) => {
    await putBrand(table, brandItem({ ...dead, updated_at }));
    const { name: tableName, client } = table;
    const steps = new Steps({ tableName, client, clock: () => new Date(now) });
    const executions = new TestExecutions();
    executions.state = async () => {
      const call = { brandid: 12345, attempt: 1, execution: own };
      expect(await steps.claim(call)).toMatchObject({ claimed: true });
      expect(await steps.claim(call)).toMatchObject({ claimed: true });
      return "ended";
    };
    expect(await sweeperOf(executions).run()).toEqual({ ...nothing, examined: 1 });
    expect(await storedBrand(table)).toEqual({
      ...brandItem(dead),
      updated_at: expect.not.stringContaining(updated_at) as string,
    });
  },
);

describe("with many brands", () => {
  const deadBrands = (count: number) =>
    Array.from({ length: count }, (_, index) =>
      brandItem({ ...dead, brandid: 1_000 + index, workflow_execution_arn: executionArn(`one-${index}`) }),
    );

  it("one that troubles stops no other, and is counted by its error's name alone", async () => {
    await putBrands(table, deadBrands(12));
    const executions = new TestExecutions();
    executions.state = (arn) =>
      arn.endsWith("one-3")
        ? Promise.reject(Object.assign(new Error(`${arn} is not yours`), { name: "AccessDeniedException" }))
        : Promise.resolve("ended");
    const client = interceptedClient(table.client, ({ name, input }, send) =>
      name === "UpdateCommand" && (input["Key"] as { brandid: number }).brandid === 1_007
        ? Promise.reject(throttledError())
        : send(),
    );
    expect(await sweeperOf(executions, { client }).run()).toEqual({
      ...{ ...nothing, examined: 12, retried: 10, started: 10, troubled: 2 },
      troubles: { AccessDeniedException: 1, ProvisionedThroughputExceededException: 1 },
    });
    expect(await storedBrand(table, 1_003)).toMatchObject({ status: "processing", retry_count: 0 });
    expect(await storedBrand(table, 1_007)).toMatchObject({ status: "processing", retry_count: 0 });
  });

  it("examines all in turn, also behind 500 that always trouble it", async () => {
    await putBrands(table, [
      ...deadBrands(500),
      brandItem({ ...dead, brandid: 9_000, updated_at: "2026-02-15T12:40:30Z" }),
      brandItem({ ...dead, brandid: 9_001, updated_at: "2026-02-15T13:03:00Z" }),
    ]);
    const executions = new TestExecutions();
    executions.state = (arn) =>
      arn === own ? Promise.resolve("ended") : Promise.reject(new Error("Not today."));
    let minutes = 0;
    const clock = () => new Date(Date.parse(now) + minutes * 60_000);
    const sweeper = sweeperOf(executions, { clock });
    expect(await sweeper.run()).toMatchObject({ examined: 500, troubled: 500, retried: 0, more: true });
    minutes += 1;
    expect(await sweeper.run()).toMatchObject({ examined: 2, troubled: 0, retried: 2, more: true });
    // Then it begins at the oldest again.
    minutes += 1;
    expect(await sweeper.run()).toMatchObject({ examined: 500, troubled: 500, more: true });
  });

  it("begins at the oldest of those with a time ahead again when that has come nearer", async () => {
    const ahead = (brandid: number) =>
      brandItem({ ...dead, brandid, updated_at: "2026-02-15T13:03:00Z", workflow_execution_arn: own });
    await putBrands(
      table,
      Array.from({ length: 501 }, (_, index) => ahead(1_000 + index)),
    );
    let minutes = 0;
    const clock = () => new Date(Date.parse(now) + minutes * 60_000);
    const sweeper = sweeperOf(executionsAt("running"), { clock });
    expect(await sweeper.run()).toMatchObject({ examined: 500, running: 500, more: true });
    minutes += 5;
    expect(await sweeper.run()).toMatchObject({ examined: 0 });
  });

  it("gives up 500 in a run and begins 100 of them; the next runs begin the others", async () => {
    await putBrands(table, deadBrands(520));
    const executions = executionsAt("ended");
    const sweeper = sweeperOf(executions);
    expect(await sweeper.run()).toMatchObject({ examined: 500, retried: 500, started: 100, more: true });
    for (let runs = 0; runs < 4; runs += 1) await sweeper.run();
    expect(await sweeper.run()).toMatchObject({ examined: 0, started: 20, more: false });
    expect(executions.begun).toHaveLength(520);
  });

  it("ends when its time is over, and says that there may be more", async () => {
    await putBrands(table, deadBrands(40));
    let asked = 0;
    const sweep = await sweeperOf(executionsAt("ended")).run(() => (asked += 1) > 10);
    expect(sweep).toEqual({ ...nothing, examined: 10, retried: 10, more: true });
  });
});
