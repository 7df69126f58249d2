/** The conversation of document 001, against a DynamoDB: what is stored, and what is refused. */

import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { Conversations, type Call } from "../../../functions/conversations/conversations";
import { conversationView } from "../../../functions/conversations/view";
import { conversations as spec } from "../../../tables/conversations";
import { itemProblems } from "../../../tables/item";
import { startEmulatedTable, testClock, type EmulatedTable } from "../../support/emulated-table";

const clock = testClock("2025-12-30T14:00:00Z");
const conversation_id = "550e8400-e29b-41d4-a716-446655440000";
const demo = { conversation_id, user_id: "demo" };

let table: EmulatedTable;
let conversations: Conversations;
beforeEach(async () => {
  clock.set("2025-12-30T14:00:00Z");
  table = await startEmulatedTable(spec);
  conversations = new Conversations({ tableName: table.name, client: table.client, clock: clock.read });
});
afterEach(() => table.stop());

async function stored(key: object = demo): Promise<Record<string, unknown>> {
  const { Item = {} } = await table.client.send(new GetCommand({ TableName: table.name, Key: key }));
  return Item;
}

/** What a call is refused with. */
async function refusal(call: () => Promise<unknown>): Promise<string> {
  const error: unknown = await call().then(
    () => new Error("It was accepted."),
    (thrown: unknown) => thrown,
  );
  return error instanceof Error ? `${Reflect.get(error, "code") as string}: ${error.message}` : "";
}

const sampleMessages: (Omit<Call<"addMessage">, "user_id" | "conversation_id" | "timestamp"> & {
  readonly timestamp: string;
})[] = [
  { role: "user", content: "Show me 4K renders", timestamp: "2025-12-30T14:00:00.000Z" },
  {
    role: "assistant",
    content: "I found 5 4K renders...",
    timestamp: "2025-12-30T14:00:05.000Z",
    tool_calls: [
      {
        tool: "filter_by_metadata",
        args: { resolution: "3840x2160", limit: 10 },
        result: [{ file_id: 123, name: "house_4k.exr", score: 0.93, hdr: true, owner: null }],
      },
    ],
  },
  { role: "user", content: "Show me the first one", timestamp: "2025-12-30T14:05:00.000Z" },
  {
    role: "assistant",
    content: "Here are the details...",
    timestamp: "2025-12-30T14:05:30.000Z",
    tool_calls: [{ tool: "get_file_details", args: { file_id: 123 }, result: { resolution: "3840x2160" } }],
  },
];

async function tellSample(): Promise<void> {
  await conversations.create({ ...demo, title: "4K Renders Search" });
  for (const { timestamp, ...message } of sampleMessages) {
    clock.set(timestamp);
    await conversations.addMessage({ ...demo, ...message });
  }
}

describe("the example of document 001", () => {
  it("is what its story leaves in the table, attribute for attribute", async () => {
    await tellSample();
    const item = await stored();
    expect(item).toEqual({
      conversation_id: "550e8400-e29b-41d4-a716-446655440000",
      user_id: "demo",
      title: "4K Renders Search",
      created_at: "2025-12-30T14:00:00.000Z",
      updated_at: "2025-12-30T14:05:30.000Z",
      message_count: 4,
      messages: sampleMessages,
    });
    expect(itemProblems(spec, item)).toEqual([]);
  });

  it("is read in the document's shape and order", async () => {
    await tellSample();
    const view = conversationView(await conversations.get(demo));
    expect(view).toEqual(await stored());
    expect(Object.keys(view)).toEqual([
      "conversation_id",
      "user_id",
      "title",
      "created_at",
      "updated_at",
      "message_count",
      "messages",
    ]);
    expect(view.messages.map((message) => Object.keys(message).join())).toEqual([
      "role,content,timestamp",
      "role,content,timestamp,tool_calls",
      "role,content,timestamp",
      "role,content,timestamp,tool_calls",
    ]);
  });

  it("passes its CRUD test", async () => {
    const { summary } = await conversations.create({ user_id: "test_user", title: "Test Conversation" });
    const key = { user_id: "test_user", conversation_id: summary.conversation_id };
    expect(summary.conversation_id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-/);
    expect(await conversations.addMessage({ ...key, role: "user", content: "Hello!" })).toMatchObject({
      position: 0,
    });
    expect(await conversations.addMessage({ ...key, role: "assistant", content: "Hi there!" })).toMatchObject(
      {
        position: 1,
      },
    );
    expect(await conversations.get(key)).toMatchObject({
      from: 0,
      summary: { title: "Test Conversation", message_count: 2 },
      messages: [
        { role: "user", content: "Hello!" },
        { role: "assistant", content: "Hi there!" },
      ],
    });
    await conversations.rename({ ...key, title: "  Greetings \n of a user " });
    expect((await conversations.list({ user_id: "test_user" })).conversations).toMatchObject([
      { title: "Greetings of a user", message_count: 2 },
    ]);
    await conversations.delete(key);
    expect(await refusal(() => conversations.get(key))).toBe("not-found: There is no such conversation.");
    expect((await conversations.list({ user_id: "test_user" })).conversations).toEqual([]);
  });
});

describe("a title", () => {
  const titleAfter = async (...contents: readonly string[]): Promise<unknown> => {
    await conversations.create(demo);
    for (const content of contents) await conversations.addMessage({ ...demo, role: "user", content });
    return (await stored())["title"];
  };

  it("comes from the first user message, and stays", async () => {
    expect(await titleAfter("Show me 4K renders", "Show me the first one")).toBe("Show me 4K renders");
  });

  it("is the first line, cut after a word", async () => {
    const line = "Show me all   renders of the house by the lake that were made in December, newest first";
    expect(await titleAfter(`\n  ${line}\nand their owners`)).toBe(
      "Show me all renders of the house by the lake that were made…",
    );
  });

  it("waits for text, and for a user", async () => {
    await conversations.create(demo);
    await conversations.addMessage({ ...demo, role: "assistant", content: "Welcome!" });
    await conversations.addMessage({ ...demo, role: "user", content: " \n " });
    expect((await stored())["title"]).toBe("");
    await conversations.addMessage({ ...demo, role: "user", content: "Hello!" });
    expect((await stored())["title"]).toBe("Hello!");
  });

  it("that is given is not replaced", async () => {
    await conversations.create({ ...demo, title: "Mine", message: { role: "user", content: "Hello!" } });
    expect(await stored()).toMatchObject({ title: "Mine", message_count: 1 });
  });
});

describe("a creation repeated", () => {
  const first = { role: "user", content: "Hello!", message_id: "m-1" } as const;

  it("gives the same conversation and changes nothing", async () => {
    const created = await conversations.create({ ...demo, message: first });
    const item = await stored();
    clock.set("2025-12-30T14:00:10Z");
    expect(await conversations.create({ ...demo, message: first })).toEqual(created);
    expect(await stored()).toEqual(item);
    // Nor does its first message, sent again on its own.
    expect(await conversations.addMessage({ ...demo, ...first })).toMatchObject({ position: 0 });
    expect(await stored()).toEqual(item);
  });

  it("is refused when the conversation begins otherwise", async () => {
    await conversations.create({ ...demo, message: first });
    const other = { role: "user", content: "Good morning!" } as const;
    expect(await refusal(() => conversations.create({ ...demo, message: other }))).toContain("conflict: ");
  });
});

describe("a message repeated with its id", () => {
  it("is stored once, and answered as the first time", async () => {
    await conversations.create(demo);
    const message = { ...demo, role: "user", content: "Hello!", message_id: "m-1" } as const;
    const first = await conversations.addMessage(message);
    await conversations.addMessage({ ...demo, role: "assistant", content: "Hi there!" });
    clock.set("2025-12-30T14:00:10Z");
    expect(await conversations.addMessage(message)).toEqual(first);
    expect(await stored()).toMatchObject({ message_count: 2, message_ids: ["m-1"] });
  });

  it("is refused when it is another message", async () => {
    await conversations.create(demo);
    await conversations.addMessage({ ...demo, role: "user", content: "Hello!", message_id: "m-1" });
    expect(
      await refusal(() =>
        conversations.addMessage({ ...demo, role: "user", content: "Bye!", message_id: "m-1" }),
      ),
    ).toBe(
      "conflict: There is another message of that message_id in the conversation. Give each message its own.",
    );
  });

  it("belongs to its conversation: one that is created again under its id knows none", async () => {
    const message = { ...demo, role: "user", content: "Hello!", message_id: "m-1" } as const;
    await conversations.create(demo);
    await conversations.addMessage(message);
    await conversations.delete(demo);
    clock.set("2025-12-30T15:00:00Z");
    await conversations.create(demo);
    expect(await conversations.addMessage(message)).toMatchObject({ position: 0 });
    expect(await stored()).toMatchObject({ message_count: 1 });
  });
});

describe("what is refused:", () => {
  it("tool calls of anyone but an assistant", async () => {
    await conversations.create(demo);
    const tool_calls = [{ tool: "get_file_details" }];
    expect(
      await refusal(() => conversations.addMessage({ ...demo, role: "user", content: "x", tool_calls })),
    ).toBe("invalid: tool_calls must be absent: only an assistant's message has them.");
  });

  it("a user whose id looks like a key of the table", async () => {
    for (const user_id of ["segment#demo", "message#demo"]) {
      expect(await refusal(() => conversations.create({ user_id, title: "Mine" }))).toContain(
        "unauthenticated: ",
      );
    }
  });

  it("a message without a conversation, and a new title for none", async () => {
    const message = { ...demo, role: "user", content: "Hello!" } as const;
    expect(await refusal(() => conversations.addMessage(message))).toContain("not-found: ");
    expect(await refusal(() => conversations.rename({ ...demo, title: "Mine" }))).toContain("not-found: ");
    expect(await refusal(() => conversations.delete(demo))).toContain("not-found: ");
    expect(await stored()).toEqual({});
  });
});

it("halves of surrogate pairs, for which DynamoDB has no form, are stored as U+FFFD", async () => {
  await conversations.create(demo);
  const call = { tool: "\ud800", args: { "\ud800": ["\udc00"] }, result: "\ud800" };
  await conversations.addMessage({ ...demo, role: "assistant", content: "a\ud800b", tool_calls: [call] });
  expect((await conversations.get(demo)).messages).toMatchObject([
    {
      content: "a\ufffdb",
      tool_calls: [{ tool: "\ufffd", args: { "\ufffd": ["\ufffd"] }, result: "\ufffd" }],
    },
  ]);
});
