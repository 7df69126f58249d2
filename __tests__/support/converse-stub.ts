/** Bedrock's Converse API in a test's own hands. */

import { createServer } from "node:http";
import { addressOf, listen } from "../../scripts/local/ports";

/** What the model was asked, as it was sent. */
export interface Asked {
  readonly path: string;
  readonly body: {
    readonly system: readonly { readonly text: string }[];
    readonly messages: readonly { readonly content: readonly { readonly text: string }[] }[];
    readonly inferenceConfig: object;
    readonly guardrailConfig?: object;
  };
}

export type Reply =
  | { readonly text: string; readonly stopReason?: string }
  | { readonly status: number; readonly type: string; readonly message?: string }
  | "hang up";

export interface ConverseStub {
  readonly endpoint: string;
  readonly asked: Asked[];
  reply: Reply;
  stop(): Promise<void>;
}

export async function startConverse(): Promise<ConverseStub> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as Asked["body"];
      stub.asked.push({ path: request.url ?? "", body });
      const { reply } = stub;
      if (reply === "hang up") {
        response.destroy();
        return;
      }
      const [status, type, answer] =
        "text" in reply
          ? [200, undefined, answerOf(reply.text, reply.stopReason)]
          : [reply.status, reply.type, { message: reply.message ?? "It failed." }];
      response
        .writeHead(status, {
          "content-type": "application/json",
          ...(type !== undefined && { "x-amzn-errortype": type }),
        })
        .end(JSON.stringify(answer));
    });
  });
  const stub: ConverseStub = {
    endpoint: "",
    asked: [],
    reply: { text: "" },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  await listen(server, 0);
  return Object.assign(stub, { endpoint: addressOf(server) });
}

const answerOf = (text: string, stopReason = "end_turn") => ({
  output: { message: { role: "assistant", content: [{ text }] } },
  stopReason,
  usage: { inputTokens: 200, outputTokens: 80, totalTokens: 280 },
  metrics: { latencyMs: 900 },
});
