/** What another program loses when it replaces the item by one without `sealed_count`. */

import { ConditionalCheckFailedException, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { attributeOf, lowLevel } from "./attributes";
import type { ConversationTable, Head } from "./head";
import { HeadUpdate } from "./head-update";
import { lastSegment } from "./segments";

/**
 * Makes the head count the segments that there are, and its own messages after them. Nothing is done when it does,
 * or when somebody else has changed it since it was read; the answer says whether something was.
 */
export async function recount(table: ConversationTable, head: Head): Promise<boolean> {
  const last = await lastSegment(table, head.summary);
  const sealedCount = last === undefined ? 0 : last.start + last.messages.length;
  if (sealedCount <= head.sealedCount) return false;
  const update = new HeadUpdate(head);
  update.unless("sealed_count", "message_count", "updated_at");
  update.unlessLonger("messages", "=", head.messages.length);
  update.set("sealed_count", attributeOf(sealedCount));
  update.set("message_count", attributeOf(sealedCount + head.messages.length));
  try {
    await lowLevel(table.client).send(new UpdateItemCommand(update.input(table)));
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
