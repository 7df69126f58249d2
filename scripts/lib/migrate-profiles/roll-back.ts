/** The table back to JSON files, one a profile: document 002, "Rollback Plan". */

import * as v from "valibot";
import { CouldNotTell } from "../errors";
import { openProfilesTable, resumeHint, type LiveProps, type Messages } from "./migrate";
import { profileFile } from "./profile-content";
import type { ProfileFolder } from "./profile-folder";
import type { ProfilesTable } from "./profiles-table";
import { count, Progress } from "../progress";
import type { Item } from "./same-item";

export interface RollbackProps {
  readonly folder: ProfileFolder;
  /** The folder's path, for the checkpoint. */
  readonly to: string;
  /** Whether a file with another content is written over. */
  readonly force: boolean;
  readonly signal: AbortSignal;
  readonly messages: Messages;
}

const whole = v.pipe(v.number(), v.integer(), v.minValue(0));
const counts = v.object({
  read: whole,
  written: whole,
  /** Were there already and say the same. */
  unchanged: whole,
  /** Hold something else and were left as they are. */
  kept: whole,
});
export type RollbackCounts = Readonly<v.InferOutput<typeof counts>>;

/** A page of the table is done when all its files are there. */
const schema = v.object({
  version: v.literal(1),
  of: v.string(),
  counts,
  /** Key of the last item that is done; absent when all are. */
  after: v.exactOptional(v.string()),
});

/** How the files compare with the table, read once more. */
export interface FolderCheck {
  readonly verified: number;
  readonly missing: number;
  readonly different: number;
  /** Profiles whose content has a time of its own, which a new migration takes instead of the item's. */
  readonly ownTimeDiffers: number;
  /** Names of the first files that differ or are missing. */
  readonly examples: readonly string[];
}

/**
 * Writes a file for every item, and compares all of them with the table at the end. A run that was
 * interrupted is gone on with.
 *
 * @throws CouldNotTell when the table or the folder does not go on; the signal's reason.
 */
export async function rollBack(
  props: RollbackProps,
  live: LiveProps,
): Promise<RollbackCounts & { readonly check: FolderCheck }> {
  const { signal, messages } = props;
  const table = openProfilesTable(live, signal);
  try {
    const written = await writeFiles(table, props, live);
    const check = await checkFiles(table, props);
    live.state.finish();
    return { ...written, check };
  } finally {
    if (signal.aborted) messages.write(resumeHint);
  }
}

/** Compares the folder with the table, and writes nothing. */
export const rehearseRollback = (
  props: RollbackProps,
  live: Omit<LiveProps, "state">,
): Promise<FolderCheck> => checkFiles(openProfilesTable(live, props.signal), props);

async function writeFiles(
  table: ProfilesTable,
  { folder, to, force, signal, messages }: RollbackProps,
  { state, facts }: LiveProps,
): Promise<RollbackCounts> {
  const of = JSON.stringify([to, facts.identity, force]);
  const earlier = v.safeParse(schema, state.load());
  const isResumed = earlier.success && earlier.output.of === of;
  if (isResumed) messages.write(`Going on after ${count(earlier.output.counts.read)} profiles.\n`);
  const total = isResumed ? { ...earlier.output.counts } : { read: 0, written: 0, unchanged: 0, kept: 0 };
  if (isResumed && earlier.output.after === undefined) return total;
  const from = isResumed && earlier.output.after !== undefined ? keyOf(earlier.output.after) : undefined;
  await eachPage(table, { verb: "writing", from, signal, messages }, (items, next) => {
    for (const item of items) total[takeItem(folder, item, force)] += 1;
    total.read += items.length;
    const after = next?.["id"]?.S;
    state.save({ version: 1, of, counts: total, ...(after !== undefined && { after }) });
  });
  return total;
}

function takeItem(folder: ProfileFolder, item: Item, force: boolean): "written" | "unchanged" | "kept" {
  const file = profileFile(item);
  const found = folder.look(file);
  if (found === "same") {
    folder.keepTime(file);
    return "unchanged";
  }
  if (found === "different" && !force) return "kept";
  folder.write(file);
  return "written";
}

/** As many as a person reads. */
const mostExamples = 10;

async function checkFiles(
  table: ProfilesTable,
  { folder, signal, messages }: RollbackProps,
): Promise<FolderCheck> {
  const check = { verified: 0, missing: 0, different: 0, ownTimeDiffers: 0, examples: [] as string[] };
  await eachPage(table, { verb: "verifying", from: undefined, signal, messages }, (items) => {
    for (const item of items) {
      const file = profileFile(item);
      const found = folder.look(file);
      check[({ same: "verified", absent: "missing", different: "different" } as const)[found]] += 1;
      if (file.ownTimeDiffers) check.ownTimeDiffers += 1;
      if (found !== "same" && check.examples.length < mostExamples) check.examples.push(file.name);
    }
  });
  return check;
}

interface Walk {
  readonly verb: string;
  readonly from: Item | undefined;
  readonly signal: AbortSignal;
  readonly messages: Messages;
}

async function eachPage(
  table: ProfilesTable,
  { verb, from, signal, messages }: Walk,
  take: (items: readonly Item[], next: Item | undefined) => void,
): Promise<void> {
  const progress = new Progress(verb, messages);
  let items = 0;
  let key = from;
  try {
    do {
      signal.throwIfAborted();
      const page = await table.page(key);
      if (page.next !== undefined && page.next["id"]?.S === key?.["id"]?.S) {
        throw new CouldNotTell("The table gives the same page again and again. Run the same command again.");
      }
      take(page.items, page.next);
      items += page.items.length;
      key = page.next;
      progress.update({ items, units: { name: "RCU", consumed: table.consumed.read } });
    } while (key !== undefined);
  } finally {
    progress.end();
  }
}

const keyOf = (id: string): Item => ({ id: { S: id } });
