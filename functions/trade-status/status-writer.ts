/** The library with which an orchestrator records a trade-matching session (document 003). */

import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { systemClock, type Clock } from "../shared/clock";
import { documentClient } from "../shared/document-client";
import { parseInput } from "../shared/input";
import { Refusal } from "../shared/refusal";
import { calls, type Call } from "./calls";
import {
  completeSession,
  endAgent,
  failSession,
  isSameSession,
  newSession,
  startAgent,
  type Session,
} from "./model";
import { sessionTable } from "./store";

export { Refusal } from "../shared/refusal";
export type { Call } from "./calls";
export type { AgentName, AgentState, Session, TokenUsage } from "./model";

export interface StatusWriterProps {
  /** Physical name of the table: `ai-trade-matching-processing-status` in production. */
  readonly tableName: string;
  readonly client?: DynamoDBDocumentClient;
  readonly clock?: Clock;
}

const missing = "There is no such session. Start it first.";

/**
 * Records sessions. Every call is one conditional write: repeated, it gives the same answer and changes
 * nothing; out of order, it throws a Refusal that names the present state, and changes nothing. Any number
 * of writers may update one session at once. A call that is malformed throws a Refusal `invalid`.
 *
 * @example
 * const writer = new StatusWriter({ tableName: "ai-trade-matching-processing-status" });
 * await writer.startSession({ sessionId, correlationId, documentId, sourceType: "BANK" });
 * await writer.startAgent({ sessionId, agent: "pdfAdapter", activity: "Extracting text" });
 * await writer.completeAgent({ sessionId, agent: "pdfAdapter", tokenUsage });
 * await writer.completeSession({ sessionId });
 */
export class StatusWriter {
  private readonly clock: Clock;
  private readonly sessions: ReturnType<typeof sessionTable>;

  constructor({ tableName, client = documentClient(), clock = systemClock }: StatusWriterProps) {
    this.clock = clock;
    this.sessions = sessionTable({ client, name: tableName, clock });
  }

  /** @throws Refusal `conflict` when there is a session of that id with other particulars. */
  async startSession(call: Call<"startSession">): Promise<Session> {
    const given = parseInput(calls.startSession, call);
    const session = await this.sessions.insert(newSession(given, this.clock()));
    if (isSameSession(session, given)) return session;
    throw new Refusal(
      "conflict",
      `There is a session of that id with other particulars; it is ${session.overallStatus}.`,
    );
  }

  /** @throws Refusal `not-found` or `conflict`. */
  async startAgent(call: Call<"startAgent">): Promise<Session> {
    const { sessionId, ...start } = parseInput(calls.startAgent, call);
    return this.sessions.change(sessionId, missing, (session, now) => startAgent(session, start, now));
  }

  /** @throws Refusal `not-found`, `conflict`, or `invalid` when it would end before it started. */
  async completeAgent(call: Call<"completeAgent">): Promise<Session> {
    const { sessionId, ...end } = parseInput(calls.completeAgent, call);
    return this.sessions.change(sessionId, missing, (session, now) => endAgent(session, end, now));
  }

  /**
   * Fails the session, too; agents that are in progress may still end.
   *
   * @throws Refusal `not-found`, `conflict`, or `invalid` when it would end before it started.
   */
  async failAgent(call: Call<"failAgent">): Promise<Session> {
    const { sessionId, ...end } = parseInput(calls.failAgent, call);
    return this.sessions.change(sessionId, missing, (session, now) => endAgent(session, end, now));
  }

  /** @throws Refusal `conflict` while an agent is in progress, before any has started, and after a failure. */
  async completeSession(call: Call<"completeSession">): Promise<Session> {
    const { sessionId } = parseInput(calls.completeSession, call);
    return this.sessions.change(sessionId, missing, completeSession);
  }

  /**
   * Agents that are in progress fail with it, for the given reason.
   *
   * @throws Refusal `not-found`, or `conflict` when it is completed.
   */
  async failSession(call: Call<"failSession">): Promise<Session> {
    const { sessionId, error } = parseInput(calls.failSession, call);
    return this.sessions.change(sessionId, missing, (session, now) => failSession(session, error, now));
  }
}
