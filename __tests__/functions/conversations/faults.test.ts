/** A process that dies before or after any one of its calls to DynamoDB: whoever comes next finishes the work. */

import { TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { QueryCommand, UpdateCommand, type DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { Conversations } from "../../../functions/conversations/conversations";
import { conversations as spec } from "../../../tables/conversations";
import { newKey, type Key } from "../../support/conversation-key";
import { startEmulatedTable, type EmulatedTable } from "../../support/emulated-table";

const bound = 1_000;

let table: EmulatedTable;
beforeAll(async () => (table = await startEmulatedTable(spec)));
afterAll(() => table.stop());

class Died extends Error {}

type Moment = "before" | "after";

/** A client that dies at its call of a number; it tells the operations that it made. */
function mortalClient(number: number, moment: Moment) {
  const operations: string[] = [];
  const client = {
    async send(command: object): Promise<unknown> {
      const call = operations.push(command.constructor.name);
      // A dead process calls nothing.
      if (call > number) throw new Died();
      if (call === number && moment === "before") throw new Died();
      const output: unknown = await (table.client.send as (command: object) => Promise<unknown>).call(
        table.client,
        command,
      );
      if (call === number) throw new Died();
      return output;
    },
  };
  return { client: client as unknown as DynamoDBDocumentClient, operations };
}

const living = () => new Conversations({ tableName: table.name, client: table.client, boundBytes: bound });

async function itemsOf({ conversation_id }: Key): Promise<readonly Record<string, unknown>[]> {
  const { Items = [] } = await table.client.send(
    new QueryCommand({
      TableName: table.name,
      KeyConditionExpression: "conversation_id = :id",
      ExpressionAttributeValues: { ":id": conversation_id },
      ConsistentRead: true,
    }),
  );
  return Items;
}

const message = (number: number) => ({
  role: "user" as const,
  content: `Message ${number}: ${"text ".repeat(10)}`,
  message_id: `m-${number}`,
});

async function conversationOf(count: number): Promise<Key> {
  const key = newKey();
  await living().create({ ...key, title: "Faults" });
  for (let number = 0; number < count; number += 1) await living().addMessage({ ...key, ...message(number) });
  return key;
}

/**
 * Lets a process die at each call that it makes, before it and after, and another one finish; gives the
 * operations at which one died.
 */
async function atEveryStep(
  prepare: () => Promise<Key>,
  work: (conversations: Conversations, key: Key) => Promise<unknown>,
  check: (key: Key) => Promise<void>,
  isDone: (error: unknown) => boolean = () => false,
): Promise<readonly string[]> {
  const hit: string[] = [];
  for (const moment of ["before", "after"] as const) {
    for (let number = 1; ; number += 1) {
      const key = await prepare();
      const { client, operations } = mortalClient(number, moment);
      const dying = new Conversations({ tableName: table.name, client, boundBytes: bound });
      const error: unknown = await work(dying, key).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      if (error === undefined) break;
      expect(error).toBeInstanceOf(Died);
      hit.push(`${moment} ${operations.at(-1) ?? ""}`);
      await work(living(), key).catch((thrown: unknown) => {
        if (!isDone(thrown)) throw thrown;
      });
      await check(key);
    }
  }
  return hit;
}

const expectMessages =
  (count: number) =>
  async (key: Key): Promise<void> => {
    const { summary, messages } = await living().get(key);
    expect(messages.map(({ message_id }) => message_id)).toEqual(
      Array.from({ length: count }, (_, number) => `m-${number}`),
    );
    expect(summary.message_count).toBe(count);
  };

/** How many messages the head holds before one more seals the older ones. */
async function fullCount(): Promise<number> {
  const key = await conversationOf(0);
  for (let number = 0; ; number += 1) {
    await living().addMessage({ ...key, ...message(number) });
    const items = await itemsOf(key);
    if (items.some(({ user_id }) => String(user_id).startsWith("segment#"))) return number;
  }
}

it("adding a message that fits loses and doubles nothing", async () => {
  const hit = await atEveryStep(
    () => conversationOf(1),
    (conversations, key) => conversations.addMessage({ ...key, ...message(1) }),
    expectMessages(2),
  );
  expect(hit).toEqual([
    ...["before GetItemCommand", "before PutItemCommand", "before UpdateItemCommand"],
    ...["after GetItemCommand", "after PutItemCommand", "after UpdateItemCommand"],
  ]);
});

it("adding a message that seals older ones loses and doubles nothing", async () => {
  const count = await fullCount();
  expect(count).toBeGreaterThan(2);
  const hit = await atEveryStep(
    () => conversationOf(count),
    (conversations, key) => conversations.addMessage({ ...key, ...message(count) }),
    async (key) => {
      await expectMessages(count + 1)(key);
      const sealed = (await itemsOf(key)).filter(({ user_id }) => String(user_id).startsWith("segment#"));
      expect(sealed).toHaveLength(1);
      // Again, when the message may have been sealed itself.
      for (let number = count + 1; number < 3 * count; number += 1) {
        await living().addMessage({ ...key, ...message(number) });
      }
      await living().addMessage({ ...key, ...message(count) });
      await expectMessages(3 * count)(key);
    },
  );
  expect(hit).toEqual([
    ...[
      "before GetItemCommand",
      "before PutItemCommand",
      "before GetItemCommand",
      "before TransactWriteItemsCommand",
    ],
    ...[
      "after GetItemCommand",
      "after PutItemCommand",
      "after GetItemCommand",
      "after TransactWriteItemsCommand",
    ],
  ]);
});

it("creating a conversation with its first message makes one of each", async () => {
  const hit = await atEveryStep(
    () => Promise.resolve(newKey()),
    (conversations, key) => conversations.create({ ...key, message: message(0) }),
    expectMessages(1),
  );
  expect(hit).toEqual(
    ["before", "after"].flatMap((moment) => [
      `${moment} TransactWriteItemsCommand`,
      `${moment} GetItemCommand`,
    ]),
  );
});

it("deleting a long conversation leaves nothing behind, and nothing half deleted to be seen", async () => {
  const count = 1 + (await fullCount());
  const hit = await atEveryStep(
    () => conversationOf(count),
    (conversations, key) => conversations.delete(key),
    async (key) => expect(await itemsOf(key)).toEqual([]),
    // It was gone already.
    (error) => error instanceof Error && Reflect.get(error, "code") === "not-found",
  );
  const operations = ["GetCommand", "UpdateCommand", "QueryCommand", "DeleteCommand"];
  expect([...new Set(hit)].sort()).toEqual(
    ["before", "after"].flatMap((moment) => operations.map((one) => `${moment} ${one}`)).sort(),
  );
});

it("deleting goes on where a call had no more time, and the conversation is not seen meanwhile", async () => {
  const key = await conversationOf(20);
  const hurried = new Conversations({
    tableName: table.name,
    client: table.client,
    deletionMilliseconds: 0,
  });
  await expect(hurried.delete(key)).rejects.toMatchObject({ code: "contended", isPassing: true });
  for (const call of [
    () => living().get(key),
    () => living().addMessage({ ...key, ...message(20) }),
    () => living().rename({ ...key, title: "Again" }),
  ]) {
    await expect(call()).rejects.toMatchObject({ code: "not-found" });
  }
  const ids = (await living().list({ user_id: "demo", limit: 100 })).conversations;
  expect(ids.map(({ conversation_id }) => conversation_id)).not.toContain(key.conversation_id);
  await expect(living().create(key)).rejects.toMatchObject({ code: "conflict" });
  await living().delete(key);
  expect(await itemsOf(key)).toEqual([]);
});

it("an update that the client sends again, since the answer was lost, adds one message, with and without an id", async () => {
  for (const given of [message(0), { role: "user", content: "No id." } as const]) {
    const key = await conversationOf(0);
    const impatient = {
      async send(command: object): Promise<unknown> {
        const send = () =>
          (table.client.send as (command: object) => Promise<unknown>).call(table.client, command);
        if (command.constructor.name !== "UpdateItemCommand") return send();
        await send();
        // The second try of one call, as the SDK makes it.
        return send().catch((error: unknown) => {
          Object.assign((error as { $metadata: object }).$metadata, { attempts: 2 });
          throw error;
        });
      },
    } as unknown as DynamoDBDocumentClient;
    const conversations = new Conversations({ tableName: table.name, client: impatient });
    expect(await conversations.addMessage({ ...key, ...given })).toMatchObject({ position: 0 });
    expect((await living().get(key)).summary.message_count).toBe(1);
  }
});

/** A client on which something happens before each call of one operation. */
const interrupted = (operation: string, happens: () => Promise<void>): DynamoDBDocumentClient =>
  ({
    async send(command: object): Promise<unknown> {
      if (command.constructor.name === operation) await happens();
      return (table.client.send as (command: object) => Promise<unknown>).call(table.client, command);
    },
  }) as unknown as DynamoDBDocumentClient;

it("a call that is overtaken by its own repetition, which is sealed by then, finds it there", async () => {
  const key = await conversationOf(1);
  let overtaken = 0;
  const client = interrupted("UpdateItemCommand", async () => {
    overtaken += 1;
    if (overtaken > 1) return;
    await living().addMessage({ ...key, ...message(1) });
    for (let number = 2; number < 12; number += 1) await living().addMessage({ ...key, ...message(number) });
  });
  // Its clock runs ahead: the times alone would let it write.
  const clock = () => new Date(Date.now() + 3_600_000);
  const slow = new Conversations({ tableName: table.name, client, clock, boundBytes: bound });
  expect(await slow.addMessage({ ...key, ...message(1) })).toMatchObject({
    position: 1,
    message: { message_id: "m-1" },
  });
  expect(overtaken).toBe(1);
  await expectMessages(12)(key);
});

it("a transaction that DynamoDB throttles is told as that", async () => {
  const key = await conversationOf(await fullCount());
  const client = interrupted("TransactWriteItemsCommand", () =>
    Promise.reject(
      new TransactionCanceledException({
        message: "Transaction cancelled",
        CancellationReasons: [{ Code: "None" }, { Code: "ThrottlingError" }],
        $metadata: {},
      }),
    ),
  );
  const throttled = new Conversations({ tableName: table.name, client, boundBytes: bound });
  await expect(throttled.addMessage({ ...key, ...message(99) })).rejects.toMatchObject({ code: "throttled" });
});

it("a conversation that others change every time is refused in the end, and may be tried again", async () => {
  const key = await conversationOf(1);
  const { summary } = await living().get(key);
  let changes = 0;
  const client = interrupted("UpdateItemCommand", async () => {
    changes += 1;
    await table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: key,
        UpdateExpression: "SET updated_at = :later",
        ExpressionAttributeValues: {
          ":later": new Date(Date.parse(summary.updated_at) + changes * 3_600_000).toISOString(),
        },
      }),
    );
  });
  const unlucky = new Conversations({ tableName: table.name, client });
  await expect(unlucky.addMessage({ ...key, ...message(1) })).rejects.toMatchObject({
    code: "contended",
    isPassing: true,
  });
  expect(changes).toBe(30);
});
