/** The topics of a stack: who may publish, and who is told. */

import {
  GetTopicAttributesCommand,
  NotFoundException,
  paginateListSubscriptionsByTopic,
  type SNSClient,
  type Subscription,
} from "@aws-sdk/client-sns";
import { declared, undeclared, type Difference } from "../finding";
import { aspect, aspects, unlessAbsent, type Context, type Look, type Looks, type Seen } from "./look";
import { policyDifferences } from "./policy-statements";
import type { Declared } from "./resource-schemas";
import { absent, declareOrRemove, deployStack, same, sameOrUndeclared } from "./same";

export const topicLooks: Looks = (context) =>
  context.stack.all("aws_sns_topic").map(([id, block]): Look => ({
    kind: "topic",
    name: block.name,
    see: () => seeTopic(context, id, block),
  }));

async function seeTopic(
  { clients: { sns }, stack, references }: Context,
  id: string,
  expected: Declared<"aws_sns_topic">,
): Promise<Seen> {
  const own = `aws_sns_topic.${id}` as const;
  const TopicArn = references.arn("sns", expected.name);
  const answer = await unlessAbsent(sns.send(new GetTopicAttributesCommand({ TopicArn })), NotFoundException);
  if (answer === undefined) return { differences: [absent("a topic")] };
  const live = answer.Attributes ?? {};
  let state: string | undefined;
  const differences = await aspects(
    Promise.resolve(same("displayName", expected.display_name, live["DisplayName"] ?? "")),
    aspect("key", async () =>
      sameOrUndeclared(
        "key",
        await references.resolve(expected.kms_master_key_id),
        live["KmsMasterKeyId"] || undefined,
      ),
    ),
    aspect("policy", async () => {
      const [policy] = stack.having("aws_sns_topic_policy", "arn", own);
      // SNS gives a topic that has no policy of its own one for the owner's account.
      if (policy === undefined) return [];
      return policyDifferences("policy", await references.resolve(policy[1].policy), live["Policy"] ?? "{}", {
        openPath: "publicAccess",
      });
    }),
    aspect("subscriptions", async () => {
      const declared = stack.having("aws_sns_topic_subscription", "topic_arn", own).map(([, one]) => one);
      const found = await subscriptionsOf(sns, TopicArn);
      state = waiting(found);
      return subscriptionDifferences(await references.resolve(declared), found);
    }),
  );
  return { differences, ...(state !== undefined && { state }) };
}

async function subscriptionsOf(client: SNSClient, TopicArn: string): Promise<readonly Subscription[]> {
  const found: Subscription[] = [];
  for await (const page of paginateListSubscriptionsByTopic({ client }, { TopicArn })) {
    found.push(...(page.Subscriptions ?? []));
  }
  return found;
}

/** An address that has not confirmed hears nothing; that is its owner's to do. */
function waiting(subscriptions: readonly Subscription[]): string | undefined {
  const pending = subscriptions.filter(({ SubscriptionArn: arn = "" }) => !arn.startsWith("arn:"));
  if (pending.length === 0) return undefined;
  return `${pending.length} of ${subscriptions.length} subscriptions not confirmed yet`;
}

/** Of those that nobody declared not the endpoint: an address is a person's, and a URL may hold a token. */
export function subscriptionDifferences(
  expected: readonly Declared<"aws_sns_topic_subscription">[],
  live: readonly Subscription[],
): readonly Difference[] {
  const isSame = (
    { protocol, endpoint }: Declared<"aws_sns_topic_subscription">,
    { Protocol, Endpoint }: Subscription,
  ) => protocol === Protocol && endpoint === Endpoint;
  return [
    ...expected
      .filter((one) => !live.some((found) => isSame(one, found)))
      .map(({ protocol, endpoint }) =>
        declared(`subscriptions.${protocol}.${endpoint}`, "subscribed", "absent", deployStack),
      ),
    ...live
      .filter((found) => !expected.some((one) => isSame(one, found)))
      .map(({ Protocol = "unknown", SubscriptionArn = "" }) => {
        const id = SubscriptionArn.startsWith("arn:") ? SubscriptionArn.split(":").at(-1) : "not confirmed";
        return undeclared(`subscriptions.${Protocol}`, `subscription ${id ?? ""}`, declareOrRemove);
      }),
  ];
}
