/** JSON whose numbers keep every digit that DynamoDB has, up to 38, of which a double holds about 15. */

import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { isDeepStrictEqual } from "node:util";
import { json } from "../export/json-line";
import { plainNumber, type Item } from "./same-item";

/** A map as JSON for people: its members in lines of their own. Sets become arrays and bytes Base64. */
export const jsonText = (map: Item): string => `${written({ M: map }, "\n")}\n`;

function written(value: AttributeValue, newLine: string): string {
  const inner = `${newLine}  `;
  const block = ([begin, end]: readonly [string, string], parts: readonly string[]): string =>
    parts.length === 0 ? begin + end : `${begin}${inner}${parts.join(`,${inner}`)}${newLine}${end}`;
  if (value.M !== undefined) {
    const members = Object.entries(value.M);
    return block(
      ["{", "}"],
      members.map(([name, member]) => `${JSON.stringify(name)}: ${written(member, inner)}`),
    );
  }
  if (value.L === undefined) return json(value);
  return block(
    ["[", "]"],
    value.L.map((element) => written(element, inner)),
  );
}

/** Whether two texts of JSON say the same, however they are written: numbers by their value, to the last digit. */
export function isSameJson(one: string, other: string): boolean {
  try {
    return isDeepStrictEqual(comparable(one), comparable(other));
  } catch {
    return false;
  }
}

const stringOrNumber = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/gs;

/** With texts in the place of numbers; every text says which of the two it was. */
const comparable = (text: string): unknown =>
  JSON.parse(
    text.replace(stringOrNumber, (found) =>
      found.startsWith('"') ? `"s${found.slice(1)}` : `"n${plainNumber(validNumber(found))}"`,
    ),
  ) as unknown;

/** @throws SyntaxError where JSON has no such number, as `007`. */
function validNumber(text: string): string {
  JSON.parse(text);
  return text;
}
