/** A proxy in front of a DynamoDB that tells of each call: what was asked of which table, and its capacity. */

import { createServer, type IncomingMessage, type Server } from "node:http";
import { listen } from "./ports";

export interface RecordedCall {
  /** `GetItem`, for instance. */
  readonly operation: string;
  readonly table: string;
  readonly index?: string;
  /** Capacity units, where the emulator counts them. */
  readonly units?: number;
}

export interface CallRecorder {
  readonly endpoint: string;
  /** In the order of their answers. */
  readonly calls: RecordedCall[];
  stop(): Promise<void>;
}

interface Request {
  readonly TableName?: string;
  readonly IndexName?: string;
}

interface Reply {
  readonly ConsumedCapacity?: { readonly CapacityUnits?: number };
}

export async function startCallRecorder(endpoint: string): Promise<CallRecorder> {
  const calls: RecordedCall[] = [];
  const server = createServer((incoming, outgoing) => {
    void handOver(endpoint, incoming, calls)
      .then(({ status, body }) => {
        outgoing.writeHead(status, { "content-type": "application/x-amz-json-1.0" });
        outgoing.end(body);
      })
      .catch(() => outgoing.destroy());
  });
  const port = await listen(server, 0);
  return { endpoint: `http://127.0.0.1:${port}`, calls, stop: () => close(server) };
}

async function handOver(endpoint: string, incoming: IncomingMessage, calls: RecordedCall[]) {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const request = JSON.parse(Buffer.concat(chunks).toString()) as Request;
  const target = String(incoming.headers["x-amz-target"]);
  const response = await fetch(endpoint, {
    method: "POST",
    headers: signedHeaders(incoming),
    body: JSON.stringify({ ...request, ReturnConsumedCapacity: "TOTAL" }),
  });
  const body = await response.text();
  const units = (JSON.parse(body) as Reply).ConsumedCapacity?.CapacityUnits;
  calls.push({
    operation: target.split(".")[1] ?? target,
    table: request.TableName ?? "",
    ...(request.IndexName !== undefined && { index: request.IndexName }),
    ...(units !== undefined && { units }),
  });
  return { status: response.status, body };
}

/** Emulators look whether a call is signed, and not whether its signature is right. */
const signedHeaders = ({ headers }: IncomingMessage): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => name.startsWith("x-amz-") || name === "authorization" || name === "content-type")
      .map(([name, value]) => [name, String(value)]),
  );

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
