/** Comparing values of any form, and saying them in a word. */

import { isDeepStrictEqual } from "node:util";
import { declared, undeclared, type Difference } from "../finding";

/** Longer ones would fill the screen; what differs in them is told by paths of their own. */
const mostCharacters = 300;

/** A value as people read it. Never one that may be a secret. */
export function word(value: unknown): string {
  if (value === undefined || value === null) return "none";
  if (typeof value === "boolean") return value ? "on" : "off";
  if (Array.isArray(value)) return value.length === 0 ? "none" : cut(value.map(word).join(", "));
  return cut(typeof value === "string" ? value : JSON.stringify(value));
}

const cut = (text: string): string =>
  text.length > mostCharacters ? `${text.slice(0, mostCharacters)}…` : text;

/** One difference when two values are not deeply equal. */
export const same = (
  path: string,
  expected: unknown,
  actual: unknown,
  remedy = deployStack,
): readonly Difference[] =>
  isDeepStrictEqual(expected, actual) ? [] : [declared(path, word(expected), word(actual), remedy)];

/** The same for sets: AWS keeps no order of them. */
export const sameSet = (
  path: string,
  expected: readonly string[],
  actual: readonly string[],
  remedy = deployStack,
): readonly Difference[] => same(path, [...expected].sort(), [...actual].sort(), remedy);

/** What is there and not declared; nothing when it is not there. */
export const sameOrUndeclared = (path: string, expected: unknown, actual: unknown): readonly Difference[] =>
  expected === undefined
    ? actual === undefined
      ? []
      : [undeclared(path, word(actual), declareOrRemove)]
    : same(path, expected, actual);

/** One difference for each field of the expected that is not so in the actual. */
export const sameFields = (
  prefix: string,
  expected: Readonly<Record<string, unknown>>,
  actual: Readonly<Record<string, unknown>>,
): readonly Difference[] =>
  Object.entries(expected).flatMap(([field, value]) => same(`${prefix}${field}`, value, actual[field]));

export const absent = (what: string): Difference => declared("existence", what, "absent", deployStack);

export const deployStack = "Deploy the stack: Terraform puts it as it is declared.";
export const declareOrRemove = "Declare it in the stack, or remove it: Terraform does not know of it.";
