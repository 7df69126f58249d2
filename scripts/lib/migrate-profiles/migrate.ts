/** JSON files to the table agent-profiles (document 002, "Migration Process"), and the proof that they are there. */

import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { Timer } from "../../../functions/shared/timer";
import { count, Progress } from "../progress";
import type { RunState } from "../run-state";
import { Checkpoint, noProgress, type MigrationProgress } from "./checkpoint";
import type { TableFacts } from "./open-table";
import { Pace } from "./pace";
import { ProfilesTable, tableTarget } from "./profiles-table";
import type { RejectsFile } from "./rejects-file";
import { countEntries, fractionRead, type Source } from "./source";
import { dryRunSink, storeProfiles, tableSink } from "./store-profiles";
import { verifyProfiles, type Verification } from "./verify-profiles";

/** Where people read how it goes. */
export interface Messages {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

export interface MigrateProps {
  readonly source: Source;
  readonly rejects: RejectsFile;
  readonly signal: AbortSignal;
  readonly messages: Messages;
}

export interface LiveProps {
  readonly client: DynamoDBClient;
  readonly facts: TableFacts;
  /** Units a second. */
  readonly maxWcu: number;
  readonly maxRcu: number;
  readonly state: RunState;
  readonly timer: Timer;
}

export interface MigrationCounts extends Pick<MigrationProgress, "stored" | "rejected" | "ignored"> {
  readonly verification: Verification;
}

/**
 * Stores and verifies every profile of a source. A run that was interrupted at any point is gone on with.
 *
 * @throws CouldNotTell when the table does not answer or stays throttled; the signal's reason.
 */
export async function migrate(props: MigrateProps, live: LiveProps): Promise<MigrationCounts> {
  const { source, rejects, signal, messages } = props;
  const table = openProfilesTable(live, signal);
  const checkpoint = new Checkpoint(live.state, { ...live.facts, source, rejects: rejects.path });
  const from = progressSoFar(checkpoint, messages);
  const total = countEntries(source);
  const refused = new Set<string>();
  let reached = from;

  const storing = new Progress("storing", messages);
  const stored = await storeProfiles({
    source,
    rejects,
    from,
    signal,
    sink: tableSink({ table, unitsPerSecond: live.maxWcu, checkpoint, refused, timer: live.timer }),
    onStartOver: () => messages.write("The source has changed since the interrupted run: from the start.\n"),
    onProgress: (progress) => {
      reached = progress;
      storing.update({
        fraction: fractionRead(progress.position, total),
        items: progress.stored,
        units: { name: "WCU", consumed: table.consumed.write },
        notes: progress.rejected > 0 ? [`${count(progress.rejected)} rejected`] : [],
      });
    },
  }).finally(() => {
    storing.end();
    if (signal.aborted && reached !== noProgress) messages.write(resumeHint);
  });

  const verifying = new Progress("verifying", messages);
  const verification = await verifyProfiles({
    source,
    table,
    rejects,
    refused,
    signal,
    unitsPerSecond: live.maxRcu,
    onProgress: (position, { verified }) =>
      verifying.update({
        fraction: fractionRead(position, total),
        items: verified,
        units: { name: "RCU", consumed: table.consumed.read },
      }),
  }).finally(() => {
    verifying.end();
    if (signal.aborted) messages.write(resumeHint);
  });
  checkpoint.finish();
  return { ...stored, verification };
}

/** Reads and judges everything, and calls nobody. */
export async function rehearse({
  source,
  rejects,
  signal,
  messages,
}: MigrateProps): Promise<MigrationProgress> {
  const total = countEntries(source);
  const progress = new Progress("reading", messages);
  try {
    return await storeProfiles({
      source,
      rejects,
      from: noProgress,
      signal,
      sink: dryRunSink,
      onStartOver: () => undefined,
      onProgress: ({ position, stored }) =>
        progress.update({ fraction: fractionRead(position, total), items: stored }),
    });
  } finally {
    progress.end();
  }
}

export function openProfilesTable(
  { client, facts, maxWcu, maxRcu, timer }: Omit<LiveProps, "state">,
  signal: AbortSignal,
): ProfilesTable {
  return new ProfilesTable({
    client,
    name: facts.name,
    writes: new Pace(maxWcu, [tableTarget, ...facts.indexes], timer),
    reads: new Pace(maxRcu, [tableTarget], timer),
    timer,
    signal,
  });
}

export const resumeHint = "Run the same command again to go on from here.\n";

function progressSoFar(checkpoint: Checkpoint, messages: Messages): MigrationProgress {
  const progress = checkpoint.load();
  if (progress === undefined) return noProgress;
  if (progress === "outdated") {
    messages.write("An interrupted run was of another table or file of rejects: from the start.\n");
    return noProgress;
  }
  const { stored, rejected } = progress;
  messages.write(`Going on after ${count(stored)} stored and ${count(rejected)} rejected profiles.\n`);
  return progress;
}
