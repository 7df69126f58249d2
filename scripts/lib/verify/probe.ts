import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  type DynamoDBClient,
} from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { isDeepStrictEqual } from "node:util";
import type { TableSpec } from "../../../tables/table-spec";
import { declared, type Difference } from "./finding";

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
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return [
      {
        tier: "unknown",
        path: "probe",
        expected: "no item with the example's key",
        actual: "there is one; it was not touched",
        remedy: "Look whether an earlier probe left it, and delete it then.",
      },
    ];
  }
  try {
    const { Item } = await client.send(
      new GetItemCommand({ TableName: table, Key: key, ConsistentRead: true }),
    );
    return isDeepStrictEqual(Item, item)
      ? []
      : [declared("probe", "the item that was written", Item ? "another item" : "no item", "Probe again.")];
  } finally {
    await client.send(new DeleteItemCommand({ TableName: table, Key: key }));
  }
}
