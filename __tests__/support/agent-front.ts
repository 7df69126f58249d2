/** Bedrock's agents on one endpoint: listed page by page, and answering as a test has it. */

import { createServer, type ServerResponse } from "node:http";
import { encodeEvent, type StreamEvent } from "../../scripts/local/bedrock/agent-stream";
import { addressOf, listen } from "../../scripts/local/ports";
import type { AwsReply, Repair } from "../../scripts/local/repairs/repair";
import { localAccountId } from "../../stacks/local-endpoint";
import { callerIdentity } from "./lambda-stub";

export const agentId = "GZF9REHEAO";
export const aliasId = "XWTFA4KL42";

export interface AgentFront {
  readonly url: string;
  /** Bodies of the questions. */
  readonly asked: readonly Readonly<Record<string, unknown>>[];
  /** Paths of the lists that were asked for. */
  readonly listed: readonly string[];
  close(): Promise<void>;
}

export interface AgentScript {
  /** One page each; the agent of `local` is on the second by default. */
  readonly agents?: readonly (readonly string[])[];
  readonly aliases?: readonly (readonly { readonly name: string; readonly status: string }[])[];
  /** Who answers questions: the stand-in of the local AWS, or the test. */
  readonly answer: { readonly by: Repair } | { readonly with: (response: ServerResponse) => void };
}

const ordinaryAgents = [["support-local", "sales-local"], ["brand-processing-local"]];
const ordinaryAliases = [
  [{ name: "AgentTestAlias", status: "PREPARED" }],
  [{ name: "local", status: "PREPARED" }],
];

export async function playAgents(script: AgentScript): Promise<AgentFront> {
  const { agents = ordinaryAgents, aliases = ordinaryAliases, answer } = script;
  const asked: Readonly<Record<string, unknown>>[] = [];
  const listed: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks);
      const { url = "", method = "", headers } = request;
      if (url === "/") {
        response.writeHead(200, { "content-type": "text/xml" }).end(callerIdentity(localAccountId));
        return;
      }
      const input = JSON.parse(body.toString()) as Readonly<Record<string, unknown>>;
      const page = Number(input["nextToken"] ?? 0);
      const next = (pages: readonly unknown[]) =>
        page + 1 < pages.length ? { nextToken: String(page + 1) } : {};
      if (/\/(agents|agentaliases)\/$/.test(url)) listed.push(url);
      if (url === "/agents/") {
        const agentSummaries = agents[page]?.map((agentName) => ({
          agentName,
          agentId: agentName === "brand-processing-local" ? agentId : "AAAAAAAAAA",
          agentStatus: "PREPARED",
          updatedAt: "2026-02-15T12:00:00Z",
        }));
        sendJson(response, { agentSummaries, ...next(agents) });
      } else if (url.endsWith("/agentaliases/")) {
        const agentAliasSummaries = aliases[page]?.map(({ name, status }) => ({
          agentAliasId: name === "local" ? aliasId : "TSTALIASID",
          agentAliasName: name,
          agentAliasStatus: status,
          createdAt: "2026-02-15T12:00:00Z",
          updatedAt: "2026-02-15T12:00:00Z",
        }));
        sendJson(response, { agentAliasSummaries, ...next(aliases) });
      } else {
        asked.push(input);
        if ("with" in answer) {
          answer.with(response);
          return;
        }
        const call = { method, url, target: "", headers, body };
        const forward = (): Promise<AwsReply> => Promise.reject(new Error("Nobody else answers."));
        void answer.by(call, forward)?.then((reply) => {
          response.writeHead(reply.status, reply.headers as Record<string, string>).end(reply.body);
        });
      }
    });
  });
  await listen(server, 0);
  return {
    url: addressOf(server),
    asked,
    listed,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function sendJson(response: ServerResponse, document: object): void {
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(document));
}

/** Begins an answer of Bedrock, whose events follow. */
export function beginStream(response: ServerResponse): (...events: readonly StreamEvent[]) => void {
  response.writeHead(200, {
    "content-type": "application/vnd.amazon.eventstream",
    "x-amzn-bedrock-agent-content-type": "application/json",
    "x-amz-bedrock-agent-session-id": "session-1",
  });
  return (...events) => {
    for (const event of events) response.write(encodeEvent(event));
  };
}

/** A step of the agent's trace. */
export const traced = (trace: object): StreamEvent => ({
  kind: "event",
  name: "trace",
  payload: { agentId, agentAliasId: aliasId, sessionId: "session-1", agentVersion: "1", trace },
});

export const called = (traceId: string, name: string, parameters: readonly object[] = []): StreamEvent =>
  traced({
    orchestrationTrace: {
      invocationInput: {
        traceId,
        invocationType: "ACTION_GROUP",
        actionGroupInvocationInput: { actionGroupName: "brands", function: name, parameters },
      },
    },
  });

export const gave = (traceId: string, text: string): StreamEvent =>
  traced({
    orchestrationTrace: {
      observation: { traceId, type: "ACTION_GROUP", actionGroupInvocationOutput: { text } },
    },
  });

export const failed = (name: string, message = "As it is."): StreamEvent => ({
  kind: "exception",
  name,
  message,
});

/** Bytes of a text that a part of an answer has, wherever they end. */
export const bytesEvent = (bytes: Uint8Array): StreamEvent => ({
  kind: "event",
  name: "chunk",
  payload: { bytes: Buffer.from(bytes).toString("base64") },
});
