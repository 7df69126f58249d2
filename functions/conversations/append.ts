/**
 * Adding a message. Ordinarily it is one conditional update that any number of writers may make at once; when the
 * head would pass its bound, one transaction seals older messages with it (docs/adr/0007).
 */

import { setTimeout as sleep } from "node:timers/promises";
import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { Refusal } from "../shared/refusal";
import {
  itemOf,
  missing,
  timesAfter,
  presentHead,
  readHead,
  type ConversationTable,
  type Head,
} from "./head";
import { HeadUpdate } from "./head-update";
import type { Key } from "./keys";
import { markId } from "./markers";
import { isSameMessage, stamped, titleFrom, type Message, type NewMessage, type Placed } from "./model";
import { idOf, refuseTooLarge, sealingFor, type Sealing } from "./sealing";
import { segmentItem, segmentsOf, type Segment } from "./segments";
import { failedCondition, isLostRace, putNew, transactWrite, wasRepeated } from "./transactions";

/** More than the writers that run at once (the functions' reserved concurrency): each time, one wins. */
const attempts = 30;
const longestPauseMilliseconds = 60;
/** Cancelled transactions are billed: a writer in thirty waits, so that one of many seals. */
const sealingPauseMilliseconds = 40;
/** Others may have added as many since the head was read; more, and the bound is looked at again. */
const slack = 16;

/** A message that may have been stored before, at no position before `from`. */
type Suspect = { readonly from: number } & ({ readonly id: string } | { readonly tried: Message });

/**
 * Adds a message, once: one with an id that was added before is answered as it was then.
 *
 * Whoever stores a message with an id has marked the id before, and looked for the message in a head that is no
 * older than the marker. It writes if that head's segments are still all there are, and the id is not among those
 * of the messages that are inline: a repetition that came between is in one or the other.
 *
 * @throws Refusal `not-found`; `too-large` beyond DynamoDB's 400 KB; `conflict` when the id is another message's;
 * `contended` when other writers always came first.
 */
export async function append(table: ConversationTable, key: Key, given: NewMessage): Promise<Placed> {
  let head = await presentHead(table, key);
  refuseTooLarge(head.summary, stamped(given, head.summary.updated_at));
  const id = given.message_id;
  let suspect: Suspect | undefined;
  if (id !== undefined) {
    // The ordinary repetition, a moment later, is seen at once.
    const inHead = match({ start: head.sealedCount, messages: head.messages }, { id, from: 0 });
    if (inHead !== undefined) return unlessOther(inHead, given);
    const from = await markId(table, head, id);
    if (from !== undefined) {
      head = await presentHead(table, key);
      suspect = { id, from };
    }
  }
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const found = suspect && (await find(table, head, suspect));
    if (found !== undefined) return unlessOther(found, given);
    const lost = await write(table, head, given, attempt);
    if ("position" in lost) return lost;
    // What the head has shown needs no second look.
    const { message_count: seen } = head.summary;
    const { tried, isUncertain } = lost;
    suspect = id !== undefined ? { id, from: seen } : isUncertain ? { tried, from: seen } : undefined;
    await sleep(Math.random() * Math.min(longestPauseMilliseconds, 4 * attempt));
    head = lost.head ?? (await presentHead(table, key));
  }
  throw new Refusal("contended", "Other writers changed the conversation at the same time. Try again.");
}

/** The message, and where it lies, if it is stored. */
async function find(
  table: ConversationTable,
  { summary, messages, sealedCount }: Head,
  suspect: Suspect,
): Promise<Placed | undefined> {
  const inHead = match({ start: sealedCount, messages }, suspect);
  if (inHead !== undefined) return inHead;
  const range = { from: suspect.from, end: sealedCount, order: "oldest first", consistent: true } as const;
  for await (const segment of segmentsOf(table, summary, range)) {
    const found = match(segment, suspect);
    if (found !== undefined) return found;
  }
  return undefined;
}

function match({ start, messages }: Segment, suspect: Suspect): Placed | undefined {
  const index = messages.findIndex((stored, place) =>
    "id" in suspect
      ? idOf(stored) === suspect.id
      : start + place >= suspect.from && isSameMessage(stored, suspect.tried),
  );
  const message = messages[index];
  return message && { position: start + index, message };
}

/** What was added before is answered as it was then, unless it was something else. */
function unlessOther(found: Placed, given: NewMessage): Placed {
  if (isSameMessage(found.message, given)) return found;
  throw new Refusal(
    "conflict",
    "There is another message of that message_id in the conversation. Give each message its own.",
    "message_id",
  );
}

/** Others came first: what was tried, and what is there now if that is known. */
interface Lost {
  readonly tried: Message;
  /** Whether the client sent it more than once, so that the first time may have succeeded. */
  readonly isUncertain: boolean;
  readonly head?: Head;
}

async function write(
  table: ConversationTable,
  head: Head,
  given: NewMessage,
  attempt: number,
): Promise<Placed | Lost> {
  const { present, next: time } = timesAfter(head, table.clock());
  const message = stamped(given, present);
  const isUntitled = head.summary.title === "" && given.role === "user";
  const title = isUntitled ? titleFrom(given.content) : "";
  const update = new HeadUpdate(head);
  if (title !== "") {
    update.unless("title");
    update.set("title", title);
  }
  update.unless("sealed_count");
  const sealing = sealingFor(head, message, title || head.summary.title, table.boundBytes);
  // Of those who find the head full at one moment, most find it sealed a little later.
  if (sealing !== undefined && attempt === 1) {
    await sleep(Math.random() * sealingPauseMilliseconds);
    return { tried: message, isUncertain: false };
  }
  try {
    return sealing === undefined
      ? await writeInline(table, head, { message, time, update })
      : await writeSealed(table, head, { message, time, update }, sealing);
  } catch (error) {
    if (!isLostRace(error)) throw error;
    const lost = { tried: message, isUncertain: wasRepeated(error) };
    const present = headAfter(error, head);
    return present === undefined ? lost : { ...lost, head: present };
  }
}

/**
 * The head that a failed condition gives back; nothing when it was another condition.
 *
 * @throws Refusal `not-found` when the condition failed since there is no head.
 */
function headAfter(error: Error, { summary }: Head): Head | undefined {
  const failed = failedCondition(error);
  if (failed === undefined) return undefined;
  const { conversation_id, user_id } = summary;
  const head = failed.Item && readHead(itemOf(failed.Item), { conversation_id, user_id });
  if (head === undefined) throw missing();
  return head;
}

interface Writing {
  readonly message: Message;
  readonly time: string;
  readonly update: HeadUpdate;
}

async function writeInline(
  table: ConversationTable,
  { summary, messages, stored }: Head,
  { message, time, update }: Writing,
): Promise<Placed> {
  const { message_id: id } = message;
  update.set("updated_at", time);
  // Without an id, the time alone shows that the client's second try follows a first one that succeeded.
  update.unlessPassed("updated_at", id === undefined ? "<" : "<=", time);
  update.append("messages", [message]);
  if (stored["message_count"] === summary.message_count) {
    update.add("message_count", 1);
    update.unlessLonger("messages", "<=", messages.length + slack);
  } else {
    // Another program does not count them.
    update.set("message_count", summary.message_count + 1);
    update.unlessLonger("messages", "=", messages.length);
  }
  if (id !== undefined) {
    update.append("message_ids", [id]);
    update.unlessContains("message_ids", id);
  }
  const { Attributes = {} } = await table.client.send(
    new UpdateCommand({
      ...update.input(table),
      ReturnValues: "UPDATED_NEW",
      ReturnValuesOnConditionCheckFailure: "ALL_OLD",
    }),
  );
  return { position: Number(Attributes["message_count"]) - 1, message };
}

/** In one transaction, if the head is exactly as it was read. */
async function writeSealed(
  table: ConversationTable,
  { summary, messages, sealedCount, stored }: Head,
  { message, time, update }: Writing,
  { segments, inline }: Sealing,
): Promise<Placed> {
  update.unless("message_count", "updated_at");
  update.unlessLonger("messages", "=", messages.length);
  const position = summary.message_count;
  update.set("updated_at", time);
  update.set("messages", inline);
  update.set("message_count", position + 1);
  update.set("sealed_count", position + 1 - inline.length);
  const ids = inline.flatMap((one) => idOf(one) ?? []);
  if (ids.length > 0) update.set("message_ids", ids);
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
