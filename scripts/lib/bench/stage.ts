/** Where functions are measured: a DynamoDB of their own with tables and items, and a gateway before them. */

import { join } from "node:path";
import { BatchWriteCommand, DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { catalogue } from "../../../tables/catalogue";
import { tableName } from "../../../tables/naming";
import { startDynamoDb, type DynamoDbEmulator } from "../../local/dynamodb-emulator";
import type { Api } from "../../local/gateway/api";
import { startGateway, type Gateway } from "../../local/gateway/start-gateway";
import type { FunctionCalls, StoredItems } from "./measured-calls";

/** Runs something on a DynamoDB that has every table, empty but for the given items, and stops it. */
export async function withTables<T>(
  stored: FunctionCalls["stored"],
  signal: AbortSignal,
  use: (emulator: DynamoDbEmulator) => Promise<T>,
): Promise<T> {
  const emulator = await startDynamoDb(signal);
  try {
    for (const spec of catalogue) await emulator.createTable(spec, "local");
    for (const items of [stored ?? []].flat()) await store(emulator, items);
    return await use(emulator);
  } finally {
    await emulator.stop();
  }
}

export interface GatewayPlace {
  readonly apis: readonly Api[];
  /** Of the DynamoDB that the functions talk to. */
  readonly endpoint: string;
  /** Takes the unzipped bundles and the functions' log. */
  readonly folder: string;
}

/** Runs something on a gateway that was just started, and stops it. */
export async function withGateway<T>(
  { apis, endpoint, folder }: GatewayPlace,
  use: (gateway: Gateway) => Promise<T>,
): Promise<T> {
  const log = join(folder, "functions.log");
  const gateway = await startGateway({ apis, endpoint, port: 0, folder: join(folder, "functions"), log });
  try {
    return await use(gateway);
  } finally {
    await gateway.stop();
  }
}

/** DynamoDB takes no more in one batch. */
const batchItems = 25;

async function store({ client }: DynamoDbEmulator, { spec, items }: StoredItems): Promise<void> {
  const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  const table = tableName(spec, "local");
  const all = items();
  for (let start = 0; start < all.length; start += batchItems) {
    const requests = all.slice(start, start + batchItems).map((Item) => ({ PutRequest: { Item } }));
    await documents.send(new BatchWriteCommand({ RequestItems: { [table]: requests } }));
  }
}
