/** Checks an item against its table's attributes. */

import type { Attribute, AttributeFormat, AttributeType } from "./attributes";

/** An item as JavaScript values. */
export type Item = Readonly<Record<string, unknown>>;

const formats: Readonly<Record<AttributeFormat, RegExp>> = {
  "uuid-v4": /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i,
  "iso-8601": /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,3})?Z$/,
  "epoch-seconds": /^\d{1,11}$/,
  decimal: /^-?\d+(\.\d+)?$/,
};

const isOfType: Readonly<Record<AttributeType, (value: unknown) => boolean>> = {
  S: (value) => typeof value === "string",
  N: (value) => typeof value === "bigint" || Number.isFinite(value) || isExactNumber(value),
  B: (value) => value instanceof Uint8Array,
  BOOL: (value) => typeof value === "boolean",
  L: (value) => Array.isArray(value),
  M: (value) => typeof value === "object" && value !== null && !Array.isArray(value),
};

/** A number as the SDK's document client writes it when it must stay exact. */
const isExactNumber = (value: unknown): value is { readonly value: string } =>
  typeof value === "object" && value !== null && "value" in value && typeof value.value === "string";

/**
 * What is wrong with an item: attributes that are missing, unknown, or of another type, form or value. It
 * names attributes and rules, never the item's values.
 */
export function itemProblems(
  { attributes }: { readonly attributes: Readonly<Record<string, Attribute>> },
  item: Item,
): readonly string[] {
  const unknown = Object.keys(item)
    .filter((name) => !(name in attributes))
    .map((name) => `${name} is not an attribute of the table`);
  const wrong = Object.entries(attributes).flatMap(([name, attribute]) => {
    const problem = valueProblem(attribute, item[name]);
    return problem === undefined ? [] : [`${name} ${problem}`];
  });
  return [...unknown, ...wrong];
}

function valueProblem(attribute: Attribute, value: unknown): string | undefined {
  const { type, format, values, optional = false, nullable = false } = attribute;
  if (value === undefined) return optional ? undefined : "is missing";
  if (value === null) return nullable ? undefined : "must not be null";
  // An unknown type is told as that.
  if (!(type in isOfType)) return undefined;
  if (!isOfType[type](value)) return `must be of type ${type}`;
  const text = textOf(value);
  if (text === undefined) return undefined;
  if (values !== undefined && !values.includes(text)) return `must be one of ${values.join(", ")}`;
  if (format !== undefined && !formats[format].test(text)) return `must be ${format}`;
  return undefined;
}

/** Only text and numbers have allowed values or a format. */
function textOf(value: unknown): string | undefined {
  if (isExactNumber(value)) return value.value;
  return typeof value === "string" || typeof value === "number" || typeof value === "bigint"
    ? String(value)
    : undefined;
}
