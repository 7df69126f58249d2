/** A local AWS without Terraform, with tables as their stacks leave them: what backups and restores are tried on. */

import { join } from "node:path";
import { PutItemCommand, UpdateContinuousBackupsCommand } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { awsClients, type AwsClients } from "../../scripts/lib/aws";
import { restoreTable, type RestoreResult, type RestoreTalk } from "../../scripts/lib/restore/restore-table";
import type { Wanted } from "../../scripts/lib/restore/source";
import { findMoto, startMoto } from "../../scripts/local/moto";
import { addressOf, listen } from "../../scripts/local/ports";
import { createProxy } from "../../scripts/local/proxy";
import { createStandingTable, createSystemKey } from "../../scripts/local/standing-table";
import { loadEnvironments, type Environment } from "../../stacks/environments";
import { catalogue } from "../../tables/catalogue";
import { tableName } from "../../tables/naming";
import type { System } from "../../tables/systems";
import type { TableSpec } from "../../tables/table-spec";
import { temporaryFolder } from "./functions";

export interface Recovery {
  readonly endpoint: string;
  readonly environment: Environment;
  readonly clients: AwsClients;
  /** Further clients of the same, whose calls a test may let fail. */
  connect(): AwsClients;
  /** ARN of each system's key. */
  readonly keys: ReadonlyMap<System, string>;
  /** Creates a table with keys, indexes, units, key and point-in-time recovery, and an item. */
  createTable(spec: TableSpec): Promise<void>;
  stop(): Promise<void>;
}

/** @param name of an environment whose tables are protected. */
export async function startRecovery(name: "staging" | "prod" = "staging"): Promise<Recovery> {
  const { folder, remove } = temporaryFolder();
  const moto = await startMoto(await findMoto(process.env), join(folder, "moto.log"));
  const proxy = createProxy(moto.url);
  await listen(proxy, 0);
  const endpoint = addressOf(proxy);
  const environment = loadEnvironments({})[name];
  const connect = () => awsClients(environment, {}, { AWS_ENDPOINT_URL: endpoint });
  const clients = connect();
  const keys = new Map<System, string>();
  for (const system of new Set(catalogue.map((spec) => spec.system))) {
    keys.set(system, await createSystemKey(clients, system, environment.name));
  }
  return {
    endpoint,
    environment,
    clients,
    connect,
    keys,
    async createTable(spec) {
      const TableName = tableName(spec, environment.name);
      await createStandingTable(clients, spec, environment.name, keys.get(spec.system) ?? "");
      const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: true };
      await clients.dynamodb.send(
        new UpdateContinuousBackupsCommand({ TableName, PointInTimeRecoverySpecification }),
      );
      await clients.dynamodb.send(new PutItemCommand({ TableName, Item: marshall(spec.example) }));
    },
    async stop() {
      proxy.closeAllConnections();
      proxy.close();
      await moto.stop();
      remove();
    },
  };
}

export const latest: Wanted = { kind: "point in time", at: "latest" };

/** For a local AWS, which needs two looks. */
export const patient = () => ({
  intervalSeconds: 0.01,
  patienceSeconds: 30,
  signal: new AbortController().signal,
});

/** A restore that nobody is asked about. */
export const restoreIn = (
  recovery: Recovery,
  spec: TableSpec,
  to: string,
  {
    wanted = latest,
    clients = recovery.clients,
    onBegun = () => undefined,
  }: Partial<Pick<RestoreTalk, "onBegun">> & {
    readonly wanted?: Wanted;
    readonly clients?: AwsClients;
  } = {},
): Promise<RestoreResult> =>
  restoreTable(
    clients,
    { spec, environment: recovery.environment, wanted, to, dryRun: false },
    { ...patient(), confirm: () => Promise.resolve(true), onBegun, onStep: () => undefined },
  );

/** What a call of a client comes to. */
export interface Reply {
  readonly output: object;
}

/** Sees each call of the clients by its command, such as `CreateBackupCommand`, and makes it with `send`. */
export function intercept(
  clients: AwsClients,
  onCall: (command: string, send: () => Promise<Reply>) => Promise<Reply>,
): AwsClients {
  // Both stacks take the same middleware, but for the types of their calls.
  for (const { middlewareStack } of [clients.dynamodb, clients.autoscaling] as readonly Stacked[]) {
    middlewareStack.add(
      (next, { commandName = "" }) =>
        (args) =>
          onCall(commandName, () => next(args)),
      { step: "initialize" },
    );
  }
  return clients;
}

interface Stacked {
  readonly middlewareStack: {
    add(
      middleware: (
        next: (args: unknown) => Promise<Reply>,
        context: { readonly commandName?: string },
      ) => (args: unknown) => Promise<Reply>,
      options: { readonly step: "initialize" },
    ): void;
  };
}
