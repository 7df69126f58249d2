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

export const startEmulatedTable = (spec: TableSpec): Promise<EmulatedTable> => startEmulatedTables([spec]);

/** Several tables on one emulator; `name` is the first one's. */
export async function startEmulatedTables(
  specs: readonly [TableSpec, ...TableSpec[]],
): Promise<EmulatedTable> {
  const emulator = await startDynamoDb();
  for (const spec of specs) await emulator.createTable(spec, "local");
  return {
    name: tableName(specs[0], "local"),
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
