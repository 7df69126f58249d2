import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { missing, readHead, type ConversationTable } from "./head";
import type { Key } from "./keys";
import type { Summary } from "./model";

/**
 * Gives a conversation another title. `updated_at` stays: it says when the last message was added.
 *
 * @throws Refusal `not-found`.
 */
export async function rename({ client, name }: ConversationTable, key: Key, title: string): Promise<Summary> {
  try {
    const { Attributes = {} } = await client.send(
      new UpdateCommand({
        TableName: name,
        Key: key,
        UpdateExpression: "SET title = :title",
        ConditionExpression: "attribute_exists(created_at)",
        ExpressionAttributeValues: { ":title": title },
        ReturnValues: "ALL_NEW",
      }),
    );
    const head = readHead(Attributes, key);
    if (head === undefined) throw missing();
    return head.summary;
  } catch (error) {
    throw error instanceof ConditionalCheckFailedException ? missing() : error;
  }
}
