/** Reading a conversation as it is at one moment, or a page of it. */

import { answerBytes, sentBytes } from "../shared/answer-size";
import { findHead, type ConversationTable, type Head, missing } from "./head";
import type { Key } from "./keys";
import type { Excerpt, StoredMessage } from "./model";
import { segmentsOf } from "./segments";

export interface Page {
  /** Messages before this position; all by default. */
  readonly before?: number | undefined;
  /** How many, the newest of them; as many as an answer holds by default. */
  readonly limit?: number | undefined;
}

/**
 * The newest messages of what is asked for, the oldest first, as many as an answer holds. Segments of the head that
 * was read never change, so what is sealed meanwhile does not matter. They are read ordinarily; if that does not
 * find all, it is repeated as a consistent read.
 *
 * @throws Refusal `not-found`, also when the conversation is deleted meanwhile.
 */
export async function read(table: ConversationTable, key: Key, page: Page): Promise<Excerpt> {
  for (const consistent of [false, true]) {
    // So that who has added a message sees it.
    const head = await findHead(table, key);
    if (head === undefined) break;
    const found = await readMessages(table, head, page, consistent);
    if (found.isWhole) return { summary: head.summary, from: found.from, messages: found.messages };
  }
  throw missing();
}

interface Found {
  /** Position of the first one. */
  readonly from: number;
  readonly messages: readonly StoredMessage[];
  /** Whether no message between is missing: deleted meanwhile, or not yet there for an ordinary read. */
  readonly isWhole: boolean;
}

export async function readMessages(
  table: ConversationTable,
  { summary, messages, sealedCount }: Head,
  { before = Infinity, limit = Infinity }: Page,
  consistent: boolean,
): Promise<Found> {
  const end = Math.min(before, summary.message_count);
  const from = Math.max(0, end - limit);
  const collected = new Collected(from, end);
  collected.add({ start: sealedCount, messages });
  const range = { from, end: Math.min(end, sealedCount), order: "newest first", consistent } as const;
  if (!collected.isFull()) {
    for await (const segment of segmentsOf(table, summary, range)) {
      const isNext = collected.add(segment);
      if (!isNext) return { ...collected.found, isWhole: false };
      if (collected.isFull()) break;
    }
  }
  return { ...collected.found, isWhole: collected.isFull() || collected.found.from === from };
}

/** Messages of a range, taken from its end on for as long as an answer holds them. */
class Collected {
  private readonly newestFirst: StoredMessage[] = [];
  private bytes = 0;
  private first: number;
  private full = false;

  constructor(
    private readonly from: number,
    end: number,
  ) {
    this.first = end;
  }

  get found(): { readonly from: number; readonly messages: readonly StoredMessage[] } {
    return { from: this.first, messages: [...this.newestFirst].reverse() };
  }

  /** Whether an answer holds no more. */
  isFull(): boolean {
    return this.full;
  }

  /** Takes what of it is in the range. Nothing is taken, and it is not the next one, when there is a gap. */
  add({ start, messages }: { readonly start: number; readonly messages: readonly StoredMessage[] }): boolean {
    if (start + messages.length < this.first) return false;
    while (!this.full && this.first > Math.max(start, this.from)) {
      const message = messages[this.first - 1 - start];
      if (message === undefined) return false;
      const bytes = sentBytes(message);
      if (this.newestFirst.length > 0 && this.bytes + bytes > answerBytes) this.full = true;
      else {
        this.newestFirst.push(message);
        this.bytes += bytes;
        this.first -= 1;
      }
    }
    return true;
  }
}
