/** A conversation and its messages (document 001). Pure. */

import { isDeepStrictEqual } from "node:util";
import type { JsonObject, JsonValue } from "../shared/json-value";
import { wellFormed } from "../shared/well-formed";

export const roles = ["user", "assistant", "system"] as const;
export type Role = (typeof roles)[number];

export interface ToolCall {
  readonly tool: string;
  readonly args?: JsonObject | undefined;
  readonly result?: JsonValue | undefined;
}

export interface Message extends StoredMessage {
  readonly role: Role;
  readonly content: string;
  readonly timestamp: string;
  /** Of an assistant only. */
  readonly tool_calls?: readonly ToolCall[] | undefined;
  /** The client's own, by which a repetition is known. */
  readonly message_id?: string | undefined;
}

/** A message before it has a time. */
export interface NewMessage {
  readonly role: Role;
  readonly content: string;
  readonly timestamp?: string | undefined;
  readonly tool_calls?: readonly ToolCall[] | undefined;
  readonly message_id?: string | undefined;
}

/** A message as it lies in the table; another program may have written it in its own form. */
export type StoredMessage = Readonly<Record<string, unknown>>;

/** The message as it is stored at a time: in document 001's order, with the client's id where it has one. */
export const stamped = (given: NewMessage, time: string): Message => {
  const { role, content, timestamp = time, tool_calls, message_id } = given;
  return {
    role,
    content,
    timestamp,
    ...(tool_calls !== undefined && { tool_calls }),
    ...(message_id !== undefined && { message_id }),
  };
};

/** What a conversation is beside its messages. */
export interface Summary {
  readonly conversation_id: string;
  readonly user_id: string;
  readonly title: string;
  readonly created_at: string;
  readonly updated_at: string;
  readonly message_count: number;
}

/** Messages that follow one another, the first at a position of the conversation. */
export interface Excerpt {
  readonly summary: Summary;
  readonly from: number;
  readonly messages: readonly StoredMessage[];
}

/** Where a message lies in its conversation, counted from 0. */
export interface Placed {
  readonly position: number;
  readonly message: StoredMessage;
}

const titleCharacters = 60;

/**
 * A title from a user's message: its first line that is not empty, about 60 characters of it, to the end of a
 * word. Empty when the message has no text.
 */
export function titleFrom(content: string): string {
  const line = content.trimStart().split(/[\r\n]/, 1)[0] ?? "";
  // Whoever pastes a megabyte without a line break waits for no more than this.
  const start = wellFormed(line.slice(0, titleCharacters * 20)).trim();
  const characters = Array.from(start.replace(/\s+/g, " "));
  if (characters.length <= titleCharacters) return characters.join("");
  const lastSpace = characters.lastIndexOf(" ", titleCharacters);
  const end = lastSpace > titleCharacters / 2 ? lastSpace : titleCharacters;
  return `${characters.slice(0, end).join("")}…`;
}

/** Whether what is stored is what was given; a time that was not given may be any. */
export function isSameMessage(stored: StoredMessage, given: NewMessage): boolean {
  const { role, content, timestamp, tool_calls } = given;
  const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null));
  return (
    // Another program may have anything in its list.
    (stored as StoredMessage | null) !== null &&
    stored["role"] === role &&
    stored["content"] === content &&
    (timestamp === undefined || stored["timestamp"] === timestamp) &&
    // Maps have no order in DynamoDB, and it has no negative zero.
    isDeepStrictEqual(plain(stored["tool_calls"]), plain(tool_calls))
  );
}
