import type { AttributeValue } from "@aws-sdk/client-dynamodb";

export type StoredItem = Readonly<Record<string, AttributeValue>>;

/**
 * An item as one line of plain JSON, its attributes in the order of their names. A number is written with
 * exactly DynamoDB's digits, up to 38 of them: JSON bounds no number, but a reader that makes doubles of them
 * rounds. A set becomes a list, bytes become Base64.
 */
export const jsonLine = (item: StoredItem): string => `${object(item)}\n`;

const object = (members: StoredItem): string =>
  `{${Object.keys(members)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${json(members[name])}`)
    .join(",")}}`;

const list = <T>(elements: readonly T[], write: (element: T) => string): string =>
  `[${elements.map(write).join(",")}]`;

/** One value, on one line. */
export function json(value: AttributeValue | undefined): string {
  if (value === undefined) return "null";
  if (value.S !== undefined) return JSON.stringify(value.S);
  if (value.N !== undefined) return jsonNumber(value.N);
  if (value.BOOL !== undefined) return String(value.BOOL);
  if (value.NULL !== undefined) return "null";
  if (value.L !== undefined) return list(value.L, json);
  if (value.M !== undefined) return object(value.M);
  if (value.SS !== undefined) return list(value.SS, (text) => JSON.stringify(text));
  if (value.NS !== undefined) return list(value.NS, jsonNumber);
  if (value.B !== undefined) return base64(value.B);
  if (value.BS !== undefined) return list(value.BS, base64);
  throw new Error("An attribute has a type that DynamoDB did not have when this was written.");
}

const base64 = (bytes: Uint8Array): string => JSON.stringify(Buffer.from(bytes).toString("base64"));

const grammar = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;
const loose = /^(?<sign>[+-]?)0*(?<whole>\d*)(?:\.(?<fraction>\d*))?(?<exponent>[eE][+-]?\d+)?$/;

/** DynamoDB gives numbers in JSON's form; its emulators may give back `+1`, `007` or `.5` as they were sent. */
function jsonNumber(text: string): string {
  if (grammar.test(text)) return text;
  const parts = /\d/.test(text) ? loose.exec(text)?.groups : undefined;
  if (parts === undefined) throw new Error("A number is not in a form that DynamoDB gives numbers in.");
  const { sign, whole, fraction, exponent } = parts;
  return `${sign === "-" ? "-" : ""}${whole || "0"}${fraction ? `.${fraction}` : ""}${exponent ?? ""}`;
}
