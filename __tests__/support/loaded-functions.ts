import { startCallRecorder, type CallRecorder } from "../../scripts/local/call-recorder";
import { localCredentials } from "../../stacks/local-endpoint";
import { tableName } from "../../tables/naming";
import type { TableSpec } from "../../tables/table-spec";
import type { HttpFunction } from "./api-event";
import { startEmulatedTables, type EmulatedTable } from "./emulated-table";

/** A system's functions in this process, on a table of an emulator. */
export interface LoadedFunctions {
  readonly read: LoadedFunction;
  readonly write: LoadedFunction;
  readonly table: EmulatedTable;
  stop(): Promise<void>;
}

/** With every call to the table on record: each goes through one server more. */
export interface RecordedFunctions extends LoadedFunctions {
  readonly recorder: CallRecorder;
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
  const place = await startTables(tables);
  return load(system, place, place.table.endpoint);
}

/** Loads functions as `loadFunctions` does. */
export async function recordFunctions(
  system: string,
  tables: TableSpec | TableVariables,
): Promise<RecordedFunctions> {
  const place = await startTables(tables);
  const recorder = await startCallRecorder(place.table.endpoint);
  const functions = await load(system, place, recorder.endpoint);
  return {
    ...functions,
    recorder,
    async stop() {
      await recorder.stop();
      await functions.stop();
    },
  };
}

interface Place {
  readonly variables: TableVariables;
  readonly table: EmulatedTable;
}

async function startTables(tables: TableSpec | TableVariables): Promise<Place> {
  const variables = isSpec(tables) ? { DYNAMODB_TABLE_NAME: tables } : tables;
  const table = await startEmulatedTables(Object.values(variables) as [TableSpec, ...TableSpec[]]);
  return { variables, table };
}

async function load(system: string, { variables, table }: Place, endpoint: string): Promise<LoadedFunctions> {
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: localCredentials.accessKey,
    AWS_SECRET_ACCESS_KEY: localCredentials.secretKey,
    AWS_REGION: "us-east-1",
    ...Object.fromEntries(Object.entries(variables).map(([name, spec]) => [name, tableName(spec, "local")])),
    POWERTOOLS_LOG_LEVEL: "SILENT",
  });
  const loaded = async (name: string) =>
    (await import(`../../functions/${system}/${name}`)) as LoadedFunction;
  return { read: await loaded("read"), write: await loaded("write"), table, stop: () => table.stop() };
}

const isSpec = (tables: TableSpec | TableVariables): tables is TableSpec => "partitionKey" in tables;
