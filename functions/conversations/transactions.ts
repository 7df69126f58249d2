/** Transactions that others may come before. */

import { randomUUID } from "node:crypto";
import {
  ConditionalCheckFailedException,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  type TransactWriteItem,
} from "@aws-sdk/client-dynamodb";
import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { Refusal } from "../shared/refusal";
import { lowLevel, type Attributes } from "./attributes";

/** The same write again within a transaction: AWS answers it, and changes nothing twice (TransactWriteItems). */
export const transactWrite = (client: DynamoDBDocumentClient, items: readonly TransactWriteItem[]) =>
  lowLevel(client).send(
    new TransactWriteItemsCommand({ TransactItems: [...items], ClientRequestToken: randomUUID() }),
  );

/** Of an item that is not there yet. */
export const putNew = (table: { readonly name: string }, item: Attributes) => ({
  Put: {
    TableName: table.name,
    Item: { ...item },
    ConditionExpression: "attribute_not_exists(#id)",
    ExpressionAttributeNames: { "#id": "conversation_id" },
  },
});

const throttled = ["ThrottlingError", "ProvisionedThroughputExceeded", "RequestLimitExceeded"];

/**
 * Whether a write failed since another one came first, or is under way: it may be decided again.
 *
 * @throws Refusal `throttled` when a transaction was cancelled for that, which its name does not tell.
 */
export function isLostRace(error: unknown): error is Error {
  if (error instanceof ConditionalCheckFailedException) return true;
  if (!(error instanceof Error)) return false;
  if (error.name === "TransactionConflictException" || error.name === "TransactionInProgressException") {
    return true;
  }
  if (!(error instanceof TransactionCanceledException)) return false;
  const codes = (error.CancellationReasons ?? []).map(({ Code = "None" }) => Code);
  if (codes.some((code) => throttled.includes(code))) {
    throw new Refusal("throttled", "The table is busy. Try again after a second.");
  }
  return codes.some((code) => code === "ConditionalCheckFailed" || code === "TransactionConflict");
}

/** What a failed condition gives back: that of a write, or of the last one in a transaction. */
export function failedCondition(error: Error): { readonly Item?: Attributes | undefined } | undefined {
  if (error instanceof ConditionalCheckFailedException) return error;
  if (!(error instanceof TransactionCanceledException)) return undefined;
  const last = error.CancellationReasons?.at(-1);
  return last?.Code === "ConditionalCheckFailed" ? last : undefined;
}

/** Whether a transaction failed for an item that it would add, and not for the one that it updates. */
export function isSegmentInTheWay(error: Error): boolean {
  if (!(error instanceof TransactionCanceledException)) return false;
  const codes = (error.CancellationReasons ?? []).map(({ Code = "None" }) => Code);
  return codes.includes("ConditionalCheckFailed") && codes.at(-1) === "None";
}

/** Whether a write that failed may have been done, or may yet be: by another try of the client's. */
export const mayHaveSucceeded = (error: Error): boolean =>
  wasRepeated(error) || error.name === "TransactionInProgressException";

/** Whether the client has sent the write more than once: then the first time may have succeeded. */
export function wasRepeated(error: unknown): boolean {
  const { $metadata } = error as { readonly $metadata?: { readonly attempts?: number } };
  return ($metadata?.attempts ?? 1) > 1;
}
