/** A user's list: only theirs, newest first, every one once, whatever share a time. */

import { BatchWriteCommand } from "@aws-sdk/lib-dynamodb";
import { Conversations } from "../../../functions/conversations/conversations";
import { conversations as spec } from "../../../tables/conversations";
import { startEmulatedTable, type EmulatedTable } from "../../support/emulated-table";

const count = 5_000;
const users = ["demo", "test_user", "us-east-1:0a1b2c3d"] as const;
const timeOf = (number: number) => new Date(Date.UTC(2025, 11, 30, 14, 0, number % 40)).toISOString();
const idOf = (number: number) => `550e8400-e29b-41d4-a716-${String(number).padStart(12, "0")}`;
/** Half of them are demo's. */
const userOf = (number: number) => users[number % 4] ?? "demo";

let table: EmulatedTable;
let conversations: Conversations;
beforeAll(async () => {
  table = await startEmulatedTable(spec);
  conversations = new Conversations({ tableName: table.name, client: table.client });
  const items = Array.from({ length: count }, (_, number) => ({
    ...{ conversation_id: idOf(number), user_id: userOf(number), title: `Conversation ${number}` },
    ...{ messages: [], created_at: timeOf(number), updated_at: timeOf(number), message_count: 0 },
  }));
  for (let start = 0; start < count; start += 25) {
    const requests = items.slice(start, start + 25).map((Item) => ({ PutRequest: { Item } }));
    await table.client.send(new BatchWriteCommand({ RequestItems: { [table.name]: requests } }));
  }
});
afterAll(() => table.stop());

it.each(users)(
  `of ${count} conversations, %s sees all of theirs across pages, newest first, each once`,
  async (user_id) => {
    const seen: { readonly conversation_id: string; readonly created_at: string }[] = [];
    let cursor: string | undefined;
    do {
      const page = await conversations.list({ user_id, limit: 97, ...(cursor !== undefined && { cursor }) });
      for (const summary of page.conversations) expect(summary.user_id).toBe(user_id);
      if (page.cursor !== undefined) expect(page.conversations).toHaveLength(97);
      seen.push(...page.conversations);
      cursor = page.cursor;
    } while (cursor !== undefined);
    const expected = Array.from({ length: count }, (_, number) => number).filter(
      (number) => userOf(number) === user_id,
    );
    expect(seen.map(({ conversation_id }) => conversation_id).sort()).toEqual(expected.map(idOf).sort());
    const times = seen.map(({ created_at }) => created_at);
    expect(times).toEqual([...times].sort().reverse());
  },
);

it("a page that ends with the last conversation has no cursor", async () => {
  const user_id = "newcomer";
  for (let number = 0; number < 4; number += 1) await conversations.create({ user_id, title: "Mine" });
  const first = await conversations.list({ user_id, limit: 2 });
  const second = await conversations.list({ user_id, limit: 2, cursor: first.cursor ?? "" });
  expect([first.conversations.length, second.conversations.length, second.cursor]).toEqual([2, 2, undefined]);
});

it("another user's cursor shows nothing of theirs", async () => {
  const { cursor = "" } = await conversations.list({ user_id: "test_user", limit: 5 });
  const page = await conversations.list({ user_id: "demo", limit: 100, cursor });
  for (const { user_id } of page.conversations) expect(user_id).toBe("demo");
  expect((await conversations.list({ user_id: "stranger", cursor })).conversations).toEqual([]);
});

it("goes on where it was when the last conversation shown is deleted meanwhile", async () => {
  const user_id = "tidy";
  for (let number = 0; number < 5; number += 1) await conversations.create({ user_id, title: `${number}` });
  const all = (await conversations.list({ user_id })).conversations.map((one) => one.conversation_id);
  const { cursor = "" } = await conversations.list({ user_id, limit: 2 });
  await conversations.delete({ user_id, conversation_id: all[1] ?? "" });
  const { conversations: rest } = await conversations.list({ user_id, cursor });
  expect(rest.map((one) => one.conversation_id)).toEqual(all.slice(2));
});
