import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBServiceException,
  GetItemCommand,
  PutItemCommand,
  type AttributeValue,
  type DynamoDBClient,
} from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { isDeepStrictEqual } from "node:util";
import type { TableSpec } from "../../../tables/table-spec";
import { describeError } from "../errors";
import { declared, unknown, type Difference } from "./finding";

/**
 * Writes the spec's example item, reads it back and deletes it: what document 003 does by hand after a
 * deployment. An item that is there already is never touched.
 */
export async function probe(
  client: DynamoDBClient,
  spec: TableSpec,
  table: string,
): Promise<readonly Difference[]> {
  const item = marshall(spec.example);
  const keyNames = [spec.partitionKey, ...(spec.sortKey ? [spec.sortKey] : [])];
  const key = Object.fromEntries(Object.entries(item).filter(([name]) => keyNames.includes(name)));
  try {
    await client.send(
      new PutItemCommand({
        TableName: table,
        Item: item,
        ConditionExpression: "attribute_not_exists(#partitionKey)",
        ExpressionAttributeNames: { "#partitionKey": spec.partitionKey },
      }),
    );
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) return [couldNotWrite(error, table, key)];
    return [
      unknown(
        "probe",
        "no item with the example's key",
        "there is one; it was not touched",
        `Look whether an earlier probe left it, and delete it then: ${deleteCommand(table, key)}`,
      ),
    ];
  }
  return [...(await readBack(client, table, key, item)), ...(await remove(client, table, key))];
}

type Key = Record<string, AttributeValue>;

async function readBack(
  client: DynamoDBClient,
  table: string,
  key: Key,
  written: Key,
): Promise<readonly Difference[]> {
  try {
    const { Item } = await client.send(
      new GetItemCommand({ TableName: table, Key: key, ConsistentRead: true }),
    );
    return isDeepStrictEqual(Item, written)
      ? []
      : [declared("probe", "the item that was written", Item ? "another item" : "no item", "Probe again.")];
  } catch (error) {
    return [couldNotProbe(error)];
  }
}

/** What the probe wrote must not stay unnoticed. */
async function remove(client: DynamoDBClient, table: string, key: Key): Promise<readonly Difference[]> {
  try {
    await client.send(new DeleteItemCommand({ TableName: table, Key: key }));
    return [];
  } catch (error) {
    const actual = `still there: ${describeError(error)}`;
    return [declared("probe", "the example item deleted", actual, `Delete it: ${deleteCommand(table, key)}`)];
  }
}

/** A write whose answer was lost may have been done. */
function couldNotWrite(error: unknown, table: string, key: Key): Difference {
  const isRefused = error instanceof DynamoDBServiceException && error.$fault === "client";
  return isRefused
    ? couldNotProbe(error)
    : unknown(
        "probe",
        "an answer from AWS",
        describeError(error),
        `The item may be there all the same. Delete it: ${deleteCommand(table, key)}`,
      );
}

const couldNotProbe = (error: unknown): Difference =>
  unknown(
    "probe",
    "an answer from AWS",
    describeError(error),
    "Check the rights to write, read and delete items.",
  );

const deleteCommand = (table: string, key: Key): string =>
  `aws dynamodb delete-item --table-name ${table} --key '${JSON.stringify(key)}'`;
