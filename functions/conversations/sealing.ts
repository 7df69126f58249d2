/** Where a new message goes: into the conversation's own item, or not without sealing older ones. Pure. */

import { itemBytes, itemLimitBytes, storedBytes } from "../shared/item-size";
import { Refusal } from "../shared/refusal";
import type { Head } from "./head";
import { segmentKey, type Lifetime } from "./keys";
import type { StoredMessage } from "./model";

/**
 * To seal is one transaction, whose writes to the table count twice: that of the head, as large as before, and
 * that of what is sealed. With at most this part of the bound sealed, it all stays within twice what a write
 * of a head of the bound's size consumes.
 */
const sealedPart = 3 / 8;
/** A larger message would leave too little of the bound to those before it. */
const inlinePart = 1 / 2;

export interface Sealing {
  /** Messages of each segment, the oldest first; they follow on those that are sealed already. */
  readonly segments: readonly (readonly StoredMessage[])[];
  /** What stays in the head, the new message included unless it is sealed itself. */
  readonly inline: readonly StoredMessage[];
}

/** Nothing when the message fits, under the title that the conversation then has. */
export function sealingFor(
  head: Head,
  message: StoredMessage,
  title: string,
  boundBytes: number,
): Sealing | undefined {
  const held = head.messages.reduce((sum, one) => sum + weight(one), 0);
  const besides = emptyHeadBytes(head, title);
  const added = weight(message);
  if (besides + held + added <= boundBytes) return undefined;
  if (added > boundBytes * inlinePart) {
    return { segments: packed([...head.messages, message], boundBytes), inline: [] };
  }
  let sealed = 0;
  let bytes = 0;
  for (const one of head.messages) {
    const next = bytes + weight(one);
    const isEnough = besides + held - bytes + added <= boundBytes;
    if (isEnough && next > boundBytes * sealedPart) break;
    sealed += 1;
    bytes = next;
  }
  return {
    segments: packed(head.messages.slice(0, sealed), boundBytes),
    inline: [...head.messages.slice(sealed), message],
  };
}

/**
 * Refuses what not even a segment of its own holds.
 *
 * @throws Refusal `too-large`.
 */
export function refuseTooLarge(lifetime: Lifetime, message: StoredMessage): void {
  if (itemBytes({ ...segmentKey(lifetime, 0), messages: [message] }) <= itemLimitBytes) return;
  throw new Refusal(
    "too-large",
    `The message takes more than the ${itemLimitBytes / 1024} KB that DynamoDB holds, its tool calls included. ` +
      "Shorten it, or keep the result elsewhere and name its place.",
  );
}

/** The client's id of a message, if it has one. */
export function idOf(message: StoredMessage): string | undefined {
  // Another program may have anything in its list.
  const id = (message as StoredMessage | null)?.["message_id"];
  return typeof id === "string" ? id : undefined;
}

/** What a message takes in the head: its own bytes, and its id's in the list of ids. */
function weight(message: StoredMessage): number {
  const id = idOf(message);
  return 1 + storedBytes(message) + (id === undefined ? 0 : 1 + storedBytes(id));
}

const emptyHeadBytes = ({ stored, sealedCount }: Head, title: string): number =>
  itemBytes({ ...stored, title, messages: [], message_ids: [], sealed_count: sealedCount, message_count: 0 });

/** As few segments as hold the messages in order, each within the bound unless one message alone is larger. */
function packed(
  messages: readonly StoredMessage[],
  boundBytes: number,
): readonly (readonly StoredMessage[])[] {
  const segments: StoredMessage[][] = [];
  let bytes = Infinity;
  for (const message of messages) {
    const added = 1 + storedBytes(message);
    if (bytes + added > boundBytes) {
      segments.push([]);
      bytes = 0;
    }
    segments.at(-1)?.push(message);
    bytes += added;
  }
  return segments;
}
