import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ScanCommand } from "@aws-sdk/client-dynamodb";
import { migrate, type LiveProps, type MigrationCounts } from "../../scripts/lib/migrate-profiles/migrate";
import { openTable } from "../../scripts/lib/migrate-profiles/open-table";
import { dynamoDbClient } from "../../functions/shared/dynamodb-client";
import type { Timer } from "../../functions/shared/timer";
import { RejectsFile } from "../../scripts/lib/migrate-profiles/rejects-file";
import { RunState } from "../../scripts/lib/run-state";
import type { Item } from "../../scripts/lib/migrate-profiles/same-item";
import { openSource } from "../../scripts/lib/migrate-profiles/source";
import { awsClients } from "../../scripts/lib/aws";
import { startDynamoDb } from "../../scripts/local/dynamodb-emulator";
import { loadEnvironments } from "../../stacks/environments";
import { agentProfiles } from "../../tables/agent-profiles";
import { tableName } from "../../tables/naming";
import { startAwsFront, type AwsFront } from "./aws-front";
import { fakeTimer } from "./fake-timer";

/** An empty table of profiles, with a front to hear and change what is asked of it, and a folder. */
export interface MigrationPlace {
  readonly front: AwsFront;
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly table: string;
  /** Its client gives up at once; the pauses are this side's. */
  live(options?: Partial<LiveProps>): Promise<Omit<LiveProps, "state">>;
  state(kind?: string): RunState;
  /** Runs a migration in this process. */
  migrate(source: string, options?: MigrationOptions): Promise<MigrationOutcome>;
  items(): Promise<ReadonlyMap<string, Item>>;
  stop(): Promise<void>;
}

export interface MigrationOptions {
  readonly signal?: AbortSignal;
  readonly timer?: Timer;
  readonly maxWcu?: number;
  readonly rejects?: string;
}

export interface MigrationOutcome {
  readonly counts: MigrationCounts;
  readonly messages: string;
}

export async function startMigrationPlace(): Promise<MigrationPlace> {
  const folder = mkdtempSync(join(tmpdir(), "migration-"));
  const emulator = await startDynamoDb();
  await emulator.createTable(agentProfiles, "local");
  const front = await startAwsFront(emulator.endpoint);
  const table = tableName(agentProfiles, "local");
  const environment = { AWS_ENDPOINT_URL: front.endpoint };
  const client = dynamoDbClient({
    region: "us-east-1",
    endpoint: front.endpoint,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    maxAttempts: 1,
  });
  const place: MigrationPlace = {
    front,
    folder,
    environment,
    table,
    async live(options = {}) {
      const { local } = loadEnvironments({});
      const { signal } = new AbortController();
      const facts = await openTable(awsClients(local, {}, environment), local, signal);
      return { client, facts, maxWcu: 1e6, maxRcu: 1e6, timer: fakeTimer(), ...options };
    },
    state: (kind = "migration") => RunState.open(join(folder, "state"), [kind]),
    async migrate(from, { signal = new AbortController().signal, rejects, ...options } = {}) {
      const state = place.state();
      const file = RejectsFile.open(rejects ?? join(folder, "rejects.jsonl"));
      let messages = "";
      try {
        const counts = await migrate(
          {
            source: openSource(from),
            rejects: file,
            signal,
            messages: { write: (text) => (messages += text) },
          },
          { ...(await place.live(options)), state },
        );
        return { counts, messages };
      } finally {
        file.close();
        state.close();
      }
    },
    async items() {
      const items = new Map<string, Item>();
      let next: Item | undefined;
      do {
        const page = await emulator.client.send(
          new ScanCommand({ TableName: table, ExclusiveStartKey: next }),
        );
        for (const item of page.Items ?? []) items.set(item["id"]?.S ?? "", item);
        next = page.LastEvaluatedKey;
      } while (next !== undefined);
      return items;
    },
    async stop() {
      client.destroy();
      await front.stop();
      await emulator.stop();
      rmSync(folder, { recursive: true });
    },
  };
  return place;
}
