/** A profile as the table's item. */

import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { Profile } from "../../../functions/agent-matching/model";
import type { JsonValue } from "../../../functions/shared/json-value";
import type { Item } from "./same-item";

/** The price as it was written: no floating point in between. */
export function profileItem({ averagePrice, ...profile }: Profile): Item {
  return { ...attributes(profile), averagePrice: { N: averagePrice } };
}

const attributes = (object: Readonly<Record<string, JsonValue>>): Item =>
  Object.fromEntries(Object.entries(object).map(([name, value]) => [name, attributeOf(value)]));

/** Of JSON alone: the SDK's marshaller also looks for sets, bytes and class instances, at every value. */
function attributeOf(value: JsonValue): AttributeValue {
  if (value === null) return { NULL: true };
  if (typeof value === "string") return { S: value };
  if (typeof value === "number") return { N: String(value) };
  if (typeof value === "boolean") return { BOOL: value };
  return isList(value) ? { L: value.map(attributeOf) } : { M: attributes(value) };
}

const isList = (value: object): value is readonly JsonValue[] => Array.isArray(value);
