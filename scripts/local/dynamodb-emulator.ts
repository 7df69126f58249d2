/**
 * A DynamoDB alone, for what only reads and writes items: dynoxide, which is as strict as AWS, where its
 * package installs (docs/adr/0004); otherwise moto.
 */

import { rmSync } from "node:fs";
import { join } from "node:path";
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  type DynamoDBClient,
} from "@aws-sdk/client-dynamodb";
import { dynamoDbClient } from "../../functions/shared/dynamodb-client";
import { localCredentials } from "../../stacks/local-endpoint";
import { keyAttributes, type Projection, type TableSpec } from "../../tables/table-spec";
import { tableName, type EnvironmentName } from "../../tables/naming";
import "../lib/quiet-sdk";
import { makeOwnFolder } from "./abandoned-folders";
import { findMoto, startMoto } from "./moto";
import { startServer, type RunningServer } from "./server-process";

export interface DynamoDbEmulator {
  readonly engine: "dynoxide" | "moto";
  readonly endpoint: string;
  readonly client: DynamoDBClient;
  /** Creates a table as its spec has it, on-demand. */
  createTable(spec: TableSpec, environment: EnvironmentName): Promise<void>;
  stop(): Promise<void>;
}

export async function startDynamoDb(signal?: AbortSignal): Promise<DynamoDbEmulator> {
  const folder = makeOwnFolder("dynamodb");
  const removeFolder = () => rmSync(folder, { recursive: true, force: true });
  const log = join(folder, "dynamodb.log");
  const binary = dynoxideBinary();
  try {
    const server =
      binary === undefined
        ? await startMoto(await findMoto(process.env, signal), log, signal)
        : await startDynoxide(binary, log, signal);
    const client = dynamoDbClient({
      region: "us-east-1",
      endpoint: server.url,
      credentials: { accessKeyId: localCredentials.accessKey, secretAccessKey: localCredentials.secretKey },
    });
    return {
      engine: binary === undefined ? "moto" : "dynoxide",
      endpoint: server.url,
      client,
      async createTable(spec, environment) {
        await client.send(new CreateTableCommand(createTableInput(spec, environment)));
      },
      async stop() {
        client.destroy();
        await server.stop();
        removeFolder();
      },
    };
  } catch (error) {
    removeFolder();
    throw error;
  }
}

/** Its package has a binary and no entry point; npm leaves it out where there is none for the machine. */
function dynoxideBinary(): string | undefined {
  try {
    return join(require.resolve("@dynoxide/linux-x64/package.json"), "../dynoxide");
  } catch {
    return undefined;
  }
}

const startDynoxide = (binary: string, log: string, signal?: AbortSignal): Promise<RunningServer> =>
  startServer(
    {
      name: "dynoxide",
      binary,
      args: (port) => ["serve", "--host", "127.0.0.1", "--port", String(port)],
      healthPath: "/",
      // It has no page of its own to ask for: any answer is one.
      isReady: () => true,
      log,
    },
    signal,
  );

/** A table as its spec has it, on-demand and without what only AWS itself does. */
export function createTableInput(spec: TableSpec, environment: EnvironmentName): CreateTableCommandInput {
  return {
    TableName: tableName(spec, environment),
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: keyAttributes(spec).map((name) => ({
      AttributeName: name,
      AttributeType: spec.attributes[name]?.type as "S" | "N" | "B",
    })),
    KeySchema: keySchema(spec.partitionKey, spec.sortKey),
    ...present("GlobalSecondaryIndexes", spec.indexes, (index) =>
      keySchema(index.partitionKey, index.sortKey),
    ),
    ...present("LocalSecondaryIndexes", spec.localIndexes, (index) =>
      keySchema(spec.partitionKey, index.sortKey),
    ),
  };
}

/** DynamoDB refuses an empty list of indexes. */
function present<Index extends { readonly projection: Projection }>(
  property: "GlobalSecondaryIndexes" | "LocalSecondaryIndexes",
  indexes: Readonly<Record<string, Index>>,
  keys: (index: Index) => ReturnType<typeof keySchema>,
): Partial<CreateTableCommandInput> {
  const list = Object.entries(indexes).map(([name, index]) => ({
    IndexName: name,
    KeySchema: keys(index),
    Projection:
      typeof index.projection === "string"
        ? { ProjectionType: index.projection }
        : { ProjectionType: "INCLUDE" as const, NonKeyAttributes: [...index.projection.include] },
  }));
  return list.length > 0 ? { [property]: list } : {};
}

const keySchema = (partitionKey: string, sortKey?: string) => [
  { AttributeName: partitionKey, KeyType: "HASH" as const },
  ...(sortKey === undefined ? [] : [{ AttributeName: sortKey, KeyType: "RANGE" as const }]),
];
