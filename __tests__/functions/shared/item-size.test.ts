import { itemBytes, itemLimitBytes, storedBytes } from "../../../functions/shared/item-size";
import { conversations } from "../../../tables/conversations";
import { startEmulatedTable } from "../../support/emulated-table";
import { PutCommand } from "@aws-sdk/lib-dynamodb";

describe("the size of an item", () => {
  it("counts names and values in UTF-8, as AWS does", () => {
    expect(itemBytes({ id: "550e", title: "Größe" })).toBe(2 + 4 + 5 + 7);
    expect(storedBytes([true, null, "ab"])).toBe(3 + (1 + 1) + (1 + 1) + (1 + 2));
    expect(storedBytes({ role: "user" })).toBe(3 + 1 + 4 + 4);
  });

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
