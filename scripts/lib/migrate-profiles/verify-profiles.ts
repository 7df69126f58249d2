/** The second pass: the source is read again, and every profile compared with the table's item. */

import { itemBytes } from "../../../functions/shared/item-size";
import { Batches } from "./batches";
import { judged } from "./judged";
import { profileItem } from "./profile-item";
import { readUnitsOf, type ProfilesTable } from "./profiles-table";
import type { Place, Rejection } from "./rejection";
import type { RejectsFile } from "./rejects-file";
import { isSameItem, type Item } from "./same-item";
import { start, type Position, type Source } from "./source";

export interface Verification {
  readonly verified: number;
  readonly missing: number;
  readonly different: number;
  /** By DynamoDB, for what they hold. */
  readonly refused: number;
  /** As many as when they were stored, unless the source has changed since. */
  readonly rejected: number;
}

/** BatchGetItem takes 100 keys (AWS: "BatchGetItem"); what is expected is held until they are answered. */
const batchLimits = { entries: 100, bytes: 8 * 1024 * 1024, underWay: 4 };

interface Expected {
  readonly place: Place;
  readonly item: Item;
}

export interface VerifyProps {
  readonly source: Source;
  readonly table: ProfilesTable;
  readonly unitsPerSecond: number;
  readonly rejects: RejectsFile;
  /** Ids of what DynamoDB has refused to this run; to an earlier one, it is missing. */
  readonly refused: ReadonlySet<string>;
  readonly signal: AbortSignal;
  readonly onProgress: (position: Position, counts: Verification) => void;
}

export async function verifyProfiles(props: VerifyProps): Promise<Verification> {
  const { source, table, unitsPerSecond, rejects, refused, signal, onProgress } = props;
  const counts = { verified: 0, missing: 0, different: 0, refused: 0, rejected: 0 };
  const batches = new Batches<Expected, undefined>(
    { ...batchLimits, units: unitsPerSecond },
    async (entries) => {
      const units = entries.reduce((sum, entry) => sum + entry.units, 0);
      const found = await table.read(
        entries.map(({ key }) => key),
        units,
      );
      for (const { key, value } of entries) {
        const item = found.get(key);
        if (item !== undefined && isSameItem(value.item, item)) counts.verified += 1;
        else {
          const finding = refused.has(key) ? refusal : item === undefined ? missing : different;
          counts[finding.code] += 1;
          rejects.add(value.place, finding);
        }
      }
    },
    () => undefined,
  );
  try {
    for await (const found of judged(source, start, signal)) {
      if (found.kind === "profile") {
        const { place, profile } = found;
        const bytes = itemBytes(profile);
        const value = { place, item: profileItem(profile) };
        await batches.add({ key: profile.id, value, bytes, units: readUnitsOf(bytes) }, undefined);
      } else if (found.kind === "rejected") counts.rejected += 1;
      onProgress(found.after, counts);
    }
    await batches.end(undefined);
  } finally {
    await batches.drain();
  }
  return counts;
}

const refusal = {
  code: "refused",
  reason:
    "DynamoDB refuses it for what it holds: a name, a number or its size. Compare it with one that it took.",
} as const satisfies Rejection;

const missing = {
  code: "missing",
  reason: "The table has no item of its id: it was deleted, or the source changed. Run the migration again.",
} as const satisfies Rejection;

const different = {
  code: "different",
  reason: "The table has another item of its id: a later file has the same id, or it was changed since.",
} as const satisfies Rejection;
