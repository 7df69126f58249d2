/** What a workload consumes of a table and of each of its indexes in a month. */

import type { TableSpec } from "../../../tables/table-spec";
import { entryBytes, exampleBytes, indexesOf, indexKeys, projects, storageOverheadBytes } from "./sizes";
import { readHalves, writeUnits } from "./units";
import type { TableWorkload, Write } from "./workload";

/** A table, or one of its indexes, by name. */
export interface Place {
  readonly index?: string;
  /** A local index uses its table's capacity. */
  readonly isLocal: boolean;
}

export interface PlaceMonth extends Place {
  /** Without AWS's overhead. */
  readonly itemBytes: number;
  /** As billed: with it. */
  readonly storedBytes: bigint;
  readonly readHalves: bigint;
  readonly writeUnits: bigint;
}

export interface TableMonth {
  readonly places: readonly PlaceMonth[];
  /** Calls of the API; what they write to indexes is none. */
  readonly requests: bigint;
  readonly ttlDeletes: number;
}

export function monthOf(spec: TableSpec, workload: TableWorkload): TableMonth {
  const bytes = workload.itemBytes ?? exampleBytes(spec);
  const places: readonly (Place & { readonly itemBytes: number })[] = [
    { isLocal: false, itemBytes: bytes },
    ...[...indexesOf(spec)].map(([index, definition]) => ({
      index,
      isLocal: definition.isLocal,
      itemBytes: workload.entryBytes[index] ?? entryBytes(spec, definition, bytes),
    })),
  ];
  return {
    places: places.map((place) => ({
      ...place,
      storedBytes: BigInt(workload.items) * BigInt(place.itemBytes + storageOverheadBytes),
      readHalves: total(
        workload.reads
          .filter(({ index }) => index === place.index)
          .map((read) => BigInt(read.perMonth) * readHalves(read.bytes ?? place.itemBytes, read.consistency)),
      ),
      writeUnits: total(
        workload.writes.map((write) => BigInt(write.perMonth) * unitsOf(spec, place, bytes, write, workload)),
      ),
    })),
    requests: total([...workload.reads, ...workload.writes].map(({ perMonth }) => BigInt(perMonth))),
    ttlDeletes: workload.ttlDeletes,
  };
}

/** Units that one write takes of a place. What a transaction doubles is the table's own write, no index's. */
function unitsOf(
  spec: TableSpec,
  { index, itemBytes }: Place & { readonly itemBytes: number },
  tableItemBytes: number,
  write: Write,
  { entryBytes: given }: TableWorkload,
): bigint {
  const written = write.bytes ?? tableItemBytes;
  if (index === undefined) return writeUnits(written, write.transactional);
  const definition = indexesOf(spec).get(index);
  if (definition === undefined) return 0n;
  const bytes =
    given[index] ?? (write.bytes === undefined ? itemBytes : entryBytes(spec, definition, written));
  return indexWrites(spec, index, write) * writeUnits(bytes);
}

/**
 * How often a write of the table writes to an index (AWS: "Write capacity units" of global secondary indexes): an
 * entry whose key changes is deleted and put again; one that shows nothing of the change is left alone.
 */
export function indexWrites(spec: TableSpec, index: string, write: Write): bigint {
  const definition = indexesOf(spec).get(index);
  if (definition === undefined) return 0n;
  if (write.kind !== "update") return 1n;
  if (write.changes.some((name) => indexKeys(definition).includes(name))) return 2n;
  return write.changes.some((name) => projects(spec, definition, name)) ? 1n : 0n;
}

export const total = (numbers: readonly bigint[]): bigint => numbers.reduce((sum, one) => sum + one, 0n);
