/** What the quickstart plays through the APIs: a story of each system that has one. */

import { agentNames } from "../../../functions/trade-status/model";
import { stepNames } from "../../../functions/design-analysis/model";
import type { System } from "../../../tables/systems";
import type { Gateway } from "../../local/gateway/start-gateway";
import { localToken } from "../../local/gateway/token";

interface Call {
  readonly method: "GET" | "POST" | "PATCH";
  readonly path: string;
  readonly body?: object;
  readonly status: number;
}

export interface Story {
  readonly system: System;
  readonly calls: readonly Call[];
  /** Where the story's end is read, and what must stand there. */
  readonly ending: { readonly path: string; readonly text: string };
}

export interface PlayedStory {
  readonly system: System;
  readonly calls: number;
}

const post = (path: string, body: object = {}, status = 200): Call => ({
  method: "POST",
  path,
  body,
  status,
});
const get = (path: string): Call => ({ method: "GET", path, status: 200 });

const conversation = "/conversations/550e8400-e29b-41d4-a716-446655440000";
const say = (role: string, content: string, tool_calls?: readonly object[]): Call =>
  post(`${conversation}/messages`, { role, content, ...(tool_calls && { tool_calls }) }, 201);

const plumber = "agent-plumber-berlin-01";
const write = (sender: string, message: string): Call =>
  post("/conversation", { conversation_id: "conv-plumber-0001", agent_id: plumber, sender, message }, 201);

const sessionId = "test-session-123";
const request_id = "analysis_abc123";

/** With the examples of the requirement documents. */
export const stories: readonly Story[] = [
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

const callMilliseconds = 30_000;

/**
 * Plays a story through the APIs, then reads its end.
 *
 * @throws Error that names the call whose answer was not the expected one.
 */
export async function play(story: Story, gateway: Gateway): Promise<PlayedStory> {
  const send = sender(gateway);
  for (const { method, path, body, status } of story.calls) {
    const response = await send(path, { method, ...(body && { body: JSON.stringify(body) }) });
    if (response.status !== status) throw new Error(await mismatch(method, path, status, response));
  }
  const { path, text } = story.ending;
  const response = await send(path);
  if (!(await response.text()).includes(text)) {
    throw new Error(`GET ${path} does not show the end of the story: ${text} is not there.`);
  }
  return { system: story.system, calls: story.calls.length + 1 };
}

/** Sends with a token where the APIs take any (LOCAL_JWT_ISSUER). */
function sender({ url, routes }: Gateway) {
  const [authorizer] = routes.flatMap(({ authorization }) =>
    authorization.type === "JWT" ? [authorization] : [],
  );
  const headers = authorizer && { authorization: `Bearer ${localToken("demo", authorizer)}` };
  return (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${url}${path}`, {
      ...init,
      ...(headers && { headers }),
      signal: AbortSignal.timeout(callMilliseconds),
    });
}

async function mismatch(method: string, path: string, expected: number, response: Response): Promise<string> {
  const text = (await response.text()).slice(0, 300);
  return `${method} ${path} answered ${response.status}, expected ${expected}: ${text}`;
}
