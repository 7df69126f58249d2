/** Where a new message goes: into the conversation's own item, or not without sealing older ones. Pure. */

import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { attributeBytes, attributesBytes, itemBytes, itemLimitBytes, storedBytes } from "../shared/item-size";
import { Refusal } from "../shared/refusal";
import { attributeOf } from "./attributes";
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

/** No more than so many of others may come between the reading of the head and the writing. */
const mostSlack = 16;

export type Placement = { readonly kind: "inline"; readonly slack: number } | Sealing;

interface Sealing {
  readonly kind: "sealed";
  /** Messages of each segment, the oldest first; they follow on those that are sealed already. */
  readonly segments: readonly (readonly AttributeValue[])[];
  /** What stays in the head, the new message included unless it is sealed itself. */
  readonly inline: readonly AttributeValue[];
}

/**
 * Into the head when the message fits, under the title that the conversation then has; as many of its size as fit
 * beside it may come before it.
 */
export function placementOf(
  head: Head,
  message: AttributeValue,
  title: string,
  boundBytes: number,
): Placement {
  const inline = inlineOf(head);
  const held = inline.reduce((sum, one) => sum + weight(one), 0);
  const besides = emptyHeadBytes(head, title);
  const added = weight(message);
  const room = Math.floor((boundBytes - besides - held) / added);
  if (room >= 1) return { kind: "inline", slack: Math.min(mostSlack, room - 1) };
  if (added > boundBytes * inlinePart) {
    return { kind: "sealed", segments: packed([...inline, message], boundBytes), inline: [] };
  }
  let sealed = 0;
  let bytes = 0;
  for (const one of inline) {
    const next = bytes + weight(one);
    const isEnough = besides + held - bytes + added <= boundBytes;
    if (isEnough && next > boundBytes * sealedPart) break;
    sealed += 1;
    bytes = next;
  }
  return {
    kind: "sealed",
    segments: packed(inline.slice(0, sealed), boundBytes),
    inline: [...inline.slice(sealed), message],
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
export const idOf = (message: AttributeValue): string | undefined => message.M?.["message_id"]?.S;

const inlineOf = ({ stored }: Pick<Head, "stored">): readonly AttributeValue[] => stored["messages"]?.L ?? [];

/** What a message takes in the head: its own bytes, and its id's in the list of ids. */
function weight(message: AttributeValue): number {
  const id = idOf(message);
  return 1 + attributeBytes(message) + (id === undefined ? 0 : 1 + storedBytes(id));
}

const emptyHeadBytes = ({ stored, sealedCount }: Head, title: string): number =>
  attributesBytes({
    ...stored,
    title: { S: title },
    messages: { L: [] },
    message_ids: { L: [] },
    sealed_count: attributeOf(sealedCount),
    message_count: attributeOf(sealedCount + inlineOf({ stored }).length + 1),
  });

/** As few segments as hold the messages in order, each within the bound unless one message alone is larger. */
function packed(
  messages: readonly AttributeValue[],
  boundBytes: number,
): readonly (readonly AttributeValue[])[] {
  const segments: AttributeValue[][] = [];
  let bytes = Infinity;
  for (const message of messages) {
    const added = 1 + attributeBytes(message);
    if (bytes + added > boundBytes) {
      segments.push([]);
      bytes = 0;
    }
    segments.at(-1)?.push(message);
    bytes += added;
  }
  return segments;
}
