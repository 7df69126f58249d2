/**
 * Attributes: what an item of a table may hold, recorded once so that keys, validators and the reference
 * page come from the same place.
 */

import type { RequirementId } from "./systems";

/**
 * DynamoDB's attribute types (AWS: "Supported data types and naming rules in DynamoDB"), without the sets,
 * which no table here has.
 */
export const attributeTypes = ["S", "N", "B", "BOOL", "L", "M"] as const;
export type AttributeType = (typeof attributeTypes)[number];

/** The types that a key may have (AWS: KeySchemaElement, "scalar attributes only"). */
export const keyTypes = ["S", "N", "B"] as const;
export type KeyType = (typeof keyTypes)[number];

/** What the text or number in an attribute must look like, beyond its type. */
export type AttributeFormat = "uuid-v4" | "iso-8601" | "epoch-seconds" | "decimal";

export interface AttributeOptions {
  /** May be absent from an item. */
  readonly optional?: boolean;
  /** May hold DynamoDB's NULL. */
  readonly nullable?: boolean;
  /** The requirement document that names the attribute, where it is not the table's own. */
  readonly requirement?: RequirementId;
}

/** One attribute: its type, what it means, and what its values look like. */
export interface Attribute<T extends AttributeType = AttributeType> extends AttributeOptions {
  readonly type: T;
  readonly meaning: string;
  readonly format?: AttributeFormat;
  /** The only values it may have. */
  readonly values?: readonly string[];
}

export type Attributes = Readonly<Record<string, Attribute>>;

/** Names of the attributes that can be a key. */
export type KeyAttribute<A extends Attributes> = {
  [Name in keyof A & string]: A[Name] extends Attribute<KeyType> ? Name : never;
}[keyof A & string];

/** Names of the attributes that can be the TTL attribute: numbers. */
export type NumberAttribute<A extends Attributes> = {
  [Name in keyof A & string]: A[Name] extends Attribute<"N"> ? Name : never;
}[keyof A & string];

export const string = (meaning: string, options?: AttributeOptions): Attribute<"S"> => ({
  type: "S",
  meaning,
  ...options,
});

/** Text that takes one of a few values, a status for instance. */
export const oneOf = (
  values: readonly string[],
  meaning: string,
  options?: AttributeOptions,
): Attribute<"S"> => ({ type: "S", meaning, values, ...options });

export const uuid = (meaning: string, options?: AttributeOptions): Attribute<"S"> => ({
  type: "S",
  meaning,
  format: "uuid-v4",
  ...options,
});

/** ISO 8601 in UTC: text that sorts by time, so it can be a sort key. */
export const timestamp = (meaning: string, options?: AttributeOptions): Attribute<"S"> => ({
  type: "S",
  meaning,
  format: "iso-8601",
  ...options,
});

export const number = (meaning: string, options?: AttributeOptions): Attribute<"N"> => ({
  type: "N",
  meaning,
  ...options,
});

/** An exact decimal, for money: never read through a binary float. */
export const decimal = (meaning: string, options?: AttributeOptions): Attribute<"N"> => ({
  type: "N",
  meaning,
  format: "decimal",
  ...options,
});

/** Seconds since 1970-01-01 UTC, the form that TTL requires (AWS: "Using time to live"). */
export const epochSeconds = (meaning: string, options?: AttributeOptions): Attribute<"N"> => ({
  type: "N",
  meaning,
  format: "epoch-seconds",
  ...options,
});

export const binary = (meaning: string, options?: AttributeOptions): Attribute<"B"> => ({
  type: "B",
  meaning,
  ...options,
});

export const boolean = (meaning: string, options?: AttributeOptions): Attribute<"BOOL"> => ({
  type: "BOOL",
  meaning,
  ...options,
});

export const list = (meaning: string, options?: AttributeOptions): Attribute<"L"> => ({
  type: "L",
  meaning,
  ...options,
});

export const map = (meaning: string, options?: AttributeOptions): Attribute<"M"> => ({
  type: "M",
  meaning,
  ...options,
});
