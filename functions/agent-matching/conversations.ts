/**
 * The table of messages. Its sort key is the time alone, so two messages of one conversation and millisecond
 * need two: the later one moves on to the next that is free.
 */

import { setTimeout as sleep } from "node:timers/promises";
import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { PutCommand, QueryCommand, type DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import * as v from "valibot";
import { agentConversations as spec } from "../../tables/agent-conversations";
import { isoTime } from "../shared/clock";
import { exactNumber } from "../shared/decimal";
import { itemBytes, itemLimitBytes } from "../shared/item-size";
import { Refusal } from "../shared/refusal";
import { storedText } from "../shared/stored";
import { startDeadline, type MonotonicClock } from "../shared/deadline";

/** A message as document 002 has it. */
export interface Message {
  readonly conversation_id: string;
  /** ISO 8601 with milliseconds. */
  readonly timestamp: string;
  readonly agent_id: string;
  readonly message: string;
  readonly sender: string;
}

export interface ConversationTableProps {
  readonly client: DynamoDBDocumentClient;
  /** Physical name. */
  readonly name: string;
  /** What the deadline of a new message is told by. */
  readonly now?: MonotonicClock;
}

export interface PageRequest<Position> {
  readonly limit: number;
  /** Where the page before ended. */
  readonly from?: Position | undefined;
}

/** Where a page of a conversation ended. */
export type ConversationPosition = Pick<Message, "timestamp">;

/** Where a page of an agent's messages ended: several conversations may share a time. */
export type AgentPosition = Pick<Message, "timestamp" | "conversation_id">;

export interface MessagePage<Position> {
  readonly messages: readonly Message[];
  /** Absent on the last page. */
  readonly next?: Position | undefined;
}

const agentIndex = "agent-conversations-index" satisfies keyof typeof spec.indexes;

/** Sixteen writers of hundreds of messages need about 20. The deadline may end them before. */
const attempts = 60;
/** Doubled by every loss: most of the writers wait while one or two try. */
const firstPauseMilliseconds = 8;
const longestPauseMilliseconds = 200;
/** Milliseconds that are looked through at once for a free one. */
const windowMilliseconds = 200;
/** Reads of such a window, or of 1 MB of it, in one attempt. The deadline may end them before. */
const mostReads = 50;
/** Later times do not sort: their years have more than four digits. */
const lastTime = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

const storedMessage = v.object({
  conversation_id: storedText,
  timestamp: storedText,
  agent_id: storedText,
  message: storedText,
  sender: storedText,
});
const readMessage = (item: object): Message => v.parse(storedMessage, item);

/** The same message again, or the time at which there was no message yet. */
type Place = { readonly repeated: Message } | { readonly free: number };

export class ConversationTable {
  constructor(private readonly props: ConversationTableProps) {}

  /**
   * Stores a message at its time, or at the first millisecond after it that is free. The same message again,
   * with the time that it named, is not stored twice: it is found in the place that it was given.
   *
   * @returns the message as it is stored.
   * @throws Refusal `too-large`; `invalid` when no time is left after its own; `conflict` when about 10,000
   * messages share its time; `contended` when other writers always came first until the deadline.
   */
  async append(message: Message): Promise<Message> {
    if (itemBytes(message) > itemLimitBytes) {
      const limit = `the ${itemLimitBytes / 1024} KB of an item of ${spec.name}`;
      throw new Refusal("too-large", `The message is larger than ${limit}. Send it in parts.`, "message");
    }
    const isLate = startDeadline(this.props.now);
    let time = Date.parse(message.timestamp);
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      const placed = { ...message, timestamp: isoTime(new Date(time)) };
      const present = await this.insert(placed);
      if (present === undefined) return placed;
      if (isSame(present, message)) return present;
      // The first loss is to a message that was there before, most of the time.
      if (attempt > 1) await sleep(pauseAfter(attempt));
      const place = await this.placeAfter(time, message, isLate);
      if ("repeated" in place) return place.repeated;
      if (isLate()) throw contended();
      time = place.free;
    }
    throw contended();
  }

  /** A conversation in its order. */
  async messages(
    conversation_id: string,
    page: PageRequest<ConversationPosition>,
  ): Promise<MessagePage<ConversationPosition>> {
    const found = await this.conversationPage(conversation_id, page, false);
    // What was just stored may not be visible to an ordinary read.
    return found.messages.length > 0 ? found : this.conversationPage(conversation_id, page, true);
  }

  /** The messages of all conversations with an agent, newest first. */
  async messagesWith(
    agent_id: string,
    { limit, from }: PageRequest<AgentPosition>,
  ): Promise<MessagePage<AgentPosition>> {
    const { client, name } = this.props;
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: name,
        IndexName: agentIndex,
        KeyConditionExpression: "#agent = :agent",
        ExpressionAttributeNames: { "#agent": spec.indexes[agentIndex].partitionKey },
        ExpressionAttributeValues: { ":agent": agent_id },
        ScanIndexForward: false,
        Limit: limit + 1,
        ...(from && { ExclusiveStartKey: { ...from, agent_id } }),
      }),
    );
    const { messages, hasMore } = pageOf(Items, LastEvaluatedKey, limit);
    const { timestamp, conversation_id } = endOf(messages, LastEvaluatedKey);
    return { messages, ...(hasMore && { next: { timestamp, conversation_id } }) };
  }

  /** Gives the message that is there already, whoever wrote it. */
  private async insert(message: Message): Promise<Message | undefined> {
    const { client, name } = this.props;
    try {
      await client.send(
        new PutCommand({
          TableName: name,
          Item: message,
          ConditionExpression: "attribute_not_exists(#key)",
          ExpressionAttributeNames: { "#key": spec.partitionKey },
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        }),
      );
      return undefined;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return readMessage(unmarshall(error.Item ?? {}, { wrapNumbers: exactNumber }));
    }
  }

  /**
   * Steps over the messages that follow one another by a millisecond. All of them were there before a message
   * was put behind them, so a repeated one is among them.
   */
  private async placeAfter(taken: number, message: Message, isLate: () => boolean): Promise<Place> {
    let time = taken + 1;
    for (let read = 1; read <= mostReads; read += 1) {
      if (isLate()) throw contended();
      const { byTime, readTo } = await this.window(message.conversation_id, time);
      for (let slot = isoTime(new Date(time)); slot <= readTo; slot = isoTime(new Date((time += 1)))) {
        const present = byTime.get(slot);
        if (present === undefined) return { free: time };
        if (isSame(present, message)) return { repeated: present };
      }
    }
    throw new Refusal("conflict", "Too many messages have that time: name a later one.", "timestamp");
  }

  /** Messages from a time on, by their times, and the time up to which they are all there are. */
  private async window(conversation_id: string, from: number) {
    if (from > lastTime) {
      throw new Refusal(
        "invalid",
        "timestamp leaves no room for another message: name an earlier one.",
        "timestamp",
      );
    }
    const { client, name } = this.props;
    const to = isoTime(new Date(Math.min(from + windowMilliseconds, lastTime)));
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: name,
        KeyConditionExpression: "#conversation = :conversation AND #time BETWEEN :from AND :to",
        ExpressionAttributeNames: {
          "#conversation": spec.partitionKey,
          "#time": "timestamp" satisfies keyof Message,
        },
        ExpressionAttributeValues: {
          ":conversation": conversation_id,
          ":from": isoTime(new Date(from)),
          ":to": to,
        },
        ConsistentRead: true,
      }),
    );
    const messages = Items.map(readMessage);
    const isWhole = LastEvaluatedKey === undefined;
    return {
      byTime: new Map(messages.map((message) => [message.timestamp, message])),
      readTo: isWhole ? to : (messages.at(-1)?.timestamp ?? ""),
    };
  }

  private async conversationPage(
    conversation_id: string,
    { limit, from }: PageRequest<ConversationPosition>,
    consistent: boolean,
  ): Promise<MessagePage<ConversationPosition>> {
    const { client, name } = this.props;
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: name,
        KeyConditionExpression: "#conversation = :conversation",
        ExpressionAttributeNames: { "#conversation": spec.partitionKey },
        ExpressionAttributeValues: { ":conversation": conversation_id },
        ConsistentRead: consistent,
        Limit: limit + 1,
        ...(from && { ExclusiveStartKey: { ...from, conversation_id } }),
      }),
    );
    const { messages, hasMore } = pageOf(Items, LastEvaluatedKey, limit);
    const { timestamp } = endOf(messages, LastEvaluatedKey);
    return { messages, ...(hasMore && { next: { timestamp } }) };
  }
}

/** One more than the limit was asked for; DynamoDB may have stopped before, at 1 MB. */
const pageOf = (items: readonly object[], lastKey: object | undefined, limit: number) => ({
  messages: items.slice(0, limit).map(readMessage),
  hasMore: items.length > limit || lastKey !== undefined,
});

/** Where a page ended; DynamoDB may end one before its first message. */
const endOf = (messages: readonly Message[], lastKey: object = {}): AgentPosition =>
  messages.at(-1) ?? readMessage(lastKey);

const pauseAfter = (attempt: number): number =>
  Math.random() * Math.min(longestPauseMilliseconds, firstPauseMilliseconds * 2 ** (attempt - 2));

const isSame = (one: Message, other: Message): boolean =>
  one.agent_id === other.agent_id && one.sender === other.sender && one.message === other.message;

const contended = () =>
  new Refusal("contended", "Other writers stored messages at that time first. Try again.");
