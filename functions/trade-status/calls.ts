/** What an orchestrator can say, and the checks that hold for the library, HTTP and direct calls alike. */

import * as v from "valibot";
import { fields, identifier, reference, requiredText, text, timestamp } from "../shared/input";
import { agentNames, sourceTypes } from "./model";

/** Far beyond any model's context, and small enough that four of them add up exactly. */
const mostTokens = 1e12;
const tokens = v.pipe(
  v.number(),
  v.integer("must be a whole number"),
  v.minValue(0, "must not be negative"),
  v.maxValue(mostTokens, `must be at most ${mostTokens}`),
);

const mostSeconds = 1e9;
const seconds = v.pipe(
  v.number(),
  v.minValue(0, "must not be negative"),
  v.maxValue(mostSeconds, `must be at most ${mostSeconds}`),
  v.transform((value) => Math.round(value * 1000) / 1000),
);

const tokenUsage = v.pipe(
  fields({ inputTokens: tokens, outputTokens: tokens, totalTokens: v.optional(tokens) }),
  v.transform(({ inputTokens, outputTokens, totalTokens = inputTokens + outputTokens }) => ({
    inputTokens,
    outputTokens,
    totalTokens,
  })),
);

const session = { sessionId: identifier };
const agent = { ...session, agent: v.picklist(agentNames, `must be one of ${agentNames.join(", ")}`) };
const end = {
  ...agent,
  activity: v.optional(text),
  completedAt: v.optional(timestamp),
  duration: v.optional(seconds),
  tokenUsage: v.optional(tokenUsage),
};

export const calls = {
  startSession: fields({
    ...session,
    correlationId: identifier,
    documentId: v.optional(reference),
    sourceType: v.optional(v.picklist(sourceTypes, `must be one of ${sourceTypes.join(", ")}`)),
  }),
  startAgent: fields({ ...agent, activity: v.optional(text), startedAt: v.optional(timestamp) }),
  completeAgent: fields(end),
  failAgent: fields({ ...end, error: requiredText }),
  completeSession: fields(session),
  failSession: fields({ ...session, error: v.optional(requiredText) }),
};

export type CallName = keyof typeof calls;

/** What a caller gives for a call. */
export type Call<Name extends CallName> = v.InferInput<(typeof calls)[Name]>;
