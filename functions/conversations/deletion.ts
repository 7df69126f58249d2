/**
 * Deleting a conversation. What has items beside its own is marked first, which takes it out of the index and
 * lets nobody read or write it any more; then they go, and the marked item last. Stopped anywhere, it goes on when
 * it is called again.
 */

import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { DeleteCommand, GetCommand, QueryCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { Refusal } from "../shared/refusal";
import { missing, type ConversationTable } from "./head";
import { prefixesBeside, type Key, type Lifetime } from "./keys";
import { wasRepeated } from "./transactions";

/** How long one call deletes: with the tries of the last operation, it ends within a function's 10 seconds. */
export const deletionMilliseconds = 4_000;

const deletionsAtOnce = 16;

/**
 * @throws Refusal `not-found`; `contended` when there was more to delete than fits into one call, or others wrote
 * at the same time: called again, it goes on.
 */
export async function deleteConversation(
  table: ConversationTable,
  key: Key,
  milliseconds = deletionMilliseconds,
): Promise<void> {
  const end = performance.now() + milliseconds;
  const { lifetime, isMarked } = await readLifetime(table, key);
  if (!isMarked) {
    if ((await isAlone(table, lifetime)) && (await deleteAlone(table, lifetime))) return;
    await mark(table, lifetime);
  }
  for (const prefix of prefixesBeside(lifetime)) {
    for await (const keys of keysBeside(table, lifetime, prefix)) await deleteItems(table, keys, end);
  }
  await deleteMarked(table, lifetime);
}

async function readLifetime({ client, name }: ConversationTable, key: Key) {
  const { Item = {} } = await client.send(
    new GetCommand({
      TableName: name,
      Key: key,
      ProjectionExpression: "created_at, deleting",
      ConsistentRead: true,
    }),
  );
  const { created_at, deleting } = Item as Readonly<Record<string, unknown>>;
  if (typeof created_at === "string") return { lifetime: { ...key, created_at }, isMarked: false };
  if (typeof deleting === "string") return { lifetime: { ...key, created_at: deleting }, isMarked: true };
  throw missing();
}

async function isAlone(table: ConversationTable, lifetime: Lifetime): Promise<boolean> {
  for (const prefix of prefixesBeside(lifetime)) {
    const first = await keysBeside(table, lifetime, prefix, 1).next();
    if (first.done !== true && first.value.length > 0) return false;
  }
  return true;
}

/** Whether the conversation is gone. Not when something has been put beside it. */
async function deleteAlone({ client, name }: ConversationTable, lifetime: Lifetime): Promise<boolean> {
  try {
    await client.send(
      new DeleteCommand({
        TableName: name,
        Key: keyOf(lifetime),
        ConditionExpression:
          "created_at = :created AND attribute_not_exists(sealed_count) AND attribute_not_exists(message_ids)",
        ExpressionAttributeValues: { ":created": lifetime.created_at },
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      }),
    );
    return true;
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    if (error.Item !== undefined) return false;
    // The client's second try finds what its first one has done.
    if (wasRepeated(error)) return true;
    throw missing();
  }
}

async function mark({ client, name }: ConversationTable, lifetime: Lifetime): Promise<void> {
  try {
    await client.send(
      new UpdateCommand({
        TableName: name,
        Key: keyOf(lifetime),
        UpdateExpression: "SET deleting = :created REMOVE created_at",
        ConditionExpression: "created_at = :created OR deleting = :created",
        ExpressionAttributeValues: { ":created": lifetime.created_at },
      }),
    );
  } catch (error) {
    // Another call has deleted it.
    throw error instanceof ConditionalCheckFailedException ? missing() : error;
  }
}

/** Another call may have come first. */
async function deleteMarked({ client, name }: ConversationTable, lifetime: Lifetime): Promise<void> {
  try {
    await client.send(
      new DeleteCommand({
        TableName: name,
        Key: keyOf(lifetime),
        ConditionExpression: "deleting = :created",
        ExpressionAttributeValues: { ":created": lifetime.created_at },
      }),
    );
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}

const keyOf = ({ conversation_id, user_id }: Lifetime): Key => ({ conversation_id, user_id });

async function* keysBeside(
  { client, name }: ConversationTable,
  { conversation_id }: Lifetime,
  prefix: string,
  limit?: number,
): AsyncGenerator<readonly Key[]> {
  let start: Record<string, unknown> | undefined;
  do {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: name,
        KeyConditionExpression: "conversation_id = :id AND begins_with(user_id, :prefix)",
        ProjectionExpression: "conversation_id, user_id",
        ExpressionAttributeValues: { ":id": conversation_id, ":prefix": prefix },
        ConsistentRead: true,
        ExclusiveStartKey: start,
        ...(limit !== undefined && { Limit: limit }),
      }),
    );
    yield Items as Key[];
    start = LastEvaluatedKey;
  } while (start !== undefined);
}

async function deleteItems(
  { client, name }: ConversationTable,
  keys: readonly Key[],
  end: number,
): Promise<void> {
  const left = [...keys];
  const work = async (): Promise<void> => {
    for (let Key = left.shift(); Key !== undefined; Key = left.shift()) {
      if (performance.now() > end) {
        throw new Refusal(
          "contended",
          "There is more to delete than one call does. Delete it again: it goes on.",
        );
      }
      await client.send(new DeleteCommand({ TableName: name, Key }));
    }
  };
  await Promise.all(Array.from({ length: deletionsAtOnce }, work));
}
