/** The story of document 003, against a DynamoDB: what is stored, and what is refused. */

import { GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { agentNames } from "../../../functions/trade-status/model";
import { StatusWriter, type Session } from "../../../functions/trade-status/status-writer";
import { itemProblems } from "../../../tables/item";
import { tradeProcessingStatus } from "../../../tables/trade-processing-status";
import { startEmulatedTable, testClock, type EmulatedTable } from "../../support/emulated-table";

const example = tradeProcessingStatus.example;
const clock = testClock("2025-12-24T12:00:00Z");
const tokenUsage = { inputTokens: 11689, outputTokens: 2480, totalTokens: 14169 };

let table: EmulatedTable;
let writer: StatusWriter;
let sessions = 0;
beforeAll(async () => {
  table = await startEmulatedTable(tradeProcessingStatus);
  writer = new StatusWriter({ tableName: table.name, client: table.client, clock: clock.read });
});
afterAll(() => table.stop());
beforeEach(() => clock.set("2025-12-24T12:00:00Z"));

async function stored(sessionId: string): Promise<Record<string, unknown> | undefined> {
  const { Item } = await table.client.send(
    new GetCommand({ TableName: table.name, Key: { sessionId }, ConsistentRead: true }),
  );
  return Item;
}

/** A session of its own, with the example's particulars. */
async function started(): Promise<string> {
  const sessionId = `test-session-${(sessions += 1)}`;
  await writer.startSession({ sessionId, correlationId: "test-corr-123" });
  return sessionId;
}

async function withAgentInProgress(): Promise<string> {
  const sessionId = await started();
  await writer.startAgent({ sessionId, agent: "pdfAdapter", activity: "Extracting text" });
  return sessionId;
}

/** What a call is refused with; it must change nothing. */
async function refusal(sessionId: string, call: () => Promise<Session>): Promise<string> {
  const before = await stored(sessionId);
  const error: unknown = await call().then(
    () => new Error("It was accepted."),
    (thrown: unknown) => thrown,
  );
  expect(await stored(sessionId)).toEqual(before);
  return error instanceof Error ? `${Reflect.get(error, "code") as string}: ${error.message}` : "";
}

describe("the example of document 003", () => {
  it("is what a session begins as, attribute for attribute", async () => {
    await writer.startSession({ sessionId: "test-session-123", correlationId: "test-corr-123" });
    // The document's expiry lies before its creation: ours is the 90 days that it asks for. Times here have
    // milliseconds, so that they sort as text.
    expect(await stored("test-session-123")).toEqual({
      ...example,
      createdAt: "2025-12-24T12:00:00.000Z",
      expiresAt: Date.parse("2026-03-24T12:00:00Z") / 1000,
    });
  });

  it("has its agent's status object, after the agent has run for 17.095 seconds", async () => {
    const sessionId = await started();
    await writer.startAgent({ sessionId, agent: "pdfAdapter", activity: "Extracting text" });
    clock.set("2025-12-24T12:00:17.095Z");
    await writer.completeAgent({ sessionId, agent: "pdfAdapter", activity: "Text extracted", tokenUsage });
    const item = (await stored(sessionId)) ?? {};
    expect(item).toEqual({
      sessionId,
      correlationId: "test-corr-123",
      overallStatus: "processing",
      pdfAdapter: {
        status: "success",
        activity: "Text extracted",
        startedAt: "2025-12-24T12:00:00.000Z",
        completedAt: "2025-12-24T12:00:17.095Z",
        duration: 17.095,
        tokenUsage,
      },
      totalTokenUsage: tokenUsage,
      totalDuration: 17.095,
      createdAt: "2025-12-24T12:00:00.000Z",
      lastUpdated: "2025-12-24T12:00:17.095Z",
      expiresAt: 1774353600,
    });
    expect(itemProblems(tradeProcessingStatus, item)).toEqual([]);
  });

  it("ends completed when its four agents have succeeded, with the sums of all", async () => {
    const sessionId = await started();
    for (const [index, agent] of agentNames.entries()) {
      await writer.startAgent({ sessionId, agent });
      // Added as binary fractions they would be 0.6000000000000001.
      await writer.completeAgent({ sessionId, agent, duration: index % 2 === 0 ? 0.1 : 0.2, tokenUsage });
    }
    const session = await writer.completeSession({ sessionId });
    expect(session).toMatchObject({
      overallStatus: "completed",
      totalTokenUsage: { inputTokens: 46756, outputTokens: 9920, totalTokens: 56676 },
      totalDuration: 0.6,
    });
  });
});

describe("a call repeated", () => {
  it("gives the same answer and changes nothing", async () => {
    const sessionId = await started();
    const calls = [
      () => writer.startSession({ sessionId, correlationId: "test-corr-123" }),
      () => writer.startAgent({ sessionId, agent: "pdfAdapter", activity: "Extracting text" }),
      () => writer.completeAgent({ sessionId, agent: "pdfAdapter", tokenUsage }),
      () => writer.startAgent({ sessionId, agent: "tradeExtraction" }),
      () => writer.failAgent({ sessionId, agent: "tradeExtraction", error: "The model did not answer." }),
      () => writer.failSession({ sessionId, error: "Extraction failed." }),
    ];
    for (const call of calls) {
      const first = await call();
      clock.set("2025-12-24T12:05:00Z");
      expect(await call()).toEqual(first);
      expect(await stored(sessionId)).toEqual(first);
    }
  });

  it("is known however late it comes, when it names its own time", async () => {
    const sessionId = await started();
    const start = { sessionId, agent: "pdfAdapter", startedAt: "2025-12-24T12:00:01Z" } as const;
    await writer.startAgent(start);
    const last = await writer.completeAgent({ sessionId, agent: "pdfAdapter" });
    expect(await writer.startAgent(start)).toEqual(last);
  });
});

describe("a transition that is out of order is refused, names the state, and changes nothing:", () => {
  it("completing an agent that was not started", async () => {
    const sessionId = await started();
    expect(await refusal(sessionId, () => writer.completeAgent({ sessionId, agent: "pdfAdapter" }))).toBe(
      "conflict: Agent pdfAdapter is pending: only one that is in-progress can end.",
    );
  });

  it("starting an agent that has ended", async () => {
    const sessionId = await withAgentInProgress();
    await writer.completeAgent({ sessionId, agent: "pdfAdapter" });
    expect(await refusal(sessionId, () => writer.startAgent({ sessionId, agent: "pdfAdapter" }))).toBe(
      "conflict: Agent pdfAdapter is success: it is started once.",
    );
  });

  it.each([
    ["tokens", { tokenUsage: { ...tokenUsage, inputTokens: 1 } }],
    ["no tokens", { tokenUsage: undefined }],
    ["a duration", { duration: 1 }],
    ["a time", { completedAt: "2025-12-24T12:00:01Z" }],
    ["an activity", { activity: "Other text" }],
  ])("a second completion with other %s", async (_, other) => {
    const sessionId = await withAgentInProgress();
    const first = { sessionId, agent: "pdfAdapter", tokenUsage, duration: 17.095 } as const;
    await writer.completeAgent(first);
    const again = () => writer.completeAgent({ ...first, ...other });
    expect(await refusal(sessionId, again)).toContain("conflict: Agent pdfAdapter is success");
  });

  it("a failure after a completion, and a failure for another reason", async () => {
    const sessionId = await withAgentInProgress();
    await writer.startAgent({ sessionId, agent: "tradeExtraction" });
    await writer.completeAgent({ sessionId, agent: "pdfAdapter" });
    await writer.failAgent({ sessionId, agent: "tradeExtraction", error: "Throttled." });
    const fail = (agent: "pdfAdapter" | "tradeExtraction") => () =>
      writer.failAgent({ sessionId, agent, error: "Late." });
    expect(await refusal(sessionId, fail("pdfAdapter"))).toContain("conflict: The session is failed");
    expect(await refusal(sessionId, fail("tradeExtraction"))).toContain("conflict: The session is failed");
  });

  it("completing a session that has not begun, or that goes on", async () => {
    const sessionId = await started();
    expect(await refusal(sessionId, () => writer.completeSession({ sessionId }))).toBe(
      "conflict: The session is initializing: no agent has started.",
    );
    await writer.startAgent({ sessionId, agent: "tradeMatching" });
    expect(await refusal(sessionId, () => writer.completeSession({ sessionId }))).toBe(
      "conflict: Agent tradeMatching is in-progress: the session goes on.",
    );
  });

  it("anything after the end", async () => {
    const sessionId = await withAgentInProgress();
    await writer.completeAgent({ sessionId, agent: "pdfAdapter" });
    await writer.completeSession({ sessionId });
    const late = [
      () => writer.startAgent({ sessionId, agent: "tradeMatching" }),
      () => writer.completeAgent({ sessionId, agent: "tradeMatching" }),
      () => writer.failSession({ sessionId }),
    ];
    for (const call of late) expect(await refusal(sessionId, call)).toContain("The session is completed");
  });

  it("starting the session again with other particulars", async () => {
    const sessionId = await started();
    expect(await refusal(sessionId, () => writer.startSession({ sessionId, correlationId: "another" }))).toBe(
      "conflict: There is a session of that id with other particulars; it is initializing.",
    );
  });

  it("ending an agent before it started", async () => {
    const sessionId = await withAgentInProgress();
    const completedAt = "2025-12-24T11:59:59Z";
    expect(
      await refusal(sessionId, () => writer.completeAgent({ sessionId, agent: "pdfAdapter", completedAt })),
    ).toBe("invalid: completedAt must not be before the agent's startedAt.");
  });

  it("anything of a session that is not there", async () => {
    await expect(writer.startAgent({ sessionId: "unknown", agent: "pdfAdapter" })).rejects.toMatchObject({
      code: "not-found",
    });
  });
});

describe("the version of a session", () => {
  it("moves with every change, also within one millisecond, so that no writer takes one state for another", async () => {
    const sessionId = await withAgentInProgress();
    const { lastUpdated } = await writer.startAgent({ sessionId, agent: "tradeExtraction" });
    expect(lastUpdated).toBe("2025-12-24T12:00:00.001Z");
  });
});

describe("a failure", () => {
  it("of an agent fails the session; another that is in progress may still end, none may start", async () => {
    const sessionId = await withAgentInProgress();
    await writer.startAgent({ sessionId, agent: "tradeExtraction" });
    const failed = await writer.failAgent({ sessionId, agent: "pdfAdapter", error: "Not a PDF." });
    expect(failed).toMatchObject({
      overallStatus: "failed",
      pdfAdapter: { status: "error", error: "Not a PDF." },
    });
    const ended = await writer.completeAgent({ sessionId, agent: "tradeExtraction", duration: 2 });
    expect(ended).toMatchObject({ overallStatus: "failed", totalDuration: 2 });
    expect(
      await refusal(sessionId, () => writer.startAgent({ sessionId, agent: "tradeMatching" })),
    ).toContain("The session is failed");
    expect(await refusal(sessionId, () => writer.completeSession({ sessionId }))).toContain(
      "The session is failed",
    );
  });

  it("of the session fails the agents that are in progress", async () => {
    const sessionId = await withAgentInProgress();
    clock.set("2025-12-24T12:00:03Z");
    expect(await writer.failSession({ sessionId, error: "The orchestrator was stopped." })).toMatchObject({
      overallStatus: "failed",
      pdfAdapter: { status: "error", duration: 3, error: "The orchestrator was stopped." },
      totalDuration: 3,
    });
  });

  it("keeps 2 KB of an error, with a mark where it was cut", async () => {
    const sessionId = await withAgentInProgress();
    const { pdfAdapter } = await writer.failAgent({
      sessionId,
      agent: "pdfAdapter",
      error: "Traceback – ".repeat(1_000),
    });
    const error = pdfAdapter?.status === "error" ? pdfAdapter.error : "";
    expect(error).toMatch(/^Traceback – .*… \[truncated\]$/);
    expect(Buffer.byteLength(error)).toBeLessThanOrEqual(2048);
    expect(Buffer.byteLength(error)).toBeGreaterThan(2040);
  });
});

describe("a session that another program began", () => {
  it("goes on where its agents are written as pending", async () => {
    const sessionId = "begun-elsewhere";
    const item = { ...example, sessionId, expiresAt: 1774353600, pdfAdapter: { status: "pending" } };
    await table.client.send(new PutCommand({ TableName: table.name, Item: item }));
    const session = await writer.startAgent({ sessionId, agent: "pdfAdapter" });
    expect(session).toMatchObject({ overallStatus: "processing", pdfAdapter: { status: "in-progress" } });
  });
});

describe("an expired session that TTL has not removed", () => {
  const expired = { ...example, sessionId: "expired", expiresAt: Date.parse("2025-12-24T11:00:00Z") / 1000 };
  beforeEach(() => table.client.send(new PutCommand({ TableName: table.name, Item: expired })));

  it("takes no transition", async () => {
    await expect(writer.startAgent({ sessionId: "expired", agent: "pdfAdapter" })).rejects.toMatchObject({
      code: "not-found",
    });
  });

  it("gives way to a new one of its id", async () => {
    const session = await writer.startSession({ sessionId: "expired", correlationId: "new" });
    expect(await stored("expired")).toEqual(session);
    expect(session.correlationId).toBe("new");
  });
});
