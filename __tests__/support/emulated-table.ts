import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { startDynamoDb } from "../../scripts/local/dynamodb-emulator";
import { tableName } from "../../tables/naming";
import type { TableSpec } from "../../tables/table-spec";

/** A table of its own for a test file, on a DynamoDB emulator. */
export interface EmulatedTable {
  readonly name: string;
  readonly endpoint: string;
  readonly client: DynamoDBDocumentClient;
  stop(): Promise<void>;
}

export async function startEmulatedTable(spec: TableSpec): Promise<EmulatedTable> {
  const emulator = await startDynamoDb();
  await emulator.createTable(spec, "local");
  return {
    name: tableName(spec, "local"),
    endpoint: emulator.endpoint,
    client: DynamoDBDocumentClient.from(emulator.client, {
      marshallOptions: { removeUndefinedValues: true },
    }),
    stop: () => emulator.stop(),
  };
}

/** A clock that a test turns; every look at it is a tick later when a tick is given. */
export function testClock(start: string, tickMilliseconds = 0) {
  let now = Date.parse(start);
  return {
    read: (): Date => {
      const time = new Date(now);
      now += tickMilliseconds;
      return time;
    },
    set: (time: string): void => {
      now = Date.parse(time);
    },
  };
}
