import { startCallRecorder, type CallRecorder } from "../../scripts/local/call-recorder";
import { localCredentials } from "../../stacks/local-endpoint";
import type { TableSpec } from "../../tables/table-spec";
import type { HttpFunction } from "./api-event";
import { startEmulatedTable, type EmulatedTable } from "./emulated-table";

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

/** The functions read their variables when they are loaded: a test file loads them once. */
export async function loadFunctions(system: string, spec: TableSpec): Promise<LoadedFunctions> {
  const table = await startEmulatedTable(spec);
  const recorder = await startCallRecorder(table.endpoint);
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: recorder.endpoint,
    AWS_ACCESS_KEY_ID: localCredentials.accessKey,
    AWS_SECRET_ACCESS_KEY: localCredentials.secretKey,
    AWS_REGION: "us-east-1",
    DYNAMODB_TABLE_NAME: table.name,
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
