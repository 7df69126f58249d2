/** The conversation's own item: document 001's, whoever wrote it. */

import { GetItemCommand } from "@aws-sdk/client-dynamodb";
import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import * as v from "valibot";
import { isoTime, isTime, type Clock } from "../shared/clock";
import { Refusal } from "../shared/refusal";
import { storedText } from "../shared/stored";
import { attributesOf, itemOf, lowLevel, type Attributes } from "./attributes";
import type { Key } from "./keys";
import type { StoredMessage, Summary } from "./model";

export interface ConversationTable {
  readonly client: DynamoDBDocumentClient;
  /** Physical name. */
  readonly name: string;
  readonly clock: Clock;
  /** Bytes of a conversation's own item, beyond which older messages are sealed. */
  readonly boundBytes: number;
}

/**
 * Document 001's item holds what the application reads, and every append pays for all of it: the least of
 * the measured bounds that keeps about fifty messages together (docs/adr/0007).
 */
export const ordinaryBoundBytes = 16 * 1024;

export interface Head {
  readonly summary: Summary;
  /** The newest ones, to look at; those before them lie in segments. */
  readonly messages: readonly StoredMessage[];
  readonly sealedCount: number;
  /** The whole item as it is stored: what is written comes from it, and is conditioned on it. */
  readonly stored: Attributes;
}

export const missing = () => new Refusal("not-found", "There is no such conversation.");

/** What reads as a whole number of messages. */
const count = v.fallback(v.pipe(v.number(), v.safeInteger(), v.minValue(0)), 0);

/**
 * The head that an item is, or nothing when it is being deleted.
 *
 * @throws Refusal `conflict` when its messages are no list: to go on would lose them.
 */
export function readHead(stored: Attributes, key: Key): Head | undefined {
  const item = itemOf(stored);
  const { created_at, messages = [], sealed_count } = item;
  if (typeof created_at !== "string") return undefined;
  if (!Array.isArray(messages)) {
    throw new Refusal(
      "conflict",
      "Another program has stored the messages as something that is no list. Correct the item, then go on.",
    );
  }
  const sealedCount = v.parse(count, sealed_count);
  return {
    summary: {
      ...key,
      title: v.parse(storedText, item["title"]),
      created_at,
      updated_at: v.parse(v.fallback(v.string(), created_at), item["updated_at"]),
      message_count: sealedCount + messages.length,
    },
    messages: messages as StoredMessage[],
    sealedCount,
    stored,
  };
}

/** The head as it is, or nothing. */
export async function findHead({ client, name }: ConversationTable, key: Key): Promise<Head | undefined> {
  const { Item } = await lowLevel(client).send(
    new GetItemCommand({ TableName: name, Key: attributesOf(key), ConsistentRead: true }),
  );
  return Item === undefined ? undefined : readHead(Item, key);
}

/** @throws Refusal `not-found`. */
export async function presentHead(table: ConversationTable, key: Key): Promise<Head> {
  const head = await findHead(table, key);
  if (head === undefined) throw missing();
  return head;
}

export interface Times {
  /** The present, or the last change when the clock has been put back. */
  readonly present: string;
  /** Later than the last change, also within one millisecond: no two states share it. */
  readonly next: string;
}

export function timesAfter({ stored }: Head, now: Date): Times {
  const changed = stored["updated_at"]?.S;
  const last = isTime(changed) ? Date.parse(changed) : 0;
  if (now.getTime() > last || last >= lastTime) return { present: isoTime(now), next: isoTime(now) };
  return { present: isoTime(new Date(last)), next: isoTime(new Date(last + 1)) };
}

/** Four digits of a year: later ones, which only another program writes, do not sort. */
const lastTime = Date.UTC(9999, 11, 31);
