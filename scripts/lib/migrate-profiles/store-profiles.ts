/** The first pass: every profile of a source goes to the table, every bad one to the file of rejects. */

import { itemBytes } from "../../../functions/shared/item-size";
import type { Timer } from "../../../functions/shared/timer";
import { CouldNotTell } from "../errors";
import { Batches } from "./batches";
import { noProgress, type Checkpoint, type MigrationProgress } from "./checkpoint";
import { judged } from "./judged";
import { profileItem } from "./profile-item";
import { writeUnitsOf, type ProfilesTable } from "./profiles-table";
import type { RejectsFile } from "./rejects-file";
import type { Item } from "./same-item";
import { SourceChanged, type Source } from "./source";

/** Takes profiles; a dry run's takes them and does nothing. */
export interface ProfileSink {
  add(item: () => SinkItem, before: MigrationProgress): Promise<void>;
  end(all: MigrationProgress): Promise<void>;
  /** Waits for what is under way, whether it succeeds or not. */
  drain(): Promise<void>;
}

interface SinkItem {
  readonly key: string;
  readonly item: Item;
  readonly units: number;
}

/** BatchWriteItem takes 25 items of together 16 MB (AWS: "BatchWriteItem"), and four are under way at once. */
const batchLimits = { entries: 25, bytes: 15 * 1024 * 1024, underWay: 4 };

/** A kill costs the next run what was stored since: nothing is lost, and the disk has other things to do. */
const checkpointMilliseconds = 200;

/** More of them are no matter of single items: the table is another one, or DynamoDB's rules are. */
const mostRefused = 1_000;

export interface TableSinkProps {
  readonly table: ProfilesTable;
  readonly unitsPerSecond: number;
  readonly checkpoint: Checkpoint;
  /** Takes the ids of what DynamoDB refuses for what it holds. */
  readonly refused: Set<string>;
  readonly timer: Pick<Timer, "now">;
}

export function tableSink({
  table,
  unitsPerSecond,
  checkpoint,
  refused,
  timer,
}: TableSinkProps): ProfileSink {
  let acknowledged: MigrationProgress | undefined;
  let saved = timer.now();
  const save = () => {
    if (acknowledged !== undefined) checkpoint.save(acknowledged);
    acknowledged = undefined;
    saved = timer.now();
  };
  const batches = new Batches<Item, MigrationProgress>(
    { ...batchLimits, units: unitsPerSecond },
    async (entries) => {
      const ids = await table.write(
        entries.map(({ value }) => value),
        entries.map(({ units }) => units),
      );
      for (const id of ids) refused.add(id);
      if (refused.size > mostRefused) {
        throw new CouldNotTell(
          `DynamoDB refuses more than ${mostRefused} profiles. Verify the table: npm run verify.`,
        );
      }
    },
    (progress) => {
      acknowledged = progress;
      if (timer.now() - saved >= checkpointMilliseconds) save();
    },
  );
  return {
    add(of, before) {
      const { key, item, units } = of();
      // As it is sent: a null takes two bytes in the table and fourteen on its way.
      return batches.add({ key, value: item, units, bytes: Buffer.byteLength(JSON.stringify(item)) }, before);
    },
    end: (all) => batches.end(all),
    async drain() {
      await batches.drain();
      save();
    },
  };
}

export const dryRunSink: ProfileSink = {
  add: () => Promise.resolve(),
  end: () => Promise.resolve(),
  drain: () => Promise.resolve(),
};

export interface StoreProps {
  readonly source: Source;
  readonly sink: ProfileSink;
  readonly rejects: RejectsFile;
  /** Where an earlier run has stopped. */
  readonly from: MigrationProgress;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: MigrationProgress) => void;
  readonly onStartOver: () => void;
}

/**
 * Stores what is behind the progress of an earlier run; when the source has changed since, everything, which
 * writes the same items again.
 */
export async function storeProfiles(props: StoreProps): Promise<MigrationProgress> {
  const { from, onStartOver } = props;
  if (!props.rejects.holds(from.rejectsBytes)) {
    onStartOver();
    return storeFrom(noProgress, props);
  }
  try {
    return await storeFrom(from, props);
  } catch (error) {
    if (!(error instanceof SourceChanged) || from === noProgress) throw error;
    onStartOver();
    return storeFrom(noProgress, props);
  }
}

async function storeFrom(
  from: MigrationProgress,
  { source, sink, rejects, signal, onProgress }: StoreProps,
): Promise<MigrationProgress> {
  let progress = from;
  rejects.cut(from.rejectsBytes);
  try {
    for await (const found of judged(source, from.position, signal)) {
      const { kind, after: position } = found;
      switch (kind) {
        case "profile": {
          const { profile } = found;
          const units = () => writeUnitsOf(itemBytes(profile));
          await sink.add(() => ({ key: profile.id, item: profileItem(profile), units: units() }), progress);
          progress = { ...progress, position, stored: progress.stored + 1 };
          break;
        }
        case "rejected":
          rejects.add(found.place, found.rejection);
          progress = { ...progress, position, rejected: progress.rejected + 1, rejectsBytes: rejects.bytes };
          break;
        case "passed":
          progress = { ...progress, position, ignored: progress.ignored + (found.isIgnored ? 1 : 0) };
      }
      onProgress(progress);
    }
    await sink.end(progress);
  } finally {
    // What is stored by now is not stored again by the next run.
    await sink.drain();
  }
  return progress;
}
