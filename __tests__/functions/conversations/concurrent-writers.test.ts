/** Many writers on one conversation at once, every message twice. */

import fc from "fast-check";
import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { Conversations } from "../../../functions/conversations/conversations";
import { conversations as spec } from "../../../tables/conversations";
import { startEmulatedTable, type EmulatedTable } from "../../support/emulated-table";

const writerCount = 16;
const messageCount = 2_000;
const key = { user_id: "demo", conversation_id: "550e8400-e29b-41d4-a716-446655440000" };

let table: EmulatedTable;
beforeAll(async () => (table = await startEmulatedTable(spec)));
afterAll(() => table.stop());

interface Sending {
  readonly writer: number;
  readonly number: number;
}

/** Each writer's messages in their order, each a second time at some place after the first. */
function sendingsOf(writer: number): readonly Sending[] {
  const count = messageCount / writerCount;
  const [gaps = []] = fc.sample(fc.array(fc.nat(12), { minLength: count, maxLength: count }), {
    seed: 1_000 + writer,
    numRuns: 1,
  });
  return gaps
    .flatMap((gap, number) => [
      { at: number, writer, number },
      { at: number + gap + 0.5, writer, number },
    ])
    .sort((one, other) => one.at - other.at);
}

it(`${writerCount} writers add ${messageCount} messages, each sent twice: each is stored once, in its writer's order`, async () => {
  await new Conversations({ tableName: table.name, client: table.client }).create({
    ...key,
    title: "Crowded",
  });
  const positions = new Map<string, Set<number>>();
  let lastSeen = "";
  const work = async (writer: number): Promise<void> => {
    const conversations = new Conversations({ tableName: table.name, client: table.client });
    const send = async ({ number }: Sending): Promise<void> => {
      const message_id = `${writer}-${number}`;
      const { position } = await conversations.addMessage({
        ...key,
        role: "user",
        content: `Message ${number} of writer ${writer}: ${"text ".repeat((number * 7) % 60)}`,
        message_id,
      });
      positions.set(message_id, (positions.get(message_id) ?? new Set()).add(position));
    };
    for (const sending of sendingsOf(writer)) {
      // The second sending sometimes comes while the first is under way.
      if (sending.number % 5 === 0) await Promise.all([send(sending), send(sending)]);
      else await send(sending);
    }
  };
  const watch = async (isDone: () => boolean): Promise<void> => {
    while (!isDone()) {
      const { Item } = await table.client.send(
        new GetCommand({
          TableName: table.name,
          Key: key,
          ConsistentRead: true,
          ProjectionExpression: "updated_at",
        }),
      );
      const updated = String(Item?.["updated_at"]);
      expect(updated >= lastSeen).toBe(true);
      lastSeen = updated;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  let isDone = false;
  const watching = watch(() => isDone);
  await Promise.all(Array.from({ length: writerCount }, (_, writer) => work(writer))).finally(
    () => (isDone = true),
  );
  await watching;

  const { summary, messages } = await new Conversations({
    tableName: table.name,
    client: table.client,
  }).get(key);
  expect(summary.message_count).toBe(messageCount);
  const ids = messages.map(({ message_id }) => String(message_id));
  expect(ids).toHaveLength(messageCount);
  expect(new Set(ids).size).toBe(messageCount);
  for (let writer = 0; writer < writerCount; writer += 1) {
    const own = ids.filter((id) => id.startsWith(`${writer}-`)).map((id) => Number(id.split("-")[1]));
    expect(own).toEqual(Array.from({ length: messageCount / writerCount }, (_, number) => number));
  }
  const times = messages.map(({ timestamp }) => String(timestamp));
  expect(times).toEqual([...times].sort());
  // Every answer names the place where the message is.
  for (const [index, id] of ids.entries()) expect([...(positions.get(id) ?? [])]).toEqual([index]);
  const { Item } = await table.client.send(new GetCommand({ TableName: table.name, Key: key }));
  expect(Item?.["message_count"]).toBe(messageCount);
}, 300_000);

it("messages without ids are all kept, also those that say the same in one millisecond", async () => {
  const other = { user_id: "demo", conversation_id: "650e8400-e29b-41d4-a716-446655440000" };
  const conversations = new Conversations({ tableName: table.name, client: table.client });
  await conversations.create(other);
  const at = { timestamp: "2025-12-30T14:00:00Z" };
  await Promise.all(
    Array.from({ length: 100 }, () =>
      conversations.addMessage({ ...other, ...at, role: "user", content: "Hello!" }),
    ),
  );
  expect((await conversations.get(other)).messages).toHaveLength(100);
}, 60_000);
