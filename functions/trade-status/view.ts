import { agentNames, type AgentName, type AgentState, type Session, type TokenUsage } from "./model";

type AgentView = AgentState | { readonly status: "pending" };

/** A session as callers see it: every agent and total is there, also before the orchestrator reaches them. */
export type SessionView = Omit<Session, AgentName | "totalTokenUsage" | "totalDuration"> &
  Readonly<Record<AgentName, AgentView>> & {
    readonly totalTokenUsage: TokenUsage;
    readonly totalDuration: number;
  };

const noTokens: TokenUsage = { inputTokens: 0, outputTokens: 0, totalTokens: 0 };

/** In the document's order, whatever order DynamoDB gives maps in: one state has one text, and one ETag. */
export function viewOf(session: Session): SessionView {
  const { sessionId, correlationId, documentId, sourceType, overallStatus } = session;
  const { totalTokenUsage = noTokens, totalDuration = 0, createdAt, lastUpdated, expiresAt } = session;
  const agents = Object.fromEntries(agentNames.map((name) => [name, agentView(session[name])]));
  return {
    sessionId,
    correlationId,
    ...(documentId !== undefined && { documentId }),
    ...(sourceType !== undefined && { sourceType }),
    overallStatus,
    ...(agents as Record<AgentName, AgentView>),
    totalTokenUsage: usageView(totalTokenUsage),
    totalDuration,
    createdAt,
    ...(lastUpdated !== undefined && { lastUpdated }),
    expiresAt,
  };
}

function agentView(state: AgentState | undefined): AgentView {
  if (state === undefined) return { status: "pending" };
  const { status, activity, startedAt } = state;
  const started = { ...(activity !== undefined && { activity }), startedAt };
  if (status === "in-progress") return { status, ...started };
  const { completedAt, duration, tokenUsage } = state;
  const ended = {
    ...started,
    completedAt,
    duration,
    ...(tokenUsage && { tokenUsage: usageView(tokenUsage) }),
  };
  return status === "error" ? { status, ...ended, error: state.error } : { status, ...ended };
}

const usageView = ({ inputTokens, outputTokens, totalTokens }: TokenUsage): TokenUsage => ({
  inputTokens,
  outputTokens,
  totalTokens,
});
