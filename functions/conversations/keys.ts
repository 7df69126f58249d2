/**
 * Keys of the items of a conversation. They share its partition key; the sort key is the user's id for the
 * conversation itself, which alone has `created_at` and so is in the index, and begins with a mark for those
 * beside it. AWS allows 1,024 bytes of a sort key: a user's id takes 765 at most when it is encoded.
 */

import { createHash } from "node:crypto";
import { Refusal } from "../shared/refusal";

export interface Key {
  readonly conversation_id: string;
  readonly user_id: string;
}

const segmentMark = "segment#";
const markerMark = "message#";

/** @throws Refusal `unauthenticated` when the user's id could be taken for the key of another item. */
export function conversationKey({ conversation_id, user_id }: Key): Key {
  if (!user_id.startsWith(segmentMark) && !user_id.startsWith(markerMark))
    return { conversation_id, user_id };
  throw new Refusal(
    "unauthenticated",
    `A user's id must not begin with ${segmentMark} or ${markerMark}: keys of this table do. Call as another user.`,
  );
}

/** A conversation from its creation to its deletion: one that is created again under its id is another. */
export interface Lifetime extends Key {
  readonly created_at: string;
}

/** Of the segment whose first message has the position: ten digits, so that keys sort as positions do. */
export const segmentKey = (lifetime: Lifetime, position: number): Key =>
  beside(segmentMark, lifetime, String(position).padStart(10, "0"));

/** As many digits as keys of segments have. */
export const lastPosition = 9_999_999_999;

export const segmentPosition = ({ user_id }: Key): number => Number(user_id.slice(-10));

/** Of the item that marks a client's message id. The hash has one length, whatever characters the id has. */
export const markerKey = (lifetime: Lifetime, messageId: string): Key =>
  beside(markerMark, lifetime, hash(messageId));

/** What the sort keys of all items beside the conversation's own begin with. */
export const prefixesBeside = (lifetime: Lifetime): readonly string[] =>
  [segmentMark, markerMark].map((mark) => beside(mark, lifetime, "").user_id);

const beside = (mark: string, { conversation_id, user_id, created_at }: Lifetime, rest: string): Key => ({
  conversation_id,
  user_id: `${mark}${encodeURIComponent(user_id)}#${hash(created_at).slice(0, 16)}#${rest}`,
});

const hash = (text: string): string => createHash("sha256").update(text).digest("base64url");
