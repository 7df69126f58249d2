/** What another program has stored or lost, and what DynamoDB has left in doubt, while messages are sealed. */

import {
  GetItemCommand,
  PutItemCommand,
  TransactionCanceledException,
  TransactionInProgressException,
  type AttributeValue,
  type DynamoDBClient,
} from "@aws-sdk/client-dynamodb";
import { GetCommand, PutCommand, QueryCommand, type DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { Conversations } from "../../../functions/conversations/conversations";
import { conversations as spec } from "../../../tables/conversations";
import { newKey, type Key } from "../../support/conversation-key";
import { startEmulatedTable, type EmulatedTable } from "../../support/emulated-table";

const boundBytes = 1_000;

let table: EmulatedTable;
beforeAll(async () => (table = await startEmulatedTable(spec)));
afterAll(() => table.stop());

const raw = () => table.client as unknown as Pick<DynamoDBClient, "send">;
const conversationsOf = (client: DynamoDBDocumentClient) =>
  new Conversations({ tableName: table.name, client, boundBytes });
const conversations = () => conversationsOf(table.client);
const message = (number: number, more: object = {}) => ({
  role: "user" as const,
  content: `Message ${number}: ${"text ".repeat(20)}`,
  ...more,
});
const contents = async (key: Key) =>
  (await conversations().get(key)).messages.map(({ content }) => String(content).split(":")[0]);
const numbered = (count: number) => Array.from({ length: count }, (_, number) => `Message ${number}`);

async function stored(key: Key): Promise<Record<string, unknown>> {
  const { Item = {} } = await table.client.send(new GetCommand({ TableName: table.name, Key: key }));
  return Item;
}

async function segments(key: Key): Promise<readonly Record<string, AttributeValue>[]> {
  const { Items = [] } = await table.client.send(
    new QueryCommand({
      TableName: table.name,
      KeyConditionExpression: "conversation_id = :id AND begins_with(user_id, :mark)",
      ExpressionAttributeValues: { ":id": key.conversation_id, ":mark": "segment#" },
    }),
  );
  return Promise.all(
    Items.map(async ({ conversation_id, user_id }) => {
      const { Item = {} } = await raw().send(
        new GetItemCommand({
          TableName: table.name,
          Key: { conversation_id: { S: String(conversation_id) }, user_id: { S: String(user_id) } },
        }),
      );
      return Item;
    }),
  );
}

it("messages of another program are sealed as they are stored: every digit, every name, every type", async () => {
  const foreign: AttributeValue = {
    M: {
      content: { S: "x".repeat(700) },
      large: { N: "12345678901234567890" },
      fine: { N: "0.1234567890123456789012345" },
      map: { M: { constructor: { S: "anything" }, ["__proto__"]: { N: "1" } } },
      numbers: { NS: ["1", "12345678901234567890"] },
      bytes: { B: Buffer.from("bytes") },
    },
  };
  const key = newKey();
  const { user_id, conversation_id } = key;
  await raw().send(
    new PutItemCommand({
      TableName: table.name,
      Item: {
        ...{ conversation_id: { S: conversation_id }, user_id: { S: user_id }, title: { S: "Old" } },
        ...{ created_at: { S: "2025-12-30T14:00:00Z" }, message_count: { N: "12345678901234567890" } },
        messages: { L: [foreign, foreign] },
      },
    }),
  );
  for (let number = 2; number < 5; number += 1) {
    expect(await conversations().addMessage({ ...key, ...message(number) })).toMatchObject({
      position: number,
    });
  }
  const [first] = (await segments(key)).flatMap(({ messages }) => messages?.L ?? []);
  const member = (name: string) => first?.M?.[name];
  expect(member("large")).toEqual({ N: "12345678901234567890" });
  expect(member("fine")).toEqual({ N: "0.1234567890123456789012345" });
  expect(Object.entries(member("map")?.M ?? {}).sort()).toEqual([
    ["__proto__", { N: "1" }],
    ["constructor", { S: "anything" }],
  ]);
  expect([...(member("numbers")?.NS ?? [])].sort()).toEqual(["1", "12345678901234567890"]);
  expect(Buffer.from(member("bytes")?.B ?? []).toString()).toBe("bytes");
});

describe("a program that replaces the item by the document's seven attributes", () => {
  async function replaced(count: number): Promise<{ readonly key: Key; readonly sealed: number }> {
    const key = newKey();
    await conversations().create({ ...key, title: "Long" });
    for (let number = 0; number < count; number += 1) {
      await conversations().addMessage({ ...key, ...message(number, { message_id: `m-${number}` }) });
    }
    const { sealed_count, message_ids, ...seven } = await stored(key);
    expect([typeof sealed_count, Array.isArray(message_ids)]).toEqual(["number", true]);
    await table.client.send(new PutCommand({ TableName: table.name, Item: seven }));
    return { key, sealed: Number(sealed_count) };
  }

  it("has its messages counted after the sealed ones at the next sealing", async () => {
    const { key } = await replaced(12);
    for (let number = 12; number < 24; number += 1) {
      await conversations().addMessage({ ...key, ...message(number) });
    }
    expect(await contents(key)).toEqual(numbered(24));
    expect(await stored(key)).toMatchObject({ message_count: 24 });
  });

  it("does not make a repetition of a sealed message a second one", async () => {
    const { key, sealed } = await replaced(12);
    expect(sealed).toBeGreaterThan(1);
    const repeated = { ...key, ...message(1, { message_id: "m-1" }) };
    expect(await conversations().addMessage(repeated)).toMatchObject({ position: 1 });
    expect(await contents(key)).toEqual(numbered(12));
  });
});

describe("a transaction without an id", () => {
  it("that was under way, and then another's, is not done twice when it comes to light", async () => {
    const key = newKey();
    await conversations().create({ ...key, title: "Long" });
    let number = 0;
    while ((await segments(key)).length === 0) {
      await conversations().addMessage({ ...key, ...message((number += 1)) });
    }
    const start = number + 1;
    let tries = 0;
    let pending: (() => Promise<unknown>) | undefined;
    const client = {
      async send(command: object): Promise<unknown> {
        const send = () =>
          (table.client.send as (command: object) => Promise<unknown>).call(table.client, command);
        if (command.constructor.name !== "TransactWriteItemsCommand") return send();
        tries += 1;
        if (tries === 1) {
          pending = send;
          throw new TransactionInProgressException({ message: "In progress", $metadata: { attempts: 2 } });
        }
        if (tries === 2) {
          // Only now does the first one succeed.
          await pending?.();
          throw new TransactionCanceledException({
            message: "Cancelled",
            CancellationReasons: [{ Code: "None" }, { Code: "TransactionConflict" }],
            $metadata: {},
          });
        }
        return send();
      },
    } as unknown as DynamoDBDocumentClient;
    const writer = conversationsOf(client);
    for (number = start; tries === 0; number += 1) await writer.addMessage({ ...key, ...message(number) });
    const all = (await conversations().get(key)).messages.map(({ content }) => content);
    expect(tries).toBe(2);
    expect(new Set(all).size).toBe(all.length);
  });
});

it("who has added a message sees it: the conversation's own item is read consistently", async () => {
  const key = newKey();
  await conversations().create(key);
  const inputs: unknown[] = [];
  const client = {
    send(command: { readonly input: unknown }): Promise<unknown> {
      inputs.push(command.input);
      return (table.client.send as (command: object) => Promise<unknown>).call(table.client, command);
    },
  } as unknown as DynamoDBDocumentClient;
  await conversationsOf(client).get(key);
  expect(inputs).toMatchObject([{ ConsistentRead: true }]);
});

it("16 messages of 15,000 bytes at once leave a head within its bound", async () => {
  const key = newKey();
  const ordinary = new Conversations({ tableName: table.name, client: table.client });
  await ordinary.create({ ...key, title: "Large" });
  let largest = 0;
  const progress = { isDone: false };
  const watching = (async () => {
    while (!progress.isDone) {
      largest = Math.max(largest, JSON.stringify(await stored(key)).length);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  })();
  const content = "x".repeat(15_000);
  await Promise.all(
    Array.from({ length: 16 }, () => ordinary.addMessage({ ...key, role: "user", content })),
  ).finally(() => (progress.isDone = true));
  await watching;
  expect(largest).toBeLessThan(16 * 1024);
  expect((await ordinary.get(key)).messages).toHaveLength(16);
  const sealed = await segments(key);
  for (const { messages } of sealed) expect(messages?.L).toHaveLength(1);
});
