/** What a message costs, and that none is lost, when a conversation grows beyond one item. */

import { GetCommand, PutCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { Conversations } from "../../../functions/conversations/conversations";
import { dynamoDbClient } from "../../../functions/shared/dynamodb-client";
import { startCallRecorder, type CallRecorder } from "../../../scripts/local/call-recorder";
import { localCredentials } from "../../../stacks/local-endpoint";
import { conversations as spec } from "../../../tables/conversations";
import { startEmulatedTable, type EmulatedTable } from "../../support/emulated-table";

const bound = 16 * 1024;
/** Units of writing a head of the bound's size once: to the table, and to the index, which holds all of it. */
const boundsWorth = 2 * (bound / 1024);

const key = { user_id: "demo", conversation_id: "550e8400-e29b-41d4-a716-446655440000" };

let table: EmulatedTable;
let recorder: CallRecorder;
let client: DynamoDBDocumentClient;
let conversations: Conversations;
beforeEach(async () => {
  table = await startEmulatedTable(spec);
  recorder = await startCallRecorder(table.endpoint);
  client = DynamoDBDocumentClient.from(
    dynamoDbClient({
      region: "us-east-1",
      endpoint: recorder.endpoint,
      credentials: { accessKeyId: localCredentials.accessKey, secretAccessKey: localCredentials.secretKey },
    }),
    { marshallOptions: { removeUndefinedValues: true } },
  );
  conversations = new Conversations({ tableName: table.name, client });
  await conversations.create(key);
});
afterEach(async () => {
  client.destroy();
  await recorder.stop();
  await table.stop();
});

const isWrite = ({ operation }: { readonly operation: string }) => /Put|Update|Delete/.test(operation);

/** Write units of one message, as AWS counts them. */
async function unitsOf(content: string, more: object = {}): Promise<number> {
  recorder.calls.length = 0;
  await conversations.addMessage({ ...key, role: "user", content, ...more });
  return recorder.calls.filter(isWrite).reduce((sum, { units = NaN }) => sum + units, 0);
}

async function items(): Promise<readonly Record<string, unknown>[]> {
  const { Items = [] } = await table.client.send(
    new QueryCommand({
      TableName: table.name,
      KeyConditionExpression: "conversation_id = :id",
      ExpressionAttributeValues: { ":id": key.conversation_id },
    }),
  );
  return Items;
}

async function head(): Promise<Record<string, unknown>> {
  const { Item = {} } = await table.client.send(new GetCommand({ TableName: table.name, Key: key }));
  return Item;
}

const contents = async (page: object = {}): Promise<readonly unknown[]> =>
  (await conversations.get({ ...key, ...page })).messages.map(({ content }) => content);

/** Texts of 200 to 700 bytes, as people and assistants write them, each known by its number. */
const text = (number: number): string => `${number} ${"render ".repeat(30 + ((number * 37) % 70))}`;

describe("a conversation of 400 messages", () => {
  it("costs at most twice the bound's worth a message, keeps its head within the bound, and reads whole", async () => {
    const units: number[] = [];
    for (let number = 0; number < 400; number += 1) {
      units.push(await unitsOf(text(number), number % 4 === 0 ? { message_id: `m-${number}` } : {}));
      expect(Buffer.byteLength(JSON.stringify(await head()))).toBeLessThan(bound * 1.1);
    }
    expect(Math.max(...units)).toBeGreaterThan(boundsWorth);
    expect(Math.max(...units)).toBeLessThanOrEqual(2 * boundsWorth);
    // The last hundred cost what the second hundred did.
    const average = (some: readonly number[]) => some.reduce((sum, one) => sum + one, 0) / some.length;
    expect(Math.abs(average(units.slice(300)) - average(units.slice(100, 200)))).toBeLessThan(3);

    expect(await contents()).toEqual(Array.from({ length: 400 }, (_, number) => text(number)));
    const { messages, sealed_count, message_ids, ...others } = await head();
    expect(others["message_count"]).toBe(400);
    expect((messages as unknown[]).length + Number(sealed_count)).toBe(400);
    // Ids of sealed messages are in the segments alone.
    expect(message_ids).toEqual(
      (messages as { message_id?: string }[]).flatMap(({ message_id }) => message_id ?? []),
    );
  }, 30_000);

  it("reads a page by its keys alone", async () => {
    for (let number = 0; number < 250; number += 1) await unitsOf(text(number));
    recorder.calls.length = 0;
    expect(await contents({ before: 100, limit: 10 })).toEqual(
      Array.from({ length: 10 }, (_, number) => text(90 + number)),
    );
    const segments = recorder.calls.filter(({ operation }) => operation === "Query");
    // Three segments of 6 KB at most; all of them would be some twenty units.
    expect(segments.reduce((sum, { units = NaN }) => sum + units, 0)).toBeLessThanOrEqual(3);
  }, 30_000);
});

it("puts no item beside the conversation's own into the index", async () => {
  for (let number = 0; number < 60; number += 1) await unitsOf(text(number), { message_id: `m-${number}` });
  expect((await items()).length).toBeGreaterThan(61);
  expect((await conversations.list({ user_id: "demo" })).conversations).toHaveLength(1);
  const { Items } = await table.client.send(
    new QueryCommand({
      TableName: table.name,
      IndexName: "user_id-created_at-index",
      KeyConditionExpression: "user_id = :user",
      ExpressionAttributeValues: { ":user": "demo" },
    }),
  );
  expect(Items).toHaveLength(1);
});

describe("a large message", () => {
  it("is sealed at once, with those before it, and everything reads in order", async () => {
    const large = "x".repeat(300_000);
    for (const content of ["first", large, "third", large, "x".repeat(9_000), "y".repeat(9_000), "last"]) {
      await unitsOf(content);
    }
    expect((await contents()).map((content) => String(content).length)).toEqual([
      5, 300_000, 5, 300_000, 9_000, 9_000, 4,
    ]);
    expect(Buffer.byteLength(JSON.stringify(await head()))).toBeLessThan(bound);
  });

  it("creates a conversation, too", async () => {
    const other = { user_id: "demo", conversation_id: "650e8400-e29b-41d4-a716-446655440000" };
    const message = { role: "user", content: "x".repeat(300_000), message_id: "m" } as const;
    const created = await conversations.create({ ...other, message });
    expect(created.messages).toMatchObject([{ role: "user", message_id: "m" }]);
    expect(await conversations.create({ ...other, message })).toEqual(created);
    expect(await conversations.addMessage({ ...other, ...message })).toMatchObject({ position: 0 });
  });

  it.each([
    ["text", { role: "user", content: "x".repeat(410_000) }],
    [
      "a tool's result",
      {
        role: "assistant",
        content: "",
        tool_calls: [{ tool: "get_file_details", result: { blob: "x".repeat(410_000) } }],
      },
    ],
  ] as const)("beyond 400 KB of %s is refused, and nothing is lost", async (_, message) => {
    await unitsOf("first");
    const before = await items();
    const call = { ...key, ...message, message_id: "m" } as Parameters<Conversations["addMessage"]>[0];
    await expect(conversations.addMessage(call)).rejects.toMatchObject({
      code: "too-large",
      message:
        "The message takes more than the 400 KB that DynamoDB holds, its tool calls included. " +
        "Shorten it, or keep the result elsewhere and name its place.",
    });
    expect(await items()).toEqual(before);
  });

  it("up to the limit is stored", async () => {
    const most = "x".repeat(400 * 1024 - 300);
    await unitsOf(most);
    expect(await contents()).toEqual([most]);
  });
});

it("an answer holds 4 MB, and says how to go on before it", async () => {
  const large = (number: number) => `${number} ${"x".repeat(390_000)}`;
  for (let number = 0; number < 14; number += 1) await unitsOf(large(number));
  const { from, messages, summary } = await conversations.get(key);
  expect(summary.message_count).toBe(14);
  expect(from).toBe(4);
  expect(messages.map(({ content }) => content)).toEqual([4, 5, 6, 7, 8, 9, 10, 11, 12, 13].map(large));
  const older = await conversations.get({ ...key, before: from });
  expect(older).toMatchObject({ from: 0 });
  expect(older.messages).toHaveLength(4);
  // Quotation marks take four bytes each in what Lambda sends.
  await unitsOf('"'.repeat(390_000));
  await unitsOf('"'.repeat(390_000));
  await unitsOf('"'.repeat(390_000));
  expect((await conversations.get(key)).messages).toHaveLength(2);
}, 30_000);

it("a large item of another program is sealed by the next message", async () => {
  const messages = Array.from({ length: 300 }, (_, number) => ({ role: "user", content: text(number) }));
  const { user_id, conversation_id } = key;
  await table.client.send(
    new PutCommand({
      TableName: table.name,
      Item: { conversation_id, user_id, title: "Old", messages, created_at: "2025-12-30T14:00:00Z" },
    }),
  );
  expect(await contents()).toHaveLength(300);
  await unitsOf("next");
  expect(Buffer.byteLength(JSON.stringify(await head()))).toBeLessThan(bound);
  expect(await contents()).toEqual([...messages.map(({ content }) => content), "next"]);
  expect(await head()).toMatchObject({ title: "Old", message_count: 301 });
});
