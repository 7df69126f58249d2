import { Agent, createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import { addressOf, listen } from "../../scripts/local/ports";
import { localAccountId } from "../../stacks/local-endpoint";

/** An operation such as BatchWriteItem, and what was sent with it. */
export interface FrontCall {
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

export interface FrontReply {
  readonly status: number;
  readonly body: object;
}

/** Answers a call in DynamoDB's place, changes what it is sent, or hands it on as it is. */
export type Intercept = (
  call: FrontCall,
  forward: (input?: object) => Promise<FrontReply>,
) => Promise<FrontReply> | undefined;

export interface AwsFront {
  readonly endpoint: string;
  /** Names of the operations in order; `GetCallerIdentity` for STS. */
  readonly operations: string[];
  /** Hears of each call before it is answered. */
  onCall: ((operation: string) => void) | undefined;
  intercept: Intercept | undefined;
  stop(): Promise<void>;
}

/**
 * One endpoint for scripts: a DynamoDB emulator behind it, and STS, which the emulator has not.
 *
 * @param others endpoints of other services, by what their targets begin with, such as `AmazonAthena`.
 */
export async function startAwsFront(
  dynamodb: string,
  account: () => string = () => localAccountId,
  others: Readonly<Record<string, string>> = {},
): Promise<AwsFront> {
  const agent = new Agent({ keepAlive: true });
  const server = createServer((incoming, outgoing) => {
    void answer(incoming, outgoing).catch(() => outgoing.destroy());
  });
  const front: AwsFront = {
    endpoint: "",
    operations: [],
    onCall: undefined,
    intercept: undefined,
    async stop() {
      agent.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  await listen(server, 0);
  return Object.assign(front, { endpoint: addressOf(server) });

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const [service = "", operation] = String(incoming.headers["x-amz-target"] ?? "").split(".");
    const endpoint = others[service] ?? dynamodb;
    front.operations.push(operation ?? "GetCallerIdentity");
    front.onCall?.(operation ?? "GetCallerIdentity");
    if (operation === undefined) {
      outgoing.writeHead(200, { "content-type": "text/xml" }).end(identityOf(account()));
      return;
    }
    if (front.intercept === undefined) {
      incoming.pipe(send(endpoint, incoming, (reply) => pass(reply, outgoing)));
      return;
    }
    const sent = JSON.parse((await bytesOf(incoming)).toString()) as Record<string, unknown>;
    const forward = (input: object = sent) =>
      new Promise<FrontReply>((resolve, reject) => {
        const body = JSON.stringify(input);
        const length = Buffer.byteLength(body);
        const onReply = (reply: IncomingMessage) =>
          void bytesOf(reply).then(
            (bytes) =>
              resolve({ status: reply.statusCode ?? 502, body: JSON.parse(bytes.toString()) as object }),
            reject,
          );
        send(endpoint, incoming, onReply, length).once("error", reject).end(body);
      });
    const reply = await (front.intercept({ operation, input: sent }, forward) ?? forward());
    outgoing
      .writeHead(reply.status, { "content-type": "application/x-amz-json-1.0" })
      .end(JSON.stringify(reply.body));
  }

  function send(
    endpoint: string,
    incoming: IncomingMessage,
    onReply: (reply: IncomingMessage) => void,
    length?: number,
  ) {
    const headers = {
      ...incoming.headers,
      ...(length !== undefined && { "content-length": String(length) }),
    };
    return request(endpoint, { method: "POST", headers, agent }, onReply).once("error", () => {
      incoming.destroy();
    });
  }
}

function pass(reply: IncomingMessage, outgoing: ServerResponse): void {
  outgoing.writeHead(reply.statusCode ?? 502, reply.headers);
  reply.pipe(outgoing);
}

async function bytesOf(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

const identityOf = (account: string): string =>
  `<GetCallerIdentityResponse><GetCallerIdentityResult><Account>${account}</Account>` +
  "</GetCallerIdentityResult></GetCallerIdentityResponse>";

/** What DynamoDB answers when a table has no capacity left. */
export const throttled: FrontReply = {
  status: 400,
  body: {
    __type: "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException",
    message: "The level of configured provisioned throughput for the table was exceeded.",
  },
};
