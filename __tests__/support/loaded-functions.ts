import { startCallRecorder, type CallRecorder } from "../../scripts/local/call-recorder";
import { localCredentials } from "../../stacks/local-endpoint";
import { tableName } from "../../tables/naming";
import type { TableSpec } from "../../tables/table-spec";
import type { HttpFunction } from "./api-event";
import { startEmulatedTables, type EmulatedTable } from "./emulated-table";

/** A system's functions in this process, on a table of an emulator, with every call to it on record. */
export interface LoadedFunctions {
  readonly read: LoadedFunction;
  readonly write: LoadedFunction;
  readonly table: EmulatedTable;
  readonly recorder: CallRecorder;
  stop(): Promise<void>;
}

export interface LoadedFunction {
  readonly handler: HttpFunction;
  readonly routes: Readonly<Record<string, unknown>>;
}

/** By the variables in which the functions find their names. */
export type TableVariables = Readonly<Record<string, TableSpec>>;

/**
 * The functions read their variables when they are loaded: a test file loads them once.
 *
 * @param tables the one table of the system, or several by their variables; `table` is the first.
 */
export async function loadFunctions(
  system: string,
  tables: TableSpec | TableVariables,
): Promise<LoadedFunctions> {
  const variables = isSpec(tables) ? { DYNAMODB_TABLE_NAME: tables } : tables;
  const table = await startEmulatedTables(Object.values(variables) as [TableSpec, ...TableSpec[]]);
  const recorder = await startCallRecorder(table.endpoint);
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: recorder.endpoint,
    AWS_ACCESS_KEY_ID: localCredentials.accessKey,
    AWS_SECRET_ACCESS_KEY: localCredentials.secretKey,
    AWS_REGION: "us-east-1",
    ...Object.fromEntries(Object.entries(variables).map(([name, spec]) => [name, tableName(spec, "local")])),
    POWERTOOLS_LOG_LEVEL: "SILENT",
  });
  const load = async (name: string) => (await import(`../../functions/${system}/${name}`)) as LoadedFunction;
  return {
    read: await load("read"),
    write: await load("write"),
    table,
    recorder,
    async stop() {
      await recorder.stop();
      await table.stop();
    },
  };
}

const isSpec = (tables: TableSpec | TableVariables): tables is TableSpec => "partitionKey" in tables;
