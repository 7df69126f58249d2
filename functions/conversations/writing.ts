/** Writing a message to a head that was read: beside the others, or in one transaction that seals older ones. */

import { UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { attributeOf, lowLevel } from "./attributes";
import { timesAfter, type ConversationTable, type Head } from "./head";
import { HeadUpdate } from "./head-update";
import { stamped, titleFrom, type Message, type NewMessage, type Placed } from "./model";
import { idOf, placementOf, type Placement } from "./sealing";
import { segmentItem } from "./segments";
import { putNew, transactWrite } from "./transactions";

/** How a message is added to a head, at one time. */
export interface Plan {
  readonly head: Head;
  readonly message: Message;
  readonly placement: Placement;
  /** Of the conversation, if the message gives it one. */
  readonly title: string;
  /** When the conversation was changed. */
  readonly time: string;
}

export function planFor(table: ConversationTable, head: Head, given: NewMessage): Plan {
  const { present, next } = timesAfter(head, table.clock());
  const message = stamped(given, present);
  const isUntitled = head.summary.title === "" && given.role === "user";
  const title = isUntitled ? titleFrom(given.content) : "";
  const placement = placementOf(head, attributeOf(message), title || head.summary.title, table.boundBytes);
  return { head, message, placement, title, time: next };
}

/** @throws what DynamoDB refuses it with, when the head is no longer as the plan has it. */
export function carryOut(table: ConversationTable, plan: Plan): Promise<Placed> {
  const { head, title, time, placement } = plan;
  const update = new HeadUpdate(head);
  if (title !== "") {
    update.unless("title");
    update.set("title", { S: title });
  }
  update.unless("sealed_count");
  update.set("updated_at", { S: time });
  return placement.kind === "inline"
    ? writeInline(table, plan, update, placement.slack)
    : writeSealed(table, plan, update, placement);
}

async function writeInline(
  table: ConversationTable,
  { head: { summary, messages, stored }, message, time }: Plan,
  update: HeadUpdate,
  slack: number,
): Promise<Placed> {
  const { message_id: id } = message;
  // Without an id, the time alone shows that the client's second try follows a first one that succeeded.
  update.unlessPassed("updated_at", id === undefined ? "<" : "<=", time);
  update.append("messages", attributeOf(message));
  if (stored["message_count"]?.N === String(summary.message_count)) {
    update.add("message_count", 1);
    update.unlessLonger("messages", "<=", messages.length + slack);
  } else {
    // Another program does not count them.
    update.set("message_count", attributeOf(summary.message_count + 1));
    update.unlessLonger("messages", "=", messages.length);
  }
  if (id !== undefined) {
    update.append("message_ids", { S: id });
    update.unlessContains("message_ids", id);
  }
  const { Attributes = {} } = await lowLevel(table.client).send(
    new UpdateItemCommand({
      ...update.input(table),
      ReturnValues: "UPDATED_NEW",
      ReturnValuesOnConditionCheckFailure: "ALL_OLD",
    }),
  );
  return { position: Number(Attributes["message_count"]?.N) - 1, message };
}

/** In one transaction, if the head is exactly as it was read. */
async function writeSealed(
  table: ConversationTable,
  { head: { summary, messages, sealedCount, stored }, message }: Plan,
  update: HeadUpdate,
  { segments, inline }: Placement & { readonly kind: "sealed" },
): Promise<Placed> {
  update.unless("message_count", "updated_at");
  update.unlessLonger("messages", "=", messages.length);
  const position = summary.message_count;
  update.set("messages", { L: [...inline] });
  update.set("message_count", attributeOf(position + 1));
  update.set("sealed_count", attributeOf(position + 1 - inline.length));
  const ids = inline.flatMap((one) => idOf(one) ?? []);
  if (ids.length > 0) update.set("message_ids", attributeOf(ids));
  else if (stored["message_ids"] !== undefined) update.remove("message_ids");
  let start = sealedCount;
  const puts = segments.map((sealed) => {
    const item = segmentItem(summary, { start, messages: sealed });
    start += sealed.length;
    return putNew(table, item);
  });
  await transactWrite(table.client, [
    ...puts,
    { Update: { ...update.input(table), ReturnValuesOnConditionCheckFailure: "ALL_OLD" } },
  ]);
  return { position, message };
}
