/**
 * A table, declared once as data. `TableDefinition` is what an author writes; `TableSpec` is what
 * `defineTable` returns: checked, completed, frozen.
 */

import type { Attribute, Attributes, KeyAttribute, NumberAttribute } from "./attributes";
import type { Capacity, IndexCapacity, Provisioned } from "./capacity";
import type { Item } from "./item";
import type { EnvironmentName } from "./naming";
import type { RequirementId, System } from "./systems";

/** Which attributes an index holds beside its own and the table's keys. */
export type Projection<Name extends string = string> =
  "ALL" | "KEYS_ONLY" | { readonly include: readonly Name[] };

/** AWS: StreamSpecification, StreamViewType. */
export const streamViews = ["KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES"] as const;
export type StreamView = (typeof streamViews)[number];

export interface GlobalIndexDefinition<A extends Attributes, C extends Capacity> {
  readonly partitionKey: KeyAttribute<A>;
  readonly sortKey?: KeyAttribute<A>;
  readonly projection: Projection<keyof A & string>;
  /** Only on a provisioned table; the table's own capacity where it is left out. */
  readonly capacity?: C extends Provisioned ? IndexCapacity : never;
}

/** A local index shares the table's partition key and lives as long as the table: it is never added later. */
export interface LocalIndexDefinition<A extends Attributes> {
  readonly sortKey: KeyAttribute<A>;
  readonly projection: Projection<keyof A & string>;
}

/** Key ARNs, never aliases, by environment: each has an account of its own. */
export type KeyArns = Readonly<Partial<Record<EnvironmentName, string>>>;

/** A copy in another region, in the environments that have a customer-managed key there: AWS needs one. */
export interface Replica {
  readonly region: string;
  readonly keyArns: KeyArns;
}

export interface TimeToLive<Name extends string = string> {
  readonly attribute: Name;
  /** How long an item is kept, in days; the writers set the attribute by it. */
  readonly retentionDays?: number;
  /**
   * Off for one deployment before the block is removed: AWS needs the attribute's name to switch it off
   * (terraform-provider-aws issues 10304 and 39195).
   */
  readonly enabled?: boolean;
}

/** Refuses properties that an inferred type would take in: a misspelt `sortKey` would be an index without one. */
type NoOthers<Entries, Known extends PropertyKey> = {
  readonly [Name in keyof Entries]: Readonly<Record<Exclude<keyof Entries[Name], Known>, never>>;
};

export interface TableDefinition<
  A extends Attributes,
  C extends Capacity,
  G extends Readonly<Record<string, GlobalIndexDefinition<A, C>>>,
  L extends Readonly<Record<string, LocalIndexDefinition<A>>>,
> {
  /** Kebab-case; the Terraform logical id, so it never changes. */
  readonly id: string;
  /** The production name; `<env>` in it stands for the environment. */
  readonly name: string;
  readonly requirement: RequirementId;
  /** What the table is for, in one sentence. */
  readonly purpose: string;
  readonly attributes: A;
  readonly partitionKey: KeyAttribute<NoInfer<A>>;
  readonly sortKey?: KeyAttribute<NoInfer<A>>;
  readonly indexes?: G & NoOthers<G, keyof GlobalIndexDefinition<A, C>>;
  readonly localIndexes?: L & NoOthers<L, keyof LocalIndexDefinition<A>>;
  readonly capacity: C;
  readonly timeToLive?: TimeToLive<NumberAttribute<NoInfer<A>>>;
  readonly stream?: StreamView;
  /** Days that point-in-time recovery reaches back, 1 to 35. Recovery itself is always on. */
  readonly recoveryDays?: number;
  /** Existing keys in place of the system's own, in the environments that are named. */
  readonly keyArns?: KeyArns;
  readonly replicas?: readonly Replica[];
  readonly tags?: Readonly<Record<string, string>>;
  /** An item of the table: the reference page shows it, the probe of `npm run verify` writes it. */
  readonly example: Readonly<Partial<Record<keyof A & string, unknown>>>;
}

export interface GlobalIndex<Name extends string = string> {
  readonly partitionKey: Name;
  readonly sortKey?: Name;
  readonly projection: Projection<Name>;
  readonly capacity: Capacity;
}

export interface LocalIndex<Name extends string = string> {
  readonly sortKey: Name;
  readonly projection: Projection<Name>;
}

/** A checked table. The type parameters keep attribute and index names, so that a typo does not compile. */
export interface TableSpec<
  AttributeName extends string = string,
  IndexName extends string = string,
  LocalIndexName extends string = string,
> {
  readonly id: string;
  readonly name: string;
  readonly system: System;
  readonly requirement: RequirementId;
  readonly purpose: string;
  readonly attributes: Readonly<Record<AttributeName, Attribute>>;
  readonly partitionKey: AttributeName;
  readonly sortKey?: AttributeName;
  readonly indexes: Readonly<Record<IndexName, GlobalIndex<AttributeName>>>;
  readonly localIndexes: Readonly<Record<LocalIndexName, LocalIndex<AttributeName>>>;
  readonly capacity: Capacity;
  readonly timeToLive?: Required<Pick<TimeToLive<AttributeName>, "attribute" | "enabled">> &
    Pick<TimeToLive, "retentionDays">;
  readonly stream?: StreamView;
  readonly recoveryDays: number;
  readonly keyArns: KeyArns;
  readonly replicas: readonly Replica[];
  readonly tags: Readonly<Record<string, string>>;
  readonly example: Item;
}

/** The attributes that take part in a key of the table or an index, each once: what AWS wants declared. */
export function keyAttributes(spec: TableSpec): readonly string[] {
  const names = [
    spec.partitionKey,
    spec.sortKey,
    ...Object.values(spec.indexes).flatMap((index) => [index.partitionKey, index.sortKey]),
    ...Object.values(spec.localIndexes).map((index) => index.sortKey),
  ];
  return [...new Set(names.filter((name) => name !== undefined))];
}
