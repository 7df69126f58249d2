import fc from "fast-check";
import { marshall } from "@aws-sdk/util-dynamodb";
import { attributesBytes, itemBytes, itemLimitBytes, storedBytes } from "../../../functions/shared/item-size";
import { conversations } from "../../../tables/conversations";
import { startEmulatedTable, type EmulatedTable } from "../../support/emulated-table";
import { PutItemCommand, type AttributeValue } from "@aws-sdk/client-dynamodb";
import { PutCommand } from "@aws-sdk/lib-dynamodb";

const put = ({ client, name }: EmulatedTable, Item: Record<string, AttributeValue>) =>
  client.send(new PutItemCommand({ TableName: name, Item }));

describe("the size of an item", () => {
  it("counts names and values in UTF-8, as AWS does", () => {
    expect(itemBytes({ id: "550e", title: "Größe" })).toBe(2 + 4 + 5 + 7);
    expect(storedBytes([true, null, "ab"])).toBe(3 + (1 + 1) + (1 + 1) + (1 + 2));
    expect(storedBytes({ role: "user" })).toBe(3 + 1 + 4 + 4);
  });

  it("counts two digits of a number as one byte: a list of 20,000 sevens is 80 KB at most", () => {
    expect(storedBytes(Array.from({ length: 20_000 }, () => 7))).toBeLessThanOrEqual(80_003);
    expect([0, 7, 12345, -0.5, 1e-7, 123e20].map(storedBytes)).toEqual([2, 3, 5, 4, 3, 4]);
  });

  it("is the same of an item before and after it is written in DynamoDB's own form", () => {
    const item = { id: "ü", list: [1.5, -7, null, true], map: { a: [[]] } };
    expect(attributesBytes(marshall(item))).toBe(itemBytes(item));
    const sets = { t: { SS: ["ab", "c"] }, n: { NS: ["1", "-23"] }, b: { BS: [Buffer.from("abc")] } };
    expect(attributesBytes(sets)).toBe(3 + (3 + 3 + 2) + (3 + 3 + 4 + 2) + (3 + 3 + 1));
  });

  it("is never less than what DynamoDB counts, whatever numbers there are", async () => {
    const table = await startEmulatedTable(conversations);
    const number = fc
      .tuple(
        fc.bigInt({ min: -(10n ** 37n), max: 10n ** 37n }),
        fc.integer({ min: -90, max: 80 }),
        fc.nat(37),
      )
      .map(([digits, exponent, shorter]) => `${digits / 10n ** BigInt(shorter)}e${exponent}`);
    try {
      await fc.assert(
        fc.asyncProperty(fc.array(number, { minLength: 400, maxLength: 400 }), async (numbers) => {
          const item = {
            ...marshall({ conversation_id: "c", user_id: "demo", content: "" }),
            numbers: { L: numbers.map((N) => ({ N })) },
          };
          const content = { S: "x".repeat(itemLimitBytes - attributesBytes(item)) };
          await put(table, { ...item, content });
        }),
        { numRuns: 20, seed: 3 },
      );
    } finally {
      await table.stop();
    }
  }, 30_000);

  it("is never less than what DynamoDB counts: an item of the largest size is stored", async () => {
    const table = await startEmulatedTable(conversations);
    try {
      const item = { conversation_id: "c", user_id: "demo", messages: [{ content: "", number: -1.5 }] };
      const content = "x".repeat(itemLimitBytes - itemBytes(item));
      const largest = { ...item, messages: [{ ...item.messages[0], content }] };
      expect(itemBytes(largest)).toBe(itemLimitBytes);
      await table.client.send(new PutCommand({ TableName: table.name, Item: largest }));
    } finally {
      await table.stop();
    }
  });
});
