/** The status of a trade matching session (document 003). */

import * as v from "valibot";
import { agentNames } from "../../../functions/trade-status/model";
import type { Adapter } from "./adapter";
import { firstStart, lastEnd, parseTime, type Step } from "./progress";

const tokenUsageSchema = v.object({
  inputTokens: v.number(),
  outputTokens: v.number(),
  totalTokens: v.number(),
});

const agentSchema = v.object({
  status: v.picklist(["pending", "in-progress", "success", "error"]),
  activity: v.nullish(v.string(), ""),
  startedAt: v.nullish(v.string()),
  completedAt: v.nullish(v.string()),
  duration: v.nullish(v.number()),
  error: v.nullish(v.string()),
});

const answerSchema = v.object({
  sessionId: v.string(),
  overallStatus: v.picklist(["initializing", "processing", "completed", "failed"]),
  ...v.entriesFromList(agentNames, v.optional(agentSchema)),
  totalTokenUsage: v.nullish(tokenUsageSchema),
  totalDuration: v.nullish(v.number()),
  createdAt: v.nullish(v.string()),
  lastUpdated: v.nullish(v.string()),
});

export const tradeStatus: Adapter = {
  noun: "session",
  path: (id) => `status/${encodeURIComponent(id)}`,
  read(id, answer) {
    const session = v.parse(answerSchema, answer);
    const steps = agentNames.map((name) => readAgent(name, session[name]));
    const { overallStatus: overall, totalTokenUsage: tokens } = session;
    return {
      id,
      overall,
      isDone: overall === "completed" || overall === "failed",
      hasFailed: overall === "failed",
      startedAt: parseTime(session.createdAt) ?? firstStart(steps),
      completedAt: lastEnd(steps) ?? parseTime(session.lastUpdated),
      steps,
      totals: {
        tokens: tokens
          ? { input: tokens.inputTokens, output: tokens.outputTokens, total: tokens.totalTokens }
          : undefined,
        seconds: session.totalDuration ?? undefined,
      },
    };
  },
};

function readAgent(name: string, agent: v.InferOutput<typeof agentSchema> | undefined): Step {
  return {
    name,
    status: agent?.status ?? "pending",
    // What went wrong says more than what the agent was doing.
    message: (agent?.error || agent?.activity) ?? "",
    startedAt: parseTime(agent?.startedAt),
    completedAt: parseTime(agent?.completedAt),
    seconds: agent?.duration ?? undefined,
  };
}
