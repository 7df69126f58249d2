/** Where functions are measured: a DynamoDB of their own with tables and items, and what calls them. */

import { join } from "node:path";
import { BatchWriteCommand, DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { catalogue } from "../../../tables/catalogue";
import { tableName } from "../../../tables/naming";
import { startDynamoDb, type DynamoDbEmulator } from "../../local/dynamodb-emulator";
import type { Api } from "../../local/gateway/api";
import type { FunctionDefinition } from "../../local/functions/function";
import { startFunction } from "../../local/functions/start-function";
import { startGateway } from "../../local/gateway/start-gateway";
import { addressOf, listen } from "../../local/ports";
import { createProxy } from "../../local/proxy";
import type { FunctionCalls, StoredItems } from "./measured-calls";
import type { Receiver } from "./played-calls";

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

export interface FunctionPlace {
  readonly definition: FunctionDefinition;
  readonly apis: readonly Api[];
  /** Of the DynamoDB that the functions talk to. */
  readonly endpoint: string;
  /** Other services that they talk to. */
  readonly beside?: FunctionCalls["beside"];
  /** Takes the unzipped bundles and the functions' log. */
  readonly folder: string;
}

/** Runs something on a gateway and a function that were just started, and stops them. */
export async function withReceiver<T>(
  { definition, apis, endpoint, beside, folder }: FunctionPlace,
  use: (receiver: Receiver) => Promise<T>,
): Promise<T> {
  const proxy = beside && createProxy(endpoint, beside, []);
  if (proxy !== undefined) await listen(proxy, 0);
  const options = {
    endpoint: proxy === undefined ? endpoint : addressOf(proxy),
    folder: join(folder, "functions"),
    log: join(folder, "functions.log"),
  };
  const gateway = await startGateway({ ...options, apis, port: 0 });
  const running = startFunction(definition, options);
  try {
    return await use({ gateway, running });
  } finally {
    await gateway.stop();
    await running.stop();
    proxy?.closeAllConnections();
    proxy?.close();
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
