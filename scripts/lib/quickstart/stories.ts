/** What the quickstart plays: a story of each system, with the examples of the requirement documents. */

import { stepNames } from "../../../functions/design-analysis/model";
import { agentNames } from "../../../functions/trade-status/model";
import { brandStory } from "./brand-story";
import { get, httpStory, post, type Call, type HttpStory } from "./http-story";
import type { Story } from "./story";

const conversation = "/conversations/550e8400-e29b-41d4-a716-446655440000";
const say = (role: string, content: string, tool_calls?: readonly object[]): Call =>
  post(`${conversation}/messages`, { role, content, ...(tool_calls && { tool_calls }) }, 201);

const plumber = "agent-plumber-berlin-01";
const write = (sender: string, message: string): Call =>
  post("/conversation", { conversation_id: "conv-plumber-0001", agent_id: plumber, sender, message }, 201);

const sessionId = "test-session-123";
const request_id = "analysis_abc123";

const httpStories: readonly HttpStory[] = [
  {
    system: "conversations",
    calls: [
      post("/conversations", { conversation_id: "550e8400-e29b-41d4-a716-446655440000" }, 201),
      say("user", "Show me 4K renders"),
      say("assistant", "I found 5 4K renders...", [
        { tool: "filter_by_metadata", args: { resolution: "3840x2160", limit: 10 }, result: [] },
      ]),
      say("user", "Show me the first one"),
      say("assistant", "Here are the details...", [
        { tool: "get_file_details", args: { file_id: 123 }, result: {} },
      ]),
      { method: "PATCH", path: conversation, body: { title: "4K Renders Search" }, status: 200 },
      get(conversation),
    ],
    ending: { path: "/conversations", text: '"title":"4K Renders Search"' },
  },
  {
    system: "agent-matching",
    calls: [
      post(
        "/store",
        {
          id: plumber,
          name: "Rohrfrei Meisterbetrieb",
          job: "Plumber",
          averagePrice: 85,
          tags: ["emergency", "heating"],
          location: ["Germany", "Berlin"],
        },
        201,
      ),
      get(`/retrieve/${plumber}`),
      post("/match", { job: "plumber", city: "Berlin", tags: ["heating"], maxPrice: 90 }),
      write("customer", "Can you come this afternoon?"),
      write("agent", "At four."),
      get("/conversation/conv-plumber-0001"),
      get("/list"),
    ],
    ending: { path: `/agent/${plumber}/conversations`, text: '"message":"At four."' },
  },
  {
    system: "trade-status",
    calls: [
      post("/status", { sessionId, correlationId: "test-corr-123", sourceType: "BANK" }, 201),
      ...agentNames.flatMap((agent) => [
        post(`/status/${sessionId}/agents/${agent}/start`, { activity: `Running ${agent}` }),
        post(`/status/${sessionId}/agents/${agent}/complete`, {
          duration: 17.095,
          tokenUsage: { inputTokens: 11689, outputTokens: 2480 },
        }),
      ]),
      post(`/status/${sessionId}/complete`),
      get(`/status/${sessionId}`),
    ],
    ending: { path: `/status/${sessionId}`, text: '"overallStatus":"completed"' },
  },
  {
    system: "design-analysis",
    calls: [
      post(
        "/analysis/requests",
        { request_id, research_data: "s3://bucket/research-data/interview.txt" },
        201,
      ),
      ...stepNames.flatMap((step) => [
        post(`/analysis/requests/${request_id}/steps/${step}/start`),
        post(
          `/analysis/requests/${request_id}/steps/${step}/complete`,
          step === "activating" ? { result_data: "s3://bucket/analysis-results/analysis_abc123.json" } : {},
        ),
      ]),
      get(`/analysis/status/${request_id}`),
    ],
    ending: { path: "/analysis/requests?status=completed", text: `"request_id":"${request_id}"` },
  },
];

export const stories: readonly Story[] = [...httpStories.map(httpStory), brandStory];
