import { ConditionalCheckFailedException, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { attributesOf, lowLevel } from "./attributes";
import { missing, readHead, type ConversationTable } from "./head";
import type { Key } from "./keys";
import type { Summary } from "./model";

/**
 * Gives a conversation another title. `updated_at` stays: it says when the last message was added.
 *
 * @throws Refusal `not-found`; `conflict` when another program has stored its messages as no list.
 */
export async function rename({ client, name }: ConversationTable, key: Key, title: string): Promise<Summary> {
  try {
    const { Attributes = {} } = await lowLevel(client).send(
      new UpdateItemCommand({
        TableName: name,
        Key: attributesOf(key),
        UpdateExpression: "SET title = :title",
        ConditionExpression:
          "attribute_type(created_at, :text) AND (attribute_type(messages, :list) OR attribute_not_exists(messages))",
        ExpressionAttributeValues: { ":title": { S: title }, ":text": { S: "S" }, ":list": { S: "L" } },
        ReturnValues: "ALL_NEW",
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      }),
    );
    const head = readHead(Attributes, key);
    if (head === undefined) throw missing();
    return head.summary;
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    // Says so when the messages are no list.
    if (error.Item !== undefined) readHead(error.Item, key);
    throw missing();
  }
}
