import type { Attributes } from "../attributes";
import type { Capacity, IndexCapacity } from "../capacity";
import type { Item } from "../item";
import type { RequirementId } from "../systems";
import type { KeyArns, Projection, Replica, StreamView, TimeToLive } from "../table-spec";

/** A definition as the rules see it: names are plain strings, since a cast may have let anything through. */
export interface Candidate {
  readonly id: string;
  readonly name: string;
  readonly requirement: RequirementId;
  readonly purpose: string;
  readonly attributes: Attributes;
  readonly partitionKey: string;
  readonly sortKey?: string | undefined;
  readonly indexes: Readonly<Record<string, CandidateIndex>>;
  readonly localIndexes: Readonly<
    Record<string, { readonly sortKey: string; readonly projection: Projection }>
  >;
  readonly capacity: Capacity;
  readonly timeToLive?: TimeToLive | undefined;
  readonly stream?: StreamView | undefined;
  readonly recoveryDays: number;
  readonly keyArns: KeyArns;
  readonly replicas: readonly Replica[];
  readonly tags: Readonly<Record<string, string>>;
  readonly example: Item;
}

export interface CandidateIndex {
  readonly partitionKey: string;
  readonly sortKey?: string;
  readonly projection: Projection;
  readonly capacity?: IndexCapacity | undefined;
}

/** What is wrong with a table: the rule, what it allows, what was found, and what to do about it. */
export interface Problem {
  readonly rule: string;
  readonly limit: string;
  readonly value: string;
  readonly remedy: string;
}

export type Rule = (table: Candidate) => Iterable<Problem>;
