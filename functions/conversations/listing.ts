/** A user's conversations, newest first. */

import { QueryCommand } from "@aws-sdk/lib-dynamodb";
import * as v from "valibot";
import { conversations as spec } from "../../tables/conversations";
import { storedNumber, storedText } from "../shared/stored";
import type { ConversationTable } from "./head";
import type { Summary } from "./model";

const indexName = "user_id-created_at-index" satisfies keyof typeof spec.indexes;
const index = spec.indexes[indexName];

/** The last conversation that a page has shown; the user is the caller's. */
export interface Position {
  readonly created_at: string;
  readonly conversation_id: string;
}

export interface ListPage {
  readonly conversations: readonly Summary[];
  /** Absent on the last page. */
  readonly next?: Position;
}

export interface ListRequest {
  readonly user_id: string;
  readonly limit: number;
  /** Where the page before ended. */
  readonly from?: Position | undefined;
}

const shown = ["conversation_id", "user_id", "title", "created_at", "updated_at", "message_count"] as const;

/**
 * Summaries of one page. DynamoDB goes on by the whole key of the last one shown, so that conversations of one time
 * are neither missed nor repeated.
 */
export async function list(
  { client, name }: ConversationTable,
  { user_id, limit, from }: ListRequest,
): Promise<ListPage> {
  const found: Summary[] = [];
  let start: Record<string, unknown> | undefined = from && { ...from, user_id };
  do {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: name,
        IndexName: indexName,
        KeyConditionExpression: "#user = :user",
        ProjectionExpression: shown.map((_, place) => `#a${place}`).join(", "),
        ExpressionAttributeNames: {
          "#user": index.partitionKey,
          ...Object.fromEntries(shown.map((attribute, place) => [`#a${place}`, attribute])),
        },
        ExpressionAttributeValues: { ":user": user_id },
        ScanIndexForward: false,
        // One more tells whether there is another page.
        Limit: limit + 1 - found.length,
        ExclusiveStartKey: start,
      }),
    );
    found.push(...Items.map((item) => v.parse(summary, item)));
    start = LastEvaluatedKey;
  } while (start !== undefined && found.length <= limit);
  const conversations = found.slice(0, limit);
  const last = conversations.at(-1);
  if (last === undefined || found.length <= limit) return { conversations };
  return { conversations, next: { created_at: last.created_at, conversation_id: last.conversation_id } };
}

/** Keys are always there; what another program may have left out is read as empty. */
const summary = v.pipe(
  v.object({
    conversation_id: v.string(),
    user_id: v.string(),
    title: storedText,
    created_at: v.string(),
    updated_at: v.optional(v.fallback(v.string(), "")),
    message_count: storedNumber,
  }),
  v.transform(({ updated_at, ...others }): Summary => ({
    ...others,
    updated_at: updated_at || others.created_at,
  })),
);
