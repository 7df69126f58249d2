/**
 * The same value with U+FFFD for every half of a surrogate pair, names included: UTF-8 has no form for one, and
 * DynamoDB refuses the whole request.
 */
export function wellFormed<T>(value: T): T;
export function wellFormed(value: unknown): unknown {
  if (typeof value === "string") return Buffer.from(value, "utf8").toString("utf8");
  if (Array.isArray(value)) return value.map((element: unknown) => wellFormed(element));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [wellFormed(name), wellFormed<unknown>(member)]),
  );
}
