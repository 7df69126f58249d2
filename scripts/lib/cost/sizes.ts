/** How large items and their entries in indexes are, from the spec's example. */

import { itemBytes, storedBytes } from "../../../functions/shared/item-size";
import type { Projection, TableSpec } from "../../../tables/table-spec";

/** What AWS adds to each item and each entry of an index when it bills storage, in bytes. */
export const storageOverheadBytes = 100;

/** An index of either kind, as far as its entries' size goes. */
export interface AnyIndex {
  readonly partitionKey: string;
  readonly sortKey?: string;
  readonly projection: Projection;
  /** A local index scales with its table, and its entries are in the table's backups. */
  readonly isLocal: boolean;
}

/** Global and local indexes by name. */
export const indexesOf = (spec: TableSpec): ReadonlyMap<string, AnyIndex> =>
  new Map<string, AnyIndex>([
    ...Object.entries(spec.indexes).map(([name, index]) => [name, { ...index, isLocal: false }] as const),
    ...Object.entries(spec.localIndexes).map(
      ([name, index]) => [name, { ...index, partitionKey: spec.partitionKey, isLocal: true }] as const,
    ),
  ]);

export const exampleBytes = (spec: TableSpec): number => itemBytes(spec.example);

/** Attributes whose change moves an index's entry: a delete and a put there. */
export const indexKeys = ({ partitionKey, sortKey }: AnyIndex): readonly string[] =>
  sortKey === undefined ? [partitionKey] : [partitionKey, sortKey];

/** Whether an index's entries hold an attribute. */
export const projects = (spec: TableSpec, index: AnyIndex, attribute: string): boolean =>
  index.projection === "ALL" || projectedNames(spec, index).has(attribute);

/**
 * Bytes of an item's entry in an index. What is projected in part is as large as in the example, however large the
 * item: what grows is seldom what is listed.
 */
export function entryBytes(spec: TableSpec, index: AnyIndex, bytesOfItem: number): number {
  if (index.projection === "ALL") return bytesOfItem;
  const projected = [...projectedNames(spec, index)].filter((name) => spec.example[name] !== undefined);
  const bytes = projected.map((name) => Buffer.byteLength(name) + storedBytes(spec.example[name]));
  return Math.min(
    bytesOfItem,
    bytes.reduce((sum, one) => sum + one, 0),
  );
}

function projectedNames(spec: TableSpec, index: AnyIndex): ReadonlySet<string> {
  const included = typeof index.projection === "object" ? index.projection.include : [];
  return new Set([
    spec.partitionKey,
    ...(spec.sortKey === undefined ? [] : [spec.sortKey]),
    ...indexKeys(index),
    ...included,
  ]);
}
