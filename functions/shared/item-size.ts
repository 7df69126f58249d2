/** How large DynamoDB takes an item to be (AWS: "DynamoDB item sizes and formats"). */

/** DynamoDB: the largest item, names of attributes included. */
export const itemLimitBytes = 400 * 1024;

const containerBytes = 3;
const memberBytes = 1;
/** The most that a number takes: 38 digits, two a byte, with sign and exponent. */
const numberBytes = 21;

/**
 * Bytes of a value, never too few: numbers count with the most that one takes, since DynamoDB gives only an
 * approximate rule for them.
 */
export function storedBytes(value: unknown): number {
  if (typeof value === "string") return Buffer.byteLength(value, "utf8");
  if (typeof value === "number" || typeof value === "bigint") return numberBytes;
  if (value === undefined) return 0;
  if (value === null || typeof value === "boolean") return 1;
  if (Array.isArray(value)) {
    return value.reduce<number>((sum, element) => sum + memberBytes + storedBytes(element), containerBytes);
  }
  return Object.entries(value).reduce(
    (sum, [name, member]) => sum + memberBytes + Buffer.byteLength(name, "utf8") + storedBytes(member),
    containerBytes,
  );
}

/** Bytes of a whole item. */
export const itemBytes = (item: object): number =>
  Object.entries(item).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name, "utf8") + storedBytes(value),
    0,
  );
