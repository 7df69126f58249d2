/**
 * A trade-matching session and its four agents (document 003), and which transitions are allowed. Pure: each
 * function takes the session as it is and gives the attributes that change, nothing when the session shows
 * the call's effect already, or refuses.
 */

import { tradeProcessingStatus } from "../../tables/trade-processing-status";
import { isBefore, isoTime, isSameTime, secondsBetween } from "../shared/clock";
import { Refusal } from "../shared/refusal";
import type { Decision } from "../shared/versioned-table";

/** In the order in which the orchestrator calls them. */
export const agentNames = ["pdfAdapter", "tradeExtraction", "tradeMatching", "exceptionManagement"] as const;
export type AgentName = (typeof agentNames)[number];

export const sourceTypes = ["BANK", "COUNTERPARTY"] as const;
export type SourceType = (typeof sourceTypes)[number];

export interface TokenUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly totalTokens: number;
}

interface Started {
  readonly activity?: string;
  readonly startedAt: string;
}

interface Ended extends Started {
  readonly completedAt: string;
  /** Seconds. */
  readonly duration: number;
  readonly tokenUsage?: TokenUsage;
}

/** An agent that the orchestrator has reached. One that it has not is pending, and absent. */
export type AgentState =
  | (Started & { readonly status: "in-progress" })
  | (Ended & { readonly status: "success" })
  | (Ended & { readonly status: "error"; readonly error: string });

export type OverallStatus = "initializing" | "processing" | "completed" | "failed";

export type Session = Readonly<Partial<Record<AgentName, AgentState>>> & {
  readonly sessionId: string;
  readonly correlationId: string;
  readonly documentId?: string;
  readonly sourceType?: SourceType;
  readonly overallStatus: OverallStatus;
  readonly totalTokenUsage?: TokenUsage;
  /** Seconds. */
  readonly totalDuration?: number;
  readonly createdAt: string;
  readonly lastUpdated?: string;
  /** Seconds since 1970. */
  readonly expiresAt: number;
};

export interface NewSession {
  readonly sessionId: string;
  readonly correlationId: string;
  readonly documentId?: string | undefined;
  readonly sourceType?: SourceType | undefined;
}

export interface AgentStart {
  readonly agent: AgentName;
  readonly activity?: string | undefined;
  /** The present time by default. A call that gives it is known again however late it is repeated. */
  readonly startedAt?: string | undefined;
}

export interface AgentEnd {
  readonly agent: AgentName;
  readonly activity?: string | undefined;
  readonly completedAt?: string | undefined;
  /** Seconds; the time between start and completion by default. */
  readonly duration?: number | undefined;
  readonly tokenUsage?: TokenUsage | undefined;
  /** Set when the agent failed. */
  readonly error?: string | undefined;
}

const secondsADay = 86_400;
/** Document 003; the spec has it from there. */
const { retentionDays = 90 } = tradeProcessingStatus.timeToLive ?? {};

/** A session at its beginning. */
export function newSession(given: NewSession, now: Date): Session {
  const { sessionId, correlationId, documentId, sourceType } = given;
  return {
    sessionId,
    correlationId,
    ...(documentId !== undefined && { documentId }),
    ...(sourceType !== undefined && { sourceType }),
    overallStatus: "initializing",
    createdAt: isoTime(now),
    expiresAt: Math.floor(now.getTime() / 1000) + retentionDays * secondsADay,
  };
}

/** Whether starting the session again is the same call repeated. */
export const isSameSession = (session: Session, given: NewSession): boolean =>
  session.correlationId === given.correlationId &&
  session.documentId === given.documentId &&
  session.sourceType === given.sourceType;

export function startAgent(session: Session, call: AgentStart, now: Date): Decision<Session> {
  const { agent, activity, startedAt } = call;
  const state = session[agent];
  if (state !== undefined) {
    if (isSameStart(state, call)) return undefined;
    throw conflict(`Agent ${agent} is ${state.status}: it is started once.`);
  }
  refuseWhenEnded(session);
  return withAgent(session, agent, {
    status: "in-progress",
    ...(activity !== undefined && { activity }),
    startedAt: startedAt ?? isoTime(now),
  });
}

export function endAgent(session: Session, call: AgentEnd, now: Date): Decision<Session> {
  const { agent } = call;
  const state = session[agent];
  const goesOn = session.overallStatus !== "completed";
  if (state?.status === "in-progress" && goesOn) return withAgent(session, agent, ended(state, call, now));
  if (state !== undefined && isSameEnd(state, call)) return undefined;
  refuseWhenEnded(session);
  throw conflict(`Agent ${agent} is ${state?.status ?? "pending"}: only one that is in-progress can end.`);
}

export function completeSession(session: Session): Decision<Session> {
  switch (session.overallStatus) {
    case "completed":
      return undefined;
    case "initializing":
      throw conflict("The session is initializing: no agent has started.");
    case "failed":
      throw conflict("The session is failed: it cannot complete.");
    case "processing": {
      const active = agentsIn(session, "in-progress");
      if (active.length === 0) return { overallStatus: "completed" };
      throw conflict(`Agent ${active.join(", ")} is in-progress: the session goes on.`);
    }
  }
}

/** Agents that were at work can no longer report: they fail with the session. */
export function failSession(session: Session, error: string | undefined, now: Date): Decision<Session> {
  if (session.overallStatus === "completed") throw conflict("The session is completed: it cannot fail.");
  const active = agentsIn(session, "in-progress");
  if (session.overallStatus === "failed" && active.length === 0) return undefined;
  const reason = error ?? "The session failed.";
  const failed = active.reduce<Session>(
    (changed, agent) => ({ ...changed, ...endAgent(changed, { agent, error: reason }, now) }),
    session,
  );
  return {
    ...Object.fromEntries(active.map((agent) => [agent, failed[agent]])),
    ...(active.length > 0 && totals(failed)),
    overallStatus: "failed",
  };
}

const conflict = (message: string) => new Refusal("conflict", message);

function refuseWhenEnded({ overallStatus }: Session): void {
  if (overallStatus === "completed" || overallStatus === "failed") {
    throw conflict(`The session is ${overallStatus}: it takes no more updates.`);
  }
}

const agentsIn = (session: Session, status: AgentState["status"]): readonly AgentName[] =>
  agentNames.filter((agent) => session[agent]?.status === status);

/** The agent's new state and what follows from it. */
function withAgent(session: Session, agent: AgentName, state: AgentState): Decision<Session> {
  const changed = { ...session, [agent]: state };
  const hasFailed = session.overallStatus === "failed" || agentsIn(changed, "error").length > 0;
  return {
    [agent]: state,
    ...(state.status !== "in-progress" && totals(changed)),
    overallStatus: hasFailed ? "failed" : "processing",
  };
}

function ended(state: Started, call: AgentEnd, now: Date): AgentState {
  // An orchestrator's clock may run ahead of ours.
  const present = isBefore(isoTime(now), state.startedAt) ? state.startedAt : isoTime(now);
  const { activity = state.activity, completedAt = present, duration, tokenUsage, error } = call;
  if (isBefore(completedAt, state.startedAt)) {
    throw new Refusal("invalid", "completedAt must not be before the agent's startedAt.", "completedAt");
  }
  const base: Ended = {
    // Whatever else another program keeps there.
    ...state,
    ...(activity !== undefined && { activity }),
    completedAt,
    duration: duration ?? secondsBetween(state.startedAt, completedAt),
    ...(tokenUsage && { tokenUsage }),
  };
  return error === undefined ? { ...base, status: "success" } : { ...base, status: "error", error };
}

/** A start that names its time is known however late it comes; another must find the agent as it left it. */
function isSameStart(state: AgentState, { activity, startedAt }: AgentStart): boolean {
  const isActive = state.status === "in-progress";
  const isSameActivity = activity === undefined || activity === state.activity;
  if (startedAt === undefined) return isActive && isSameActivity;
  return isSameTime(startedAt, state.startedAt) && (isSameActivity || !isActive);
}

/** What the call gives must be what the agent shows; what it leaves out was filled in by the first call. */
function isSameEnd(state: AgentState, call: AgentEnd): boolean {
  if (state.status === "in-progress") return false;
  const error = state.status === "error" ? state.error : undefined;
  const { activity, completedAt, duration, tokenUsage } = call;
  return (
    call.error === error &&
    isSameUsage(tokenUsage, state.tokenUsage) &&
    (activity === undefined || activity === state.activity) &&
    (completedAt === undefined || isSameTime(completedAt, state.completedAt)) &&
    (duration === undefined || duration === state.duration)
  );
}

const isSameUsage = (one: TokenUsage | undefined, other: TokenUsage | undefined): boolean =>
  one?.inputTokens === other?.inputTokens &&
  one?.outputTokens === other?.outputTokens &&
  one?.totalTokens === other?.totalTokens;

/** Computed anew from the agents each time, so that no order or repetition of calls can make them wrong. */
function totals(session: Session): Pick<Session, "totalTokenUsage" | "totalDuration"> {
  const states = agentNames.flatMap((agent) => {
    const state = session[agent];
    return state === undefined || state.status === "in-progress" ? [] : [state];
  });
  const sum = (of: (usage: TokenUsage) => number) =>
    states.reduce((total, { tokenUsage }) => total + (tokenUsage ? of(tokenUsage) : 0), 0);
  return {
    totalTokenUsage: {
      inputTokens: sum((usage) => usage.inputTokens),
      outputTokens: sum((usage) => usage.outputTokens),
      totalTokens: sum((usage) => usage.totalTokens),
    },
    // In whole milliseconds: 0.1 and 0.2 seconds are 0.3.
    totalDuration: states.reduce((total, { duration }) => total + Math.round(duration * 1000), 0) / 1000,
  };
}
