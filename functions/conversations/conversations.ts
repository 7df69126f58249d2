/** The library with which an assistant keeps its conversations (document 001). */

import { randomUUID } from "node:crypto";
import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import * as v from "valibot";
import { systemClock, type Clock } from "../shared/clock";
import { decodeCursor, encodeCursor } from "../shared/cursor";
import { documentClient } from "../shared/document-client";
import { fields, parseInput } from "../shared/input";
import { isStorableText } from "../shared/json-value";
import { append } from "./append";
import { calls, refuseToolCalls, type Call } from "./calls";
import { create } from "./create";
import { deleteConversation } from "./deletion";
import { ordinaryBoundBytes, type ConversationTable } from "./head";
import { conversationKey } from "./keys";
import { list } from "./listing";
import type { Excerpt, Placed, Summary } from "./model";
import { read } from "./reading";
import { rename } from "./rename";

export { Refusal } from "../shared/refusal";
export type { Call } from "./calls";
export type { Excerpt, Message, Placed, StoredMessage, Summary, ToolCall } from "./model";

export interface ConversationsProps {
  /** Physical name of the table: `cg-chatbot-conversations` in production. */
  readonly tableName: string;
  readonly client?: DynamoDBDocumentClient;
  readonly clock?: Clock;
  /** Bytes of a conversation's own item, beyond which older messages are sealed; 16 KB. */
  readonly boundBytes?: number;
  /** How long one call of `delete` deletes. */
  readonly deletionMilliseconds?: number;
}

export interface List {
  readonly conversations: readonly Summary[];
  /** Where the list goes on; absent on the last page. */
  readonly cursor?: string;
}

/** As long as keys may be; other writers may have other forms of times and ids. */
const keyText = (bytes: number) =>
  v.pipe(v.string(), v.nonEmpty(), v.maxBytes(bytes), v.check(isStorableText));
const position = fields({ created_at: keyText(1024), conversation_id: keyText(2048) });

/**
 * A user's conversations. Another user's is `not-found`, as one that is not there. A call that is malformed throws
 * a Refusal `invalid`.
 *
 * @example
 * const conversations = new Conversations({ tableName: "cg-chatbot-conversations" });
 * const { summary } = await conversations.create({ user_id: "demo", title: "4K Renders Search" });
 * const { conversation_id } = summary;
 * await conversations.addMessage({ user_id: "demo", conversation_id, role: "user", content: "Show me 4K renders" });
 * const { messages } = await conversations.get({ user_id: "demo", conversation_id });
 */
export class Conversations {
  private readonly table: ConversationTable;
  private readonly deletionMilliseconds: number | undefined;

  constructor(props: ConversationsProps) {
    const { tableName, client = documentClient(), clock = systemClock } = props;
    const { boundBytes = ordinaryBoundBytes, deletionMilliseconds } = props;
    this.table = { client, name: tableName, clock, boundBytes };
    this.deletionMilliseconds = deletionMilliseconds;
  }

  /**
   * A new conversation, or the one of the given id that begins with the same message. Without a title, the first
   * user message gives one.
   *
   * @throws Refusal `conflict` when there is one of that id that begins otherwise.
   */
  async create(call: Call<"create">): Promise<Excerpt> {
    const { user_id, conversation_id = randomUUID(), ...given } = parseInput(calls.create, call);
    const key = conversationKey({ conversation_id, user_id });
    if (given.message !== undefined) refuseToolCalls(given.message);
    await create(this.table, key, given);
    return read(this.table, key, {});
  }

  /**
   * Adds a message, and gives its position. One with a `message_id` is added once, however often it is sent.
   *
   * @throws Refusal `not-found`; `too-large` beyond 400 KB; `conflict` when the id is another message's.
   */
  async addMessage(call: Call<"addMessage">): Promise<Placed> {
    const { user_id, conversation_id, ...message } = parseInput(calls.addMessage, call);
    refuseToolCalls(message);
    return append(this.table, conversationKey({ conversation_id, user_id }), message);
  }

  /**
   * The conversation, or of a long one the newest part: messages before a position, or all, no more than `limit`
   * and than 4 MB of them. Unless `from` is 0, there are older ones before it.
   *
   * @throws Refusal `not-found`.
   */
  async get(call: Call<"get">): Promise<Excerpt> {
    const { user_id, conversation_id, ...page } = parseInput(calls.get, call);
    return read(this.table, conversationKey({ conversation_id, user_id }), page);
  }

  /** The user's conversations, newest first, without their messages. */
  async list(call: Call<"list">): Promise<List> {
    const { user_id, limit, cursor } = parseInput(calls.list, call);
    const from = cursor === undefined ? undefined : decodeCursor(position, cursor);
    const { conversations, next } = await list(this.table, { user_id, limit, from });
    return { conversations, ...(next && { cursor: encodeCursor(next) }) };
  }

  /** @throws Refusal `not-found`. */
  async rename(call: Call<"rename">): Promise<Summary> {
    const { user_id, conversation_id, title } = parseInput(calls.rename, call);
    return rename(this.table, conversationKey({ conversation_id, user_id }), title);
  }

  /**
   * Deletes the conversation with all that belongs to it.
   *
   * @throws Refusal `not-found`; `contended` when one call cannot delete it all: called again, it goes on.
   */
  async delete(call: Call<"delete">): Promise<void> {
    const key = conversationKey(parseInput(calls.delete, call));
    return deleteConversation(this.table, key, this.deletionMilliseconds);
  }
}
