/** Whether the table's item is the expected one: numbers to the last digit, however they are written. */

import { marshall } from "@aws-sdk/util-dynamodb";
import fc from "fast-check";
import { isSameItem, type Item } from "../../scripts/lib/migrate-profiles/same-item";

const price = (N: string): Item => ({ averagePrice: { N } });

it.each([
  ["79.90", "79.9"],
  ["1e-7", "0.0000001"],
  ["1200", "1.2E+3"],
  ["-0", "0"],
  ["085.50", "85.5"],
])("%s is %s", (one, other) => {
  expect(isSameItem(price(one), price(other))).toBe(true);
});

it.each([
  ["79.9", "79.91"],
  ["9007199254740993", "9007199254740992"],
  ["0.10000000000000000001", "0.1"],
  ["5", "-5"],
  ["5", "50"],
])("%s is not %s", (one, other) => {
  expect(isSameItem(price(one), price(other))).toBe(false);
});

const items = fc
  .dictionary(fc.string({ minLength: 1 }), fc.jsonValue({ maxDepth: 2 }), { noNullPrototype: true })
  // Profiles with such members are refused: the SDK's marshaller throws at them, or loses them.
  .filter((item) => !/"(constructor|__proto__)":/.test(JSON.stringify(item)))
  // Whole numbers beyond 2^53 are no part of a profile.
  .map((item) => marshall(item, { allowImpreciseNumbers: true }));

it("an item is itself in any order of its attributes, and no other", () => {
  fc.assert(
    fc.property(items, items, (one, other) => {
      const reordered = Object.fromEntries(Object.entries(one).reverse());
      expect(isSameItem(one, reordered)).toBe(true);
      const areSame = sortedJson(one) === sortedJson(other);
      expect(isSameItem(one, other)).toBe(areSame);
      expect(isSameItem({ ...one, "one more": { S: "" } }, one)).toBe(false);
      expect(isSameItem(one, { ...one, "one more": { S: "" } })).toBe(false);
    }),
  );
});

const sortedJson = (item: Item): string =>
  JSON.stringify(item, (_, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort())
      : value,
  );
