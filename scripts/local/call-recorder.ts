/** A proxy in front of a DynamoDB that tells of each call: what was asked of which table, and its capacity. */

import { Agent, createServer, request, type IncomingMessage, type Server } from "node:http";
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
  const agent = new Agent({ keepAlive: true });
  const server = createServer((incoming, outgoing) => {
    void handOver({ endpoint, agent }, incoming, calls)
      .then(({ status, body }) => {
        outgoing.writeHead(status, { "content-type": "application/x-amz-json-1.0" });
        outgoing.end(body);
      })
      .catch(() => outgoing.destroy());
  });
  const port = await listen(server, 0);
  return {
    endpoint: `http://127.0.0.1:${port}`,
    calls,
    stop: () => {
      agent.destroy();
      return close(server);
    },
  };
}

interface Behind {
  readonly endpoint: string;
  readonly agent: Agent;
}

async function handOver(behind: Behind, incoming: IncomingMessage, calls: RecordedCall[]) {
  const asked = JSON.parse((await bytesOf(incoming)).toString()) as Request;
  const target = String(incoming.headers["x-amz-target"]);
  const { status, body } = await ask(behind, incoming, { ...asked, ReturnConsumedCapacity: "TOTAL" });
  const units = unitsOf(JSON.parse(body.toString()) as Reply);
  for (const [index, call] of callsOf(target.split(".")[1] ?? target, asked).entries()) {
    calls.push({ ...call, ...(units !== undefined && { units: index === 0 ? units : 0 }) });
  }
  return { status, body };
}

/** `fetch` would take most of the time of a test that makes thousands of calls. */
function ask(
  { endpoint, agent }: Behind,
  incoming: IncomingMessage,
  input: object,
): Promise<{ readonly status: number; readonly body: Buffer }> {
  const sent = Buffer.from(JSON.stringify(input));
  const headers = { ...signedHeaders(incoming), "content-length": sent.length };
  return new Promise((resolve, reject) => {
    const onReply = (reply: IncomingMessage) =>
      void bytesOf(reply).then((body) => resolve({ status: reply.statusCode ?? 502, body }), reject);
    request(endpoint, { method: "POST", headers, agent }, onReply).once("error", reject).end(sent);
  });
}

function bytesOf(message: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    message.on("data", (chunk: Buffer) => chunks.push(chunk));
    message.once("end", () => resolve(Buffer.concat(chunks)));
    message.once("error", reject);
  });
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
