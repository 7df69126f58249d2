/** What waits in the queues that a plan destroys: calls that failed and were not looked at yet. */

import { AwsV4Signer } from "aws4fetch";
import { loopbackEndpoint } from "../../../stacks/local-endpoint";
import type { PlannedStack } from "../plan/planned-stack";
import type { RollbackContext } from "./context";

export interface WaitingQueue {
  readonly queue: string;
  /** As SQS counts them about now; absent where it does not say. */
  readonly messages?: number;
}

const attributes = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"];

/** The destroyed queues that hold messages, or of which SQS does not say. */
export async function readWaiting(
  plan: PlannedStack,
  context: RollbackContext,
): Promise<readonly WaitingQueue[]> {
  const urls = plan.changes
    .filter(({ type, action }) => type === "aws_sqs_queue" && action === "delete")
    .flatMap(({ before }) => (typeof before?.["id"] === "string" ? [before["id"]] : []));
  const queues = await Promise.all(urls.map((url) => readQueue(url, context)));
  return queues.filter(({ messages }) => messages !== 0);
}

async function readQueue(url: string, context: RollbackContext): Promise<WaitingQueue> {
  const queue = url.split("/").at(-1) ?? url;
  try {
    const reply = await ask(url, context);
    const counted = (await reply.json()) as { readonly Attributes?: Readonly<Record<string, string>> };
    if (!reply.ok || counted.Attributes === undefined) return { queue };
    const messages = attributes.reduce((sum, name) => sum + Number(counted.Attributes?.[name] ?? 0), 0);
    return { queue, messages };
  } catch {
    // Whoever may destroy a queue need not be allowed to look into it.
    context.signal.throwIfAborted();
    return { queue };
  }
}

/** SQS: GetQueueAttributes, in its JSON protocol: the one call of SQS that anything here makes. */
async function ask(
  queueUrl: string,
  { clients, environment, variables, signal }: RollbackContext,
): Promise<Response> {
  const { accessKeyId, secretAccessKey, sessionToken } = await clients.sts.config.credentials();
  const url = `${loopbackEndpoint(variables) ?? `https://sqs.${environment.region}.amazonaws.com`}/`;
  const body = JSON.stringify({ QueueUrl: queueUrl, AttributeNames: attributes });
  const signer = new AwsV4Signer({
    accessKeyId,
    secretAccessKey,
    ...(sessionToken && { sessionToken }),
    url,
    method: "POST",
    service: "sqs",
    region: environment.region,
    headers: {
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": "AmazonSQS.GetQueueAttributes",
    },
    body,
  });
  const { headers } = await signer.sign();
  const patience = AbortSignal.any([signal, AbortSignal.timeout(10_000)]);
  return fetch(url, { method: "POST", headers, body, signal: patience });
}

export const describeWaiting = ({ queue, messages }: WaitingQueue): string =>
  messages === undefined
    ? `SQS does not say how many messages ${queue} holds: they go with it.`
    : `${queue} holds ${messages} ${messages === 1 ? "message" : "messages"}, which ${messages === 1 ? "goes" : "go"} with it.`;
