/** A proxy in front of a DynamoDB that tells of each call: what was asked of which table, and its capacity. */

import { createServer, type IncomingMessage, type Server } from "node:http";
import { listen } from "./ports";

export interface RecordedCall {
  /**
   * `GetItem`, for instance. A transaction is recorded as the writes that it has, since those are what IAM has
   * actions for; its units are with the first of them.
   */
  readonly operation: string;
  readonly table: string;
  readonly index?: string;
  /** Whether it was a read that had to be consistent. */
  readonly consistent?: true;
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
  readonly ConsistentRead?: boolean;
  /** Of BatchWriteItem, by table. */
  readonly RequestItems?: Readonly<Record<string, unknown>>;
  /** Each has one member, by its kind. */
  readonly TransactItems?: readonly Readonly<Record<string, { readonly TableName?: string }>>[];
}

interface Capacity {
  readonly CapacityUnits?: number;
}

interface Reply {
  /** A list of them, a table each, when the call may go to several tables. */
  readonly ConsumedCapacity?: Capacity | readonly Capacity[];
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
  const units = unitsOf(JSON.parse(body) as Reply);
  for (const [index, call] of callsOf(target.split(".")[1] ?? target, request).entries()) {
    calls.push({ ...call, ...(units !== undefined && { units: index === 0 ? units : 0 }) });
  }
  return { status: response.status, body };
}

function unitsOf({ ConsumedCapacity }: Reply): number | undefined {
  const parts = [ConsumedCapacity ?? []].flat();
  return parts.reduce<number | undefined>(
    (sum, { CapacityUnits }) => (CapacityUnits === undefined ? sum : (sum ?? 0) + CapacityUnits),
    undefined,
  );
}

function callsOf(operation: string, request: Request): readonly RecordedCall[] {
  const { TableName: table = "", IndexName: index, ConsistentRead, RequestItems, TransactItems } = request;
  if (TransactItems !== undefined) {
    return TransactItems.flatMap((item) =>
      Object.entries(item).map(([kind, { TableName = "" }]) => ({
        operation: kind === "ConditionCheck" ? "ConditionCheckItem" : `${kind}Item`,
        table: TableName,
      })),
    );
  }
  if (RequestItems !== undefined)
    return Object.keys(RequestItems).map((name) => ({ operation, table: name }));
  const consistent = ConsistentRead === true && { consistent: ConsistentRead };
  return [{ operation, table, ...(index !== undefined && { index }), ...consistent }];
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
