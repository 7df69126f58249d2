/**
 * The calls with which each function is measured: what its callers ordinarily do. Every route of a function
 * that is called here is measured; whoever adds a function adds an entry.
 */

import { stepNames } from "../../../functions/design-analysis/model";
import { agentNames } from "../../../functions/trade-status/model";
import { conversations } from "../../../tables/conversations";
import { designAnalysisTracking } from "../../../tables/design-analysis-tracking";
import { tradeProcessingStatus } from "../../../tables/trade-processing-status";
import { brandFunctions } from "./brand-calls";
import { conversation, storedConversationId, storedConversations } from "./conversation-calls";
import type { FunctionCalls, HttpCall } from "./measured-calls";
import { matchingReads, matchingWrites } from "./matching-calls";
import {
  activity,
  particulars,
  requestId,
  research_data,
  resultOf,
  sessionId,
  storedAnalyses,
  storedSessions,
  tokenUsage,
} from "./stored-items";

/** By the function's name without its environment, as in production. */
export const functionCalls: Readonly<Partial<Record<string, FunctionCalls>>> = {
  "conversations-read": {
    stored: { spec: conversations, items: () => storedConversations(50) },
    series: [
      {
        name: "a conversation",
        story: (number) => [
          {
            route: "GET /conversations/{conversation_id}",
            path: { conversation_id: storedConversationId(number % 50) },
          },
        ],
      },
      {
        name: "20 newest of 50",
        story: () => [{ route: "GET /conversations", query: { limit: "20" } }],
      },
    ],
  },
  "conversations-write": {
    series: [{ name: "a conversation, deleted", story: conversation }],
  },
  "trade-status-read": {
    stored: { spec: tradeProcessingStatus, items: () => storedSessions(20) },
    series: [
      {
        name: "status of a session",
        story: (number) => [
          { route: "GET /status/{sessionId}", path: { sessionId: sessionId(number % 20) } },
        ],
      },
    ],
  },
  "trade-status-write": {
    series: [
      { name: "two sessions, one fails", story: (number) => [...goodSession(number), ...badSession(number)] },
    ],
  },
  "design-analysis-read": {
    stored: { spec: designAnalysisTracking, items: () => storedAnalyses(100) },
    series: [
      {
        name: "status of an analysis",
        story: (number) => [
          { route: "GET /analysis/status/{request_id}", path: { request_id: requestId(number % 100) } },
        ],
      },
      {
        name: "50 newest of 100",
        story: () => [{ route: "GET /analysis/requests", query: { limit: "50" } }],
      },
    ],
  },
  "design-analysis-write": {
    series: [{ name: "an analysis with a retry", story: analysis }],
  },
  "agent-matching-read": matchingReads,
  "agent-matching-write": matchingWrites,
  ...brandFunctions,
};

function goodSession(number: number): readonly HttpCall[] {
  const id = `good-${number}`;
  return [
    startedSession(id),
    ...agentNames.flatMap((agent) => [
      ofAgent(id, agent, "start", { activity }),
      ofAgent(id, agent, "complete", { tokenUsage }),
    ]),
    { route: "POST /status/{sessionId}/complete", path: { sessionId: id } },
  ];
}

/** An agent fails while another is at work, which then fails with the session. */
function badSession(number: number): readonly HttpCall[] {
  const id = `bad-${number}`;
  const [first, second] = agentNames;
  return [
    startedSession(id),
    ofAgent(id, first, "start", { activity }),
    ofAgent(id, second, "start", { activity }),
    ofAgent(id, first, "fail", { error }),
    { route: "POST /status/{sessionId}/fail", path: { sessionId: id }, body: { error } },
  ];
}

const error = "The document has no text layer.";

const ofAgent = (sessionId: string, agent: string, transition: string, body: object): HttpCall => ({
  route: `POST /status/{sessionId}/agents/{agent}/${transition}`,
  path: { sessionId, agent },
  body,
});

const startedSession = (id: string): HttpCall => ({ route: "POST /status", body: particulars(id) });

function analysis(number: number): readonly HttpCall[] {
  const request_id = `analysis_${number}`;
  const step = (name: string, transition: string, body: object = {}): HttpCall => ({
    route: `POST /analysis/requests/{request_id}/steps/{step}/${transition}`,
    path: { request_id, step: name },
    body,
  });
  const [first, ...others] = stepNames;
  return [
    { route: "POST /analysis/requests", body: { request_id, research_data } },
    step(first, "start"),
    step(first, "fail", { message: "The model timed out" }),
    step(first, "retry"),
    step(first, "complete"),
    ...others.flatMap((name) => [step(name, "start"), step(name, "complete", resultOf(name))]),
  ];
}
