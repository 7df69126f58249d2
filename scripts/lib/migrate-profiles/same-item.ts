/** Whether two items as DynamoDB has them are one: numbers by their value, to the last digit. */

import type { AttributeValue } from "@aws-sdk/client-dynamodb";

export type Item = Record<string, AttributeValue>;

export function isSameItem(one: Item, other: Item): boolean {
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => {
      const [value, otherValue] = [one[name], other[name]];
      return value !== undefined && otherValue !== undefined && isSameValue(value, otherValue);
    })
  );
}

/** The types that JSON becomes; another program's sets and bytes are never what was expected. */
function isSameValue(one: AttributeValue, other: AttributeValue): boolean {
  if (one.S !== undefined) return one.S === other.S;
  if (one.N !== undefined) return other.N !== undefined && plainNumber(one.N) === plainNumber(other.N);
  if (one.BOOL !== undefined) return one.BOOL === other.BOOL;
  if (one.NULL !== undefined) return one.NULL === other.NULL;
  if (one.M !== undefined) return other.M !== undefined && isSameItem(one.M, other.M);
  const elements = other.L;
  if (one.L === undefined || elements?.length !== one.L.length) return false;
  return one.L.every((element, index) => {
    const otherElement = elements[index];
    return otherElement !== undefined && isSameValue(element, otherElement);
  });
}

/** Digits and an exponent: DynamoDB writes 1E-7 as 0.0000001, and 79.90 as 79.9. */
export function plainNumber(text: string): string {
  const [, sign = "", whole = "", fraction = "", exponent = "0"] =
    /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const digits = (whole + fraction).replace(/^0+/, "");
  const significant = digits.replace(/0+$/, "");
  if (significant === "") return "0";
  const scale = Number(exponent) - fraction.length + digits.length - significant.length;
  return `${sign === "-" ? "-" : ""}${significant}e${scale}`;
}
