/**
 * Adding a message. Ordinarily it is one conditional update that any number of writers may make at once; when the
 * head would pass its bound, one transaction seals older messages with it (docs/adr/0007).
 */

import { setTimeout as sleep } from "node:timers/promises";
import { Refusal } from "../shared/refusal";
import { missing, presentHead, readHead, type ConversationTable, type Head } from "./head";
import type { Key } from "./keys";
import { markId } from "./markers";
import { isSameMessage, stamped, type Message, type NewMessage, type Placed } from "./model";
import { recount } from "./recount";
import { refuseTooLarge } from "./sealing";
import { segmentsOf, type Segment } from "./segments";
import { failedCondition, isLostRace, isSegmentInTheWay, mayHaveSucceeded } from "./transactions";
import { carryOut, planFor } from "./writing";

/** More than the writers that run at once (the functions' reserved concurrency): each time, one wins. */
const attempts = 30;
const longestPauseMilliseconds = 60;
/** Cancelled transactions are billed: whoever would seal waits and looks again, so that one of many does. */
const sealingPauseMilliseconds = 40;

/** A message that may have been stored before, at no position before `from`. */
type Suspect = { readonly from: number } & ({ readonly id: string } | { readonly tried: readonly Message[] });

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
    const marked = await markId(table, head, id);
    suspect = { id, from: marked ?? head.summary.message_count };
    if (marked !== undefined) head = await recounted(table, await presentHead(table, key));
  }
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    if (planFor(table, head, given).placement.kind === "sealed") {
      // Of those who find the head full at one moment, most find it sealed a little later.
      await sleep(Math.random() * sealingPauseMilliseconds);
      head = await presentHead(table, key);
    }
    const found = suspect && (await find(table, head, suspect));
    if (found !== undefined) return unlessOther(found, given);
    const outcome = await write(table, head, given);
    if ("position" in outcome) return outcome;
    if (outcome.uncertain !== undefined) suspect = withTry(suspect, outcome.uncertain, head);
    if (outcome.isRecountDue) await recount(table, head);
    await sleep(Math.random() * Math.min(longestPauseMilliseconds, 4 * attempt));
    head = outcome.head ?? (await presentHead(table, key));
  }
  throw new Refusal("contended", "Other writers changed the conversation at the same time. Try again.");
}

/** What may have succeeded stays in question until the message is stored: it may yet come to light. */
function withTry(suspect: Suspect | undefined, tried: Message, { summary }: Head): Suspect {
  if (suspect === undefined) return { tried: [tried], from: summary.message_count };
  return "id" in suspect ? suspect : { ...suspect, tried: [...suspect.tried, tried] };
}

/** A repetition may lie in segments of which a program that replaced the item has lost the number. */
async function recounted(table: ConversationTable, head: Head): Promise<Head> {
  if (head.stored["sealed_count"] !== undefined || !(await recount(table, head))) return head;
  return presentHead(table, keyOf(head));
}

const keyOf = ({ summary: { conversation_id, user_id } }: Head): Key => ({ conversation_id, user_id });

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
      ? (stored as { readonly message_id?: unknown } | null)?.message_id === suspect.id
      : start + place >= suspect.from && suspect.tried.some((tried) => isSameMessage(stored, tried)),
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

/** Others came first. */
interface Lost {
  /** What was tried, if it may have succeeded all the same. */
  readonly uncertain?: Message;
  /** What is there now, if that is known. */
  readonly head?: Head;
  /** Whether the head does not count the segments that there are. */
  readonly isRecountDue: boolean;
}

async function write(table: ConversationTable, head: Head, given: NewMessage): Promise<Placed | Lost> {
  const plan = planFor(table, head, given);
  try {
    return await carryOut(table, plan);
  } catch (error) {
    if (!isLostRace(error)) throw error;
    const present = headAfter(error, head);
    return {
      isRecountDue: isSegmentInTheWay(error),
      ...(mayHaveSucceeded(error) && { uncertain: plan.message }),
      ...(present && { head: present }),
    };
  }
}

/**
 * The head that a failed condition gives back; nothing when it was another condition.
 *
 * @throws Refusal `not-found` when the condition failed since there is no head.
 */
function headAfter(error: Error, before: Head): Head | undefined {
  const failed = failedCondition(error);
  if (failed === undefined) return undefined;
  const head = failed.Item && readHead(failed.Item, keyOf(before));
  if (head === undefined) throw missing();
  return head;
}
