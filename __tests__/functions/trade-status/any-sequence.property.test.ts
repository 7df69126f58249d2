/** Whatever an orchestrator sends, the item stays one of the table, in the state that a small model says. */

import { GetCommand } from "@aws-sdk/lib-dynamodb";
import fc from "fast-check";
import { agentNames, type AgentName } from "../../../functions/trade-status/model";
import { Refusal, StatusWriter, type Call } from "../../../functions/trade-status/status-writer";
import { itemProblems } from "../../../tables/item";
import { tradeProcessingStatus } from "../../../tables/trade-processing-status";
import { anyText } from "../../support/any-text";
import { startEmulatedTable, type EmulatedTable } from "../../support/emulated-table";

let table: EmulatedTable;
beforeAll(async () => (table = await startEmulatedTable(tradeProcessingStatus)));
afterAll(() => table.stop());

type Event =
  | { readonly kind: "start" | "succeed" | "fail"; readonly agent: AgentName; readonly text?: string }
  | { readonly kind: "complete session" | "fail session" };

/** Statuses alone: no times, no totals, no repetition. */
class Model {
  overall = "initializing";
  readonly agents = Object.fromEntries(agentNames.map((name) => [name, "pending"])) as Record<
    AgentName,
    string
  >;

  apply(event: Event): void {
    const ended = this.overall === "completed" || this.overall === "failed";
    const isActive = (agent: AgentName) => this.agents[agent] === "in-progress";
    switch (event.kind) {
      case "start":
        if (ended || this.agents[event.agent] !== "pending") return;
        this.agents[event.agent] = "in-progress";
        this.overall = "processing";
        return;
      case "succeed":
        if (isActive(event.agent)) this.agents[event.agent] = "success";
        return;
      case "fail":
        if (!isActive(event.agent)) return;
        this.agents[event.agent] = "error";
        this.overall = "failed";
        return;
      case "complete session":
        if (this.overall === "processing" && !agentNames.some(isActive)) this.overall = "completed";
        return;
      case "fail session":
        if (this.overall === "completed") return;
        for (const agent of agentNames.filter(isActive)) this.agents[agent] = "error";
        this.overall = "failed";
    }
  }
}

const text = fc.option(anyText({ maxLength: 3_000 }), { nil: undefined });
const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record(
      { kind: fc.constantFrom("start", "succeed", "fail"), agent: fc.constantFrom(...agentNames), text },
      { requiredKeys: ["kind", "agent"] },
    ) as fc.Arbitrary<Event>,
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom("complete session", "fail session"),
    }),
  },
);

const tokenUsage = { inputTokens: 11689, outputTokens: 2480 };

async function send(writer: StatusWriter, sessionId: string, event: Event): Promise<void> {
  switch (event.kind) {
    case "start":
      await writer.startAgent(withText<"startAgent">({ sessionId, agent: event.agent }, event.text));
      return;
    case "succeed":
      await writer.completeAgent(
        withText<"completeAgent">({ sessionId, agent: event.agent, tokenUsage }, event.text),
      );
      return;
    case "fail":
      await writer.failAgent({ sessionId, agent: event.agent, error: event.text || "It failed." });
      return;
    case "complete session":
      await writer.completeSession({ sessionId });
      return;
    case "fail session":
      await writer.failSession({ sessionId });
  }
}

const withText = <Name extends "startAgent" | "completeAgent">(
  call: Call<Name>,
  activity: string | undefined,
): Call<Name> => (activity === undefined ? call : { ...call, activity });

it("leaves a valid item with the overall status that follows from its agents", async () => {
  const writer = new StatusWriter({ tableName: table.name, client: table.client });
  let sessions = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(event, { maxLength: 16 }), async (events) => {
      const sessionId = `session-${(sessions += 1)}`;
      const model = new Model();
      await writer.startSession({ sessionId, correlationId: "test-corr-123", sourceType: "COUNTERPARTY" });
      for (const one of events) {
        await send(writer, sessionId, one).catch((error: unknown) => expect(error).toBeInstanceOf(Refusal));
        model.apply(one);
      }
      const { Item = {} } = await table.client.send(
        new GetCommand({ TableName: table.name, Key: { sessionId } }),
      );
      expect(itemProblems(tradeProcessingStatus, Item)).toEqual([]);
      const agents = Object.fromEntries(
        agentNames.map((name) => [
          name,
          (Item[name] as { status?: string } | undefined)?.status ?? "pending",
        ]),
      );
      expect({ overall: Item["overallStatus"] as unknown, agents }).toEqual({
        overall: model.overall,
        agents: model.agents,
      });
    }),
    { numRuns: 100, seed: 3 },
  );
}, 120_000);
