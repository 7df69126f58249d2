/** Older messages of a conversation: segments, which are written once and never change. */

import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { QueryCommand } from "@aws-sdk/lib-dynamodb";
import { attributesOf, type Attributes } from "./attributes";
import type { ConversationTable } from "./head";
import { lastPosition, segmentKey, segmentPosition, type Key, type Lifetime } from "./keys";
import type { StoredMessage } from "./model";

export interface Segment {
  /** Position of its first message. */
  readonly start: number;
  readonly messages: readonly StoredMessage[];
}

/** The messages as they are stored in the head. */
export const segmentItem = (
  lifetime: Lifetime,
  { start, messages }: { readonly start: number; readonly messages: readonly AttributeValue[] },
): Attributes => ({ ...attributesOf(segmentKey(lifetime, start)), messages: { L: [...messages] } });

export interface Range {
  readonly from: number;
  /** The first position that is no longer in it. */
  readonly end: number;
  readonly order: "oldest first" | "newest first";
  readonly consistent: boolean;
}

/**
 * The segments that hold the positions of a range, read one page of DynamoDB after the other for as long as they
 * are asked for. Keys lead straight to them, however many there are.
 */
export async function* segmentsOf(
  table: ConversationTable,
  lifetime: Lifetime,
  range: Range,
): AsyncGenerator<Segment> {
  const { from, end, order } = range;
  if (from >= end) return;
  // The first one may begin before the range. None begins before 0.
  const within = (start: number) => query(table, lifetime, { ...range, least: start, most: end - 1 });
  const around = () =>
    query(table, lifetime, { ...range, order: "newest first", least: 0, most: from, limit: 1 });
  if (from === 0) {
    yield* within(0);
  } else if (order === "oldest first") {
    yield* around();
    yield* within(from + 1);
  } else {
    yield* within(from + 1);
    yield* around();
  }
}

/** The newest one that is there, whatever the head counts. */
export async function lastSegment(
  table: ConversationTable,
  lifetime: Lifetime,
): Promise<Segment | undefined> {
  const order = { order: "newest first", consistent: true, limit: 1 } as const;
  for await (const segment of query(table, lifetime, { ...order, least: 0, most: lastPosition })) {
    return segment;
  }
  return undefined;
}

interface Starts extends Omit<Range, "from" | "end"> {
  readonly least: number;
  readonly most: number;
  /** Of segments; all by default. */
  readonly limit?: number;
}

async function* query(
  { client, name }: ConversationTable,
  lifetime: Lifetime,
  { least, most, limit, order, consistent }: Starts,
): AsyncGenerator<Segment> {
  if (least > most) return;
  let start: Record<string, unknown> | undefined;
  do {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: name,
        KeyConditionExpression: "#id = :id AND #key BETWEEN :least AND :most",
        ExpressionAttributeNames: {
          "#id": "conversation_id" satisfies keyof Key,
          "#key": "user_id" satisfies keyof Key,
        },
        ExpressionAttributeValues: {
          ":id": lifetime.conversation_id,
          ":least": segmentKey(lifetime, least).user_id,
          ":most": segmentKey(lifetime, most).user_id,
        },
        ScanIndexForward: order === "oldest first",
        ConsistentRead: consistent,
        ExclusiveStartKey: start,
        ...(limit !== undefined && { Limit: limit }),
      }),
    );
    for (const item of Items as (Key & { readonly messages: readonly StoredMessage[] })[]) {
      yield { start: segmentPosition(item), messages: item.messages };
    }
    start = limit === undefined ? LastEvaluatedKey : undefined;
  } while (start !== undefined);
}
