/** The queues of a stack. What waits in a dead-letter queue is told, and is no drift. */

import { GetQueueAttributesCommand, GetQueueUrlCommand, QueueDoesNotExist } from "@aws-sdk/client-sqs";
import { undeclared } from "../finding";
import { aspect, aspects, unlessAbsent, type Context, type Look, type Looks, type Seen } from "./look";
import { policyDifferences, readStatements } from "./policy-statements";
import type { Declared } from "./resource-schemas";
import { absent, declareOrRemove, same } from "./same";

export const queueLooks: Looks = (context) =>
  context.stack
    .all("aws_sqs_queue")
    .map(([, block]): Look => ({ kind: "queue", name: block.name, see: () => seeQueue(context, block) }));

async function seeQueue(
  { clients: { sqs }, references }: Context,
  expected: Declared<"aws_sqs_queue">,
): Promise<Seen> {
  const found = await unlessAbsent(
    sqs.send(new GetQueueUrlCommand({ QueueName: expected.name })),
    QueueDoesNotExist,
  );
  if (found?.QueueUrl === undefined) return { differences: [absent("a queue")] };
  const answer = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: found.QueueUrl, AttributeNames: ["All"] }),
  );
  const live: Readonly<Record<string, string | undefined>> = answer.Attributes ?? {};
  const messages = Number(live["ApproximateNumberOfMessages"] ?? 0);
  const redrive = live["RedrivePolicy"];
  const differences = await aspects(
    Promise.resolve([
      ...same("retention", expected.message_retention_seconds, Number(live["MessageRetentionPeriod"])),
      ...same("encryption", encryption(expected.sqs_managed_sse_enabled), encryptionOf(live)),
      ...(redrive === undefined ? [] : [undeclared("redrive", redrive, declareOrRemove)]),
    ]),
    aspect("policy", async () => {
      const policy = live["Policy"] || undefined;
      if (expected.policy === undefined && (policy === undefined || readStatements(policy).length === 0))
        return [];
      const wanted = await references.resolve(expected.policy ?? "{}");
      return policyDifferences("policy", wanted, policy ?? "{}", { openPath: "publicAccess" });
    }),
  );
  return { differences, ...(messages > 0 && { state: `about ${messages} messages` }) };
}

const encryption = (isManaged: boolean): string => (isManaged ? "SQS's own key" : "none");

const encryptionOf = (live: Readonly<Record<string, string | undefined>>): string =>
  live["KmsMasterKeyId"] || encryption(live["SqsManagedSseEnabled"] === "true");
