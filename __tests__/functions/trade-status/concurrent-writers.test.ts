/** Many writers on the same sessions at once, every update twice, in any order that is allowed. */

import fc from "fast-check";
import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { agentNames, type AgentName } from "../../../functions/trade-status/model";
import { StatusWriter } from "../../../functions/trade-status/status-writer";
import { tradeProcessingStatus } from "../../../tables/trade-processing-status";
import { startEmulatedTable, type EmulatedTable } from "../../support/emulated-table";

const sessionCount = 100;
const writerCount = 16;

let table: EmulatedTable;
beforeAll(async () => (table = await startEmulatedTable(tradeProcessingStatus)));
afterAll(() => table.stop());

/** One call, and what has to be done before it may come. */
interface Update {
  readonly after: readonly Update[];
  readonly send: (writer: StatusWriter) => Promise<unknown>;
  /** Resolved when the first of its copies has been answered. */
  done?: Promise<unknown>;
}

interface Outcome {
  readonly fails: boolean;
  readonly duration: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

type Plan = Readonly<Record<AgentName, Outcome>>;

const outcome = fc.record({
  fails: fc.integer({ min: 0, max: 19 }).map((number) => number === 0),
  duration: fc.integer({ min: 1, max: 60_000 }).map((milliseconds) => milliseconds / 1000),
  inputTokens: fc.nat(20_000),
  outputTokens: fc.nat(5_000),
});
const plan = fc.record(Object.fromEntries(agentNames.map((name) => [name, outcome]))) as fc.Arbitrary<Plan>;

const time = (second: number) => new Date(Date.UTC(2025, 11, 24, 12, 0, second)).toISOString();

/** A session's updates: its start, each agent's start and end, its completion. */
function updatesOf(sessionId: string, agents: Plan): readonly Update[] {
  const failing = agentNames.some((agent) => agents[agent].fails);
  const begin: Update = {
    after: [],
    send: (writer) => writer.startSession({ sessionId, correlationId: `${sessionId}-corr` }),
  };
  const starts = agentNames.map((agent, index) => ({
    after: [begin],
    send: (writer: StatusWriter) =>
      writer.startAgent({ sessionId, agent, activity: `Running ${agent}`, startedAt: time(index) }),
  }));
  const ends = agentNames.map((agent, index) => ({
    // A failure ends the session for agents that have not started: then their order is not free.
    after: failing ? starts : starts.slice(index, index + 1),
    send: (writer: StatusWriter) => {
      const { fails, duration, inputTokens, outputTokens } = agents[agent];
      const end = { sessionId, agent, duration, tokenUsage: { inputTokens, outputTokens } };
      return fails ? writer.failAgent({ ...end, error: "It failed." }) : writer.completeAgent(end);
    },
  }));
  const finish: Update = {
    after: ends,
    send: (writer) => (failing ? writer.failSession({ sessionId }) : writer.completeSession({ sessionId })),
  };
  return [begin, ...starts, ...ends, finish];
}

/** What must be stored in the end, reckoned without the model. */
function expected(agents: Plan) {
  const all = Object.values(agents);
  const sum = (of: (outcome: Outcome) => number) => all.reduce((total, one) => total + of(one), 0);
  const inputTokens = sum((one) => one.inputTokens);
  const outputTokens = sum((one) => one.outputTokens);
  return {
    overallStatus: all.some(({ fails }) => fails) ? "failed" : "completed",
    totalTokenUsage: { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens },
    totalDuration: sum((one) => Math.round(one.duration * 1000)) / 1000,
    ...Object.fromEntries(
      agentNames.map((agent) => [
        agent,
        expect.objectContaining({
          status: agents[agent].fails ? "error" : "success",
          duration: agents[agent].duration,
        }),
      ]),
    ),
  };
}

/** Every update twice, shuffled, each behind what it needs: no writer waits for what none has begun. */
function schedule(updates: readonly Update[], order: readonly number[]): readonly Update[] {
  const scheduled = new Set<Update>();
  const queue: Update[] = [];
  const add = (update: Update): void => {
    for (const needed of update.after) if (!scheduled.has(needed)) add(needed);
    scheduled.add(update);
    queue.push(update);
  };
  for (const index of order) {
    const update = updates[index % updates.length];
    if (update !== undefined) add(update);
  }
  return queue;
}

it(`${writerCount} writers bring ${sessionCount} sessions to their right ends, no update lost or counted twice`, async () => {
  const seed = 2025;
  const plans = fc.sample(plan, { seed, numRuns: sessionCount });
  const updates = plans.flatMap((agents, index) => updatesOf(`session-${index}`, agents));
  const twice = updates.length * 2;
  const [order = []] = fc.sample(
    fc.shuffledSubarray([...Array(twice).keys()], { minLength: twice, maxLength: twice }),
    { seed, numRuns: 1 },
  );
  const queue = [...schedule(updates, order)];
  const refused: unknown[] = [];
  const work = async (): Promise<void> => {
    const writer = new StatusWriter({ tableName: table.name, client: table.client });
    for (let update = queue.shift(); update !== undefined; update = queue.shift()) {
      const { after, send } = update;
      const sent = Promise.all(after.map(({ done }) => done ?? Promise.reject(new Error("Out of order."))))
        .then(() => send(writer))
        .catch((error: unknown) => refused.push(error));
      update.done ??= sent;
      await sent;
    }
  };
  await Promise.all(Array.from({ length: writerCount }, work));

  expect(refused).toEqual([]);
  for (const [index, agents] of plans.entries()) {
    const { Item } = await table.client.send(
      new GetCommand({ TableName: table.name, Key: { sessionId: `session-${index}` } }),
    );
    expect(Item).toMatchObject(expected(agents));
  }
  const failed = plans.filter((agents) => agentNames.some((agent) => agents[agent].fails));
  expect(failed.length).toBeGreaterThan(5);
  expect(failed.length).toBeLessThan(50);
}, 120_000);
