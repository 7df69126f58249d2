/** What `--to` makes of items: plain JSON that changes no digit. */

import { DynamoDBClient, PutItemCommand, type AttributeValue } from "@aws-sdk/client-dynamodb";
import { jsonLine } from "../../scripts/lib/export/json-line";
import { writeItems } from "../../scripts/lib/export/scan";
import { conversations } from "../../tables/conversations";
import { conversationItems } from "../support/conversation-items";
import { startEmulatedTable, type EmulatedTable } from "../support/emulated-table";
import { PutCommand } from "@aws-sdk/lib-dynamodb";

describe("a line", () => {
  const line = (value: AttributeValue) => jsonLine({ value }).trim();

  it.each<[string, AttributeValue, string]>([
    [
      "38 digits",
      { N: "12345678901234567890.123456789012345678" },
      "12345678901234567890.123456789012345678",
    ],
    [
      "a number beyond a double",
      { N: "9.9999999999999999999999999999999999999E+125" },
      "9.9999999999999999999999999999999999999E+125",
    ],
    ["a price", { N: "0.10" }, "0.10"],
    ["a sign that JSON lacks", { N: "+5" }, "5"],
    ["zeros that JSON lacks", { N: "-007.50" }, "-7.50"],
    ["a bare fraction", { N: ".5" }, "0.5"],
    ["a point without digits behind it", { N: "3." }, "3"],
    ["nothing but zero", { N: "000" }, "0"],
    [
      "a text with what JSON escapes",
      { S: 'a "quote",\na \u2028 and half of a 😀: \ud83d' },
      '"a \\"quote\\",\\na \u2028 and half of a 😀: \\ud83d"',
    ],
    ["truth", { BOOL: false }, "false"],
    ["null", { NULL: true }, "null"],
    ["bytes", { B: Buffer.from([0, 255]) }, '"AP8="'],
    [
      "sets",
      { M: { s: { SS: ["a"] }, n: { NS: ["1", "2.50"] }, b: { BS: [Buffer.from("x")] } } },
      '{"b":["eA=="],"n":[1,2.50],"s":["a"]}',
    ],
    ["lists and maps", { L: [{ M: {} }, { L: [] }, { S: "" }] }, '[{},[],""]'],
  ])("writes %s", (_what, value, expected) => {
    expect(line(value)).toBe(`{"value":${expected}}`);
  });

  it("repeats nothing of a number that it does not know", () => {
    expect(() => line({ N: "hunter2" })).toThrow(
      /^A number is not in a form that DynamoDB gives numbers in\.$/,
    );
  });
});

describe("a scan", () => {
  let table: EmulatedTable;
  let client: DynamoDBClient;
  beforeAll(async () => {
    table = await startEmulatedTable(conversations);
    client = new DynamoDBClient({
      region: "us-east-1",
      endpoint: table.endpoint,
      credentials: { accessKeyId: "local", secretAccessKey: "local" },
    });
  });
  afterAll(async () => {
    client.destroy();
    await table.stop();
  });

  it("writes every item of many pages, each page before it asks for the next", async () => {
    // About 200 KB each: a page holds five.
    const content = "x".repeat(200_000);
    const large = conversationItems(12).map((item) => ({
      ...item,
      messages: [{ role: "user", content, timestamp: conversations.example.created_at }],
    }));
    for (const Item of large) await table.client.send(new PutCommand({ TableName: table.name, Item }));
    await client.send(
      new PutItemCommand({
        TableName: table.name,
        Item: {
          conversation_id: { S: "650e8400-e29b-41d4-a716-446655440000" },
          user_id: { S: "demo" },
          score: { N: "12345678901234567890.123456789012345678" },
        },
      }),
    );
    let pages = 0;
    client.middlewareStack.add((next) => (args) => ((pages += 1), next(args)), { step: "initialize" });
    const texts: string[] = [];
    const askedBefore: number[] = [];
    const counts = await writeItems(
      client,
      table.name,
      async (text) => {
        const asked = pages;
        await new Promise((resolve) => setTimeout(resolve, 20));
        // Nobody read ahead while this was being written.
        expect(pages).toBe(asked);
        askedBefore.push(asked);
        texts.push(text);
      },
      { signal: new AbortController().signal, onProgress: () => undefined },
    );
    expect(counts).toEqual({ items: 13, bytes: Buffer.byteLength(texts.join("")) });
    expect(askedBefore.length).toBeGreaterThan(2);
    expect(Math.max(...texts.map(({ length }) => length))).toBeLessThan(1_300_000);
    const lines = texts.join("").trim().split("\n");
    expect(lines).toContain(
      '{"conversation_id":"650e8400-e29b-41d4-a716-446655440000",' +
        '"score":12345678901234567890.123456789012345678,"user_id":"demo"}',
    );
    const ids = lines.map((line) => (JSON.parse(line) as { conversation_id: string }).conversation_id);
    expect(new Set(ids).size).toBe(13);
  });
});
