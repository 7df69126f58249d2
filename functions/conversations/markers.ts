/** Items that mark clients' message ids, so that a repetition is known before anything is read. */

import { ConditionalCheckFailedException, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { attributesOf, itemOf, lowLevel } from "./attributes";
import type { ConversationTable, Head } from "./head";
import { markerKey, type Key, type Lifetime } from "./keys";

interface Marker extends Key {
  /** The message lies at no position before this one: so many there were when its id was first seen. */
  readonly search_from: number;
}

export const markerItem = (lifetime: Lifetime, messageId: string, from: number): Marker => ({
  ...markerKey(lifetime, messageId),
  search_from: from,
});

/** Marks the id, unless it is marked: then it gives where its message may lie. */
export async function markId(
  { client, name }: ConversationTable,
  { summary }: Head,
  messageId: string,
): Promise<number | undefined> {
  try {
    await lowLevel(client).send(
      new PutItemCommand({
        TableName: name,
        Item: attributesOf(markerItem(summary, messageId, summary.message_count)),
        ConditionExpression: "attribute_not_exists(#id)",
        ExpressionAttributeNames: { "#id": "conversation_id" satisfies keyof Key },
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      }),
    );
    return undefined;
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    const from = error.Item && itemOf(error.Item)["search_from"];
    return typeof from === "number" ? from : 0;
  }
}
