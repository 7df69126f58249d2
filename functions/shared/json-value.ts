/** JSON that DynamoDB gives back as it was handed in: what it would refuse or change is refused before. */

import * as v from "valibot";

export type JsonValue =
  string | number | boolean | null | readonly JsonValue[] | { readonly [name: string]: JsonValue };

export type JsonObject = Readonly<Record<string, JsonValue>>;

/** DynamoDB nests 32 levels deep (AWS: "Constraints"); some of them belong to the item around the value. */
const deepest = 24;
/** Of a name (AWS: "Constraints"). */
const longestNameBytes = 65_535;
/** DynamoDB's numbers have 1E-130 as the smallest magnitude; JavaScript's whole numbers are exact to 2^53. */
const smallest = 1e-130;

const rules =
  `must be JSON of at most ${deepest} levels, with names that are not empty, __proto__ or constructor ` +
  `and take at most ${longestNameBytes} bytes, and whole numbers within 2^53`;

/** Half of a surrogate pair has no form in UTF-8: DynamoDB refuses the whole request. */
export const isStorableText = (text: string): boolean => !/\p{Surrogate}/u.test(text);

/** Whether DynamoDB takes all texts of a value, names included. */
export function hasStorableTexts(value: JsonValue): boolean {
  if (typeof value === "string") return isStorableText(value);
  if (typeof value !== "object" || value === null) return true;
  return Object.entries(value).every(([name, member]) => isStorableText(name) && hasStorableTexts(member));
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const jsonValue = v.custom<JsonValue>((value) => isStorable(value, deepest), rules);

export const jsonObject = v.custom<JsonObject>(
  (value) => isObject(value) && isStorable(value, deepest),
  rules,
);

function isStorable(value: unknown, levels: number): boolean {
  if (value === null || typeof value === "string" || typeof value === "boolean") return true;
  if (typeof value === "number") return isStorableNumber(value);
  if (levels === 0) return false;
  if (Array.isArray(value)) return value.every((element) => isStorable(element, levels - 1));
  return (
    isObject(value) &&
    Object.keys(value).every(isStorableName) &&
    Object.values(value).every((member) => isStorable(member, levels - 1))
  );
}

/** The SDK's marshaller loses a member of the name __proto__, and takes an object by its constructor. */
const unusableNames: readonly string[] = ["", "__proto__", "constructor"];

const isStorableName = (name: string): boolean =>
  !unusableNames.includes(name) && Buffer.byteLength(name) <= longestNameBytes;

const isStorableNumber = (value: number): boolean =>
  Number.isInteger(value)
    ? Number.isSafeInteger(value)
    : Number.isFinite(value) && Math.abs(value) >= smallest;
