import { agentNames, type AgentName, type AgentState, type Session, type TokenUsage } from "./model";

type AgentView = AgentState | { readonly status: "pending" };

/** A session as callers see it: every agent and total is there, also before the orchestrator reaches them. */
export type SessionView = Omit<Session, AgentName | "totalTokenUsage" | "totalDuration"> &
  Readonly<Record<AgentName, AgentView>> & {
    readonly totalTokenUsage: TokenUsage;
    readonly totalDuration: number;
  };

const pending = { status: "pending" } as const;
const noTokens: TokenUsage = { inputTokens: 0, outputTokens: 0, totalTokens: 0 };

export function viewOf(session: Session): SessionView {
  const agents = Object.fromEntries(agentNames.map((name) => [name, session[name] ?? pending]));
  return {
    ...session,
    ...(agents as Record<AgentName, AgentView>),
    totalTokenUsage: session.totalTokenUsage ?? noTokens,
    totalDuration: session.totalDuration ?? 0,
  };
}
