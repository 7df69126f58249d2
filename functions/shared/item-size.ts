/** How large DynamoDB takes an item to be (AWS: "DynamoDB item sizes and formats"). */

import type { AttributeValue } from "@aws-sdk/client-dynamodb";

/** DynamoDB: the largest item, names of attributes included. */
export const itemLimitBytes = 400 * 1024;

const containerBytes = 3;
const memberBytes = 1;

/** Bytes of a value that is to be written, never too few. */
export function storedBytes(value: unknown): number {
  if (typeof value === "string") return textBytes(value);
  if (typeof value === "number" || typeof value === "bigint") return numberBytes(String(value));
  if (value === undefined) return 0;
  if (value === null || typeof value === "boolean") return 1;
  if (Array.isArray(value)) return listBytes(value, storedBytes);
  return mapBytes(value as Readonly<Record<string, unknown>>, storedBytes);
}

/** Bytes of a whole item. */
export const itemBytes = (item: object): number =>
  namedBytes(item as Readonly<Record<string, unknown>>, storedBytes);

/** Bytes of a value as DynamoDB's own interface has it, whatever type it is of; never too few. */
export function attributeBytes(value: AttributeValue): number {
  if (value.S !== undefined) return textBytes(value.S);
  if (value.N !== undefined) return numberBytes(value.N);
  if (value.B !== undefined) return value.B.byteLength;
  if (value.L !== undefined) return listBytes(value.L, attributeBytes);
  if (value.M !== undefined) return mapBytes(value.M, attributeBytes);
  if (value.SS !== undefined) return listBytes(value.SS, textBytes);
  if (value.NS !== undefined) return listBytes(value.NS, numberBytes);
  if (value.BS !== undefined) return listBytes(value.BS, ({ byteLength }) => byteLength);
  return 1;
}

/** Bytes of a whole item as DynamoDB's own interface has it. */
export const attributesBytes = (item: Readonly<Record<string, AttributeValue>>): number =>
  namedBytes(item, attributeBytes);

const textBytes = (text: string): number => Buffer.byteLength(text, "utf8");

/**
 * "1 byte per two significant digits, plus 1", and one for a sign. AWS calls that approximate: a further one holds
 * the digit that has no other beside it on its side of the point.
 */
function numberBytes(text: string): number {
  const [mantissa = ""] = text.split(/e/i);
  const digits = mantissa.replace(/[^\d]/g, "").replace(/^0+|0+$/g, "");
  return Math.ceil(digits.length / 2) + 2 + (text.startsWith("-") ? 1 : 0);
}

const listBytes = <T>(list: readonly T[], bytesOf: (element: T) => number): number =>
  list.reduce((sum, element) => sum + memberBytes + bytesOf(element), containerBytes);

const mapBytes = <T>(map: Readonly<Record<string, T>>, bytesOf: (member: T) => number): number =>
  containerBytes + memberBytes * Object.keys(map).length + namedBytes(map, bytesOf);

const namedBytes = <T>(item: Readonly<Record<string, T>>, bytesOf: (member: T) => number): number =>
  Object.entries(item).reduce((sum, [name, value]) => sum + textBytes(name) + bytesOf(value), 0);
