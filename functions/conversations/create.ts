/** Creating a conversation, with its first message if there is one. */

import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { isoTime } from "../shared/clock";
import { Refusal } from "../shared/refusal";
import { findHead, type ConversationTable } from "./head";
import type { Key } from "./keys";
import { markerItem } from "./markers";
import { isSameMessage, stamped, titleFrom, type NewMessage } from "./model";
import { readMessages } from "./reading";
import { refuseTooLarge, sealingFor } from "./sealing";
import { segmentItem } from "./segments";
import { isLostRace, putNew, transactWrite } from "./transactions";

export interface NewConversation {
  readonly title?: string | undefined;
  readonly message?: NewMessage | undefined;
}

/**
 * Creates the conversation, unless it is there already and begins with the same message: then nothing changes.
 *
 * @throws Refusal `conflict` when there is one that begins otherwise, or one that is being deleted; `too-large`.
 */
export async function create(table: ConversationTable, key: Key, given: NewConversation): Promise<void> {
  try {
    await insert(table, key, given);
  } catch (error) {
    if (!isLostRace(error)) throw error;
    await refuseOther(table, key, given);
  }
}

async function insert(table: ConversationTable, key: Key, given: NewConversation): Promise<void> {
  const now = isoTime(table.clock());
  const message = given.message && stamped(given.message, now);
  const title = given.title ?? (message?.role === "user" ? titleFrom(message.content) : "");
  const empty = { ...key, title, messages: [], created_at: now, updated_at: now, message_count: 0 };
  const id = message?.message_id;
  if (message === undefined) return put(table, [empty]);
  const lifetime = { ...key, created_at: now };
  refuseTooLarge(lifetime, message);
  const marker = id === undefined ? [] : [markerItem(lifetime, id, 0)];
  const head = { summary: empty, messages: [], sealedCount: 0, stored: empty };
  if (sealingFor(head, message, title, table.boundBytes) !== undefined) {
    const segment = segmentItem(lifetime, { start: 0, messages: [message] });
    return put(table, [{ ...empty, message_count: 1, sealed_count: 1 }, segment, ...marker]);
  }
  const ids = id === undefined ? {} : { message_ids: [id] };
  return put(table, [{ ...empty, messages: [message], message_count: 1, ...ids }, ...marker]);
}

/** Together, if there is none of them. */
async function put(
  { client, name }: ConversationTable,
  items: readonly [object, ...object[]],
): Promise<void> {
  const puts = items.map((item) => putNew({ name }, item));
  if (items.length > 1) await transactWrite(client, puts);
  else await client.send(new PutCommand(putNew({ name }, items[0]).Put));
}

async function refuseOther(table: ConversationTable, key: Key, { message }: NewConversation): Promise<void> {
  const head = await findHead(table, key, true);
  if (head === undefined) {
    throw new Refusal(
      "conflict",
      "The conversation of that id is being deleted. Delete it again until it is gone, or create another.",
      "conversation_id",
    );
  }
  if (message === undefined) return;
  const { messages } = await readMessages(table, head, { before: 1, limit: 1 }, true);
  const [first] = messages;
  if (first !== undefined && isSameMessage(first, message)) return;
  throw new Refusal(
    "conflict",
    "There is a conversation of that id that begins otherwise. Add the message to it, or create another.",
    "conversation_id",
  );
}
