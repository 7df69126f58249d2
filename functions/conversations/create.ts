/** Creating a conversation, with its first message if there is one. */

import { GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { isoTime } from "../shared/clock";
import { Refusal } from "../shared/refusal";
import { attributeOf, attributesOf, lowLevel, type Attributes } from "./attributes";
import { findHead, type ConversationTable } from "./head";
import type { Key } from "./keys";
import { markerItem } from "./markers";
import { isSameMessage, stamped, titleFrom, type NewMessage } from "./model";
import { readMessages } from "./reading";
import { placementOf, refuseTooLarge } from "./sealing";
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
  if (message === undefined) return put(table, [attributesOf(empty)]);
  const lifetime = { ...key, created_at: now };
  refuseTooLarge(lifetime, message);
  const marker = id === undefined ? [] : [attributesOf(markerItem(lifetime, id, 0))];
  const head = { summary: empty, messages: [], sealedCount: 0, stored: attributesOf(empty) };
  if (placementOf(head, attributeOf(message), title, table.boundBytes).kind === "sealed") {
    const segment = segmentItem(lifetime, { start: 0, messages: [attributeOf(message)] });
    return put(table, [attributesOf({ ...empty, message_count: 1, sealed_count: 1 }), segment, ...marker]);
  }
  const ids = id === undefined ? {} : { message_ids: [id] };
  return put(table, [attributesOf({ ...empty, messages: [message], message_count: 1, ...ids }), ...marker]);
}

/** Together, if there is none of them. */
async function put(
  { client, name }: ConversationTable,
  items: readonly [Attributes, ...Attributes[]],
): Promise<void> {
  const puts = items.map((item) => putNew({ name }, item));
  if (items.length > 1) await transactWrite(client, puts);
  else await lowLevel(client).send(new PutItemCommand(putNew({ name }, items[0]).Put));
}

async function refuseOther(table: ConversationTable, key: Key, { message }: NewConversation): Promise<void> {
  const head = await findHead(table, key);
  if (head === undefined) throw await refusalOfOther(table, key);
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

/** For an item that is no conversation, or no longer one. */
async function refusalOfOther({ client, name }: ConversationTable, key: Key): Promise<Refusal> {
  const { Item } = await lowLevel(client).send(
    new GetItemCommand({ TableName: name, Key: attributesOf(key), ConsistentRead: true }),
  );
  if (Item === undefined) {
    return new Refusal("contended", "The conversation of that id has just been deleted. Try again.");
  }
  return new Refusal(
    "conflict",
    Item["deleting"] === undefined
      ? "Another program's item of that id is in the way, without created_at. Correct it, or create another."
      : "The conversation of that id is being deleted. Delete it again until it is gone, or create another.",
    "conversation_id",
  );
}
