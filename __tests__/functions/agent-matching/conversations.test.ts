/** Document 002's conversations: every message is kept, in order, also those of one millisecond. */

import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { NumberValue, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { ConversationTable } from "../../../functions/agent-matching/conversations";
import { agentConversations } from "../../../tables/agent-conversations";
import { itemProblems } from "../../../tables/item";
import {
  conversationTable,
  recordAgentMatching,
  plumber,
  type RecordedAgentMatching,
} from "../../support/agent-matching";
import { stubClient } from "../../support/stub-client";

let matching: RecordedAgentMatching;
beforeAll(async () => (matching = await recordAgentMatching()));
afterAll(() => matching.stop());

const timestamp = "2025-06-01T09:00:00.000Z";
const question = {
  conversation_id: "conv-plumber-0001",
  timestamp,
  agent_id: "agent-plumber-berlin-01",
  message: "Can you come this afternoon?",
  sender: "customer",
};

interface Said {
  readonly conversation_id: string;
  readonly timestamp: string;
  readonly message: string;
}
const say = (message: object) => matching.post("POST /conversation", message);

async function storedMessages(conversation_id: string): Promise<readonly Said[]> {
  const { Items = [] } = await matching.table.client.send(
    new QueryCommand({
      TableName: conversationTable,
      KeyConditionExpression: "conversation_id = :id",
      ExpressionAttributeValues: { ":id": conversation_id },
    }),
  );
  return Items as Said[];
}

interface Page<Part extends string> {
  readonly cursor?: string;
  readonly body: Readonly<Record<Part, readonly unknown[]>>;
}

/** All pages of a list that is read under an id. */
async function pages<Part extends string>(
  routeKey: string,
  id: string,
  limit: number,
): Promise<readonly Page<Part>["body"][]> {
  const read: Page<Part>["body"][] = [];
  let cursor: string | undefined;
  do {
    const query = { limit: String(limit), ...(cursor !== undefined && { cursor }) };
    const { status, json } = await matching.call(routeKey, { path: { id }, query });
    expect(status).toBe(200);
    read.push(json as Page<Part>["body"]);
    ({ cursor } = json as Page<Part>);
  } while (cursor !== undefined);
  return read;
}

describe("POST /conversation", () => {
  it("stores document 002's five attributes, and answers them", async () => {
    const { status, json } = await say(question);
    expect([status, json]).toEqual([201, question]);
    const [stored, ...others] = await storedMessages(question.conversation_id);
    expect(stored).toEqual(question);
    expect(others).toEqual([]);
    expect(itemProblems(agentConversations, { ...stored })).toEqual([]);
  });

  it("takes the present time where none is given", async () => {
    const before = new Date().toISOString();
    const { json } = await say({ ...question, conversation_id: "conv-now", timestamp: undefined });
    const { timestamp: given } = json as Said;
    expect([before, given, new Date().toISOString()].sort()[1]).toBe(given);
  });

  it("keeps another message of the same millisecond at the next", async () => {
    const id = { conversation_id: "conv-same" };
    const texts = ["Can you come?", "It is urgent.", "Hello?"];
    for (const message of texts) expect((await say({ ...question, ...id, message })).status).toBe(201);
    expect((await storedMessages("conv-same")).map(({ timestamp: at, message }) => [at, message])).toEqual([
      ["2025-06-01T09:00:00.000Z", "Can you come?"],
      ["2025-06-01T09:00:00.001Z", "It is urgent."],
      ["2025-06-01T09:00:00.002Z", "Hello?"],
    ]);
  });

  it("answers a repeated message alike, and stores it once, wherever it had to move to", async () => {
    const messages = ["One", "Two", "Three"].map((message) => ({
      ...{ ...question, conversation_id: "conv-repeat", message },
    }));
    const first = [];
    for (const message of messages) first.push(await say(message));
    for (const [index, message] of messages.entries()) {
      const { status, json } = await say(message);
      expect([status, json]).toEqual([201, first[index]?.json]);
    }
    expect(await storedMessages("conv-repeat")).toHaveLength(3);
  });

  it("keeps the same text of another sender, or for another agent", async () => {
    const one = { ...question, conversation_id: "conv-alike" };
    await say(one);
    await say({ ...one, sender: "agent" });
    await say({ ...one, agent_id: "agent-2" });
    expect(await storedMessages("conv-alike")).toHaveLength(3);
  });

  it("keeps 208 messages that sixteen writers send at one millisecond, each twice, exactly once", async () => {
    const conversation_id = "conv-busy";
    const { table } = matching;
    // The deadline has a test of its own: a slow machine must not bring it into this one.
    const now = () => 0;
    const conversations = new ConversationTable({ client: table.client, name: conversationTable, now });
    const places = new Map<string, string>();
    const write = async (writer: number) => {
      const messages = Array.from({ length: 13 }, (_, number) => `${writer}-${number}`);
      for (const message of messages.flatMap((each) => [each, each])) {
        const placed = await conversations.append({ ...question, conversation_id, message });
        expect(places.get(message) ?? placed.timestamp).toBe(placed.timestamp);
        places.set(message, placed.timestamp);
      }
    };
    await Promise.all(Array.from({ length: 16 }, (_, writer) => write(writer)));
    const stored = await storedMessages(conversation_id);
    expect(stored).toHaveLength(208);
    expect(new Map(stored.map(({ message, timestamp: at }) => [message, at]))).toEqual(places);
    // One a millisecond from the first on: none was moved further than it had to be.
    expect(stored.at(-1)?.timestamp).toBe("2025-06-01T09:00:00.207Z");
  }, 60_000);

  it("finds the free millisecond behind others by reading, not by trying each", async () => {
    const { calls } = matching.recorder;
    calls.length = 0;
    await say({ ...question, conversation_id: "conv-busy", message: "after 208 others" });
    expect(calls.map(({ operation, consistent = false }) => [operation, consistent])).toEqual([
      ["PutItem", false],
      // Others may have written just now.
      ["Query", true],
      ["Query", true],
      ["PutItem", false],
    ]);
  });

  it("steps over messages of more than the megabyte that one read gives", async () => {
    const conversation_id = "conv-heavy";
    const heavy = (number: number) => `${number}${"x".repeat(300_000)}`;
    for (let number = 0; number < 6; number += 1) {
      const { json } = await say({ ...question, conversation_id, message: heavy(number) });
      expect(json).toMatchObject({ timestamp: `2025-06-01T09:00:00.00${number}Z` });
    }
    const { json } = await say({ ...question, conversation_id, message: heavy(5) });
    expect(json).toMatchObject({ timestamp: "2025-06-01T09:00:00.005Z" });
  });

  it("steps over times in another program's form", async () => {
    const own = { ...question, conversation_id: "conv-foreign" };
    await say(own);
    await matching.put(conversationTable, { ...own, timestamp: "2025-06-01T09:00:00.001123Z" });
    expect((await say({ ...own, message: "second" })).json).toMatchObject({
      timestamp: "2025-06-01T09:00:00.001Z",
    });
    expect((await say({ ...own, message: "third" })).json).toMatchObject({
      timestamp: "2025-06-01T09:00:00.002Z",
    });
  });

  it("steps over a message that has numbers of more digits than a double", async () => {
    const own = { ...question, conversation_id: "conv-digits" };
    await matching.put(conversationTable, {
      ...own,
      message: "first",
      weight: NumberValue.from("12345678901234567890.5"),
    });
    expect(await say(own)).toMatchObject({ status: 201, json: { timestamp: "2025-06-01T09:00:00.001Z" } });
  });

  it("refuses a message at a time that too many have, and names a later one as the way out", async () => {
    const taken = (from: unknown) => ({
      Items: Array.from({ length: 201 }, (_, later) => ({
        ...{ ...question, message: `number ${later}` },
        timestamp: new Date(Date.parse(String(from)) + later).toISOString(),
      })),
    });
    const client = stubClient(({ Item, ExpressionAttributeValues: values }) =>
      Item === undefined
        ? taken((values as Record<string, unknown>)[":from"])
        : new ConditionalCheckFailedException({
            $metadata: {},
            message: "The conditional request failed",
            Item: marshall({ ...question, message: "before" }),
          }),
    );
    const conversations = new ConversationTable({ client, name: conversationTable });
    await expect(conversations.append(question)).rejects.toMatchObject({
      code: "conflict",
      field: "timestamp",
      isPassing: false,
    });
  });

  it("refuses a second message at the end of time, where no later one sorts", async () => {
    const last = { ...question, conversation_id: "conv-last", timestamp: "9999-12-31T23:59:59.999Z" };
    expect((await say(last)).status).toBe(201);
    expect(await say({ ...last, message: "later" })).toMatchObject({
      status: 422,
      json: { error: { field: "timestamp" } },
    });
  });

  it("takes what fits into an item, however JSON escapes it", async () => {
    const message = "\u0001".repeat(390 * 1024);
    expect((await say({ ...question, conversation_id: "conv-escaped", message })).status).toBe(201);
  });

  it("refuses a message that does not fit into an item, and loses nothing", async () => {
    const large = { ...question, conversation_id: "conv-large" };
    expect(await say({ ...large, message: "x".repeat(410 * 1024) })).toMatchObject({
      status: 413,
      json: { error: { code: "too-large" } },
    });
    expect((await say({ ...large, message: "x".repeat(398 * 1024) })).status).toBe(201);
  });
});

describe("GET /conversation/{id}", () => {
  it("shows the messages in order, page by page", async () => {
    const read = await pages<"messages">("GET /conversation/{id}", "conv-busy", 100);
    expect(read.map(({ messages }) => messages.length)).toEqual([100, 100, 9]);
    const times = read.flatMap(({ messages }) => messages as Said[]).map(({ timestamp: at }) => at);
    expect(times).toEqual([...times].sort());
  });

  it("answers in document 002's attributes, and 304 while nothing is said", async () => {
    const path = { id: question.conversation_id };
    const { json, headers } = await matching.call("GET /conversation/{id}", { path });
    expect(json).toEqual({ conversation_id: question.conversation_id, messages: [question] });
    const known = { "if-none-match": String(headers["etag"]) };
    expect((await matching.call("GET /conversation/{id}", { path, headers: known })).status).toBe(304);
  });

  it("is 404 when there is none, also for a consistent read", async () => {
    const { calls } = matching.recorder;
    calls.length = 0;
    const { status } = await matching.call("GET /conversation/{id}", { path: { id: "unknown" } });
    expect(status).toBe(404);
    expect(calls.map(({ operation, consistent = false }) => [operation, consistent])).toEqual([
      ["Query", false],
      ["Query", true],
    ]);
  });
});

describe("GET /agent/{id}/conversations", () => {
  const routeKey = "GET /agent/{id}/conversations";

  it("groups the newest messages by conversation, each from its oldest on", async () => {
    const at = (minute: number) => `2025-06-01T10:0${minute}:00.000Z`;
    const talk = (conversation_id: string, minute: number) => ({
      ...{ conversation_id, timestamp: at(minute), agent_id: "agent-talks" },
      ...{ message: `${conversation_id} at ${minute}`, sender: "customer" },
    });
    const [first, second, third] = [talk("conv-a", 1), talk("conv-b", 2), talk("conv-a", 3)];
    for (const message of [first, second, third]) await say(message);
    expect(await pages(routeKey, "agent-talks", 50)).toEqual([
      {
        agent_id: "agent-talks",
        conversations: [
          { conversation_id: "conv-a", messages: [first, third] },
          { conversation_id: "conv-b", messages: [second] },
        ],
      },
    ]);
    // A conversation that spans pages is on each of them.
    expect(
      (await pages<"conversations">(routeKey, "agent-talks", 1)).map((page) => page.conversations),
    ).toEqual([
      [{ conversation_id: "conv-a", messages: [third] }],
      [{ conversation_id: "conv-b", messages: [second] }],
      [{ conversation_id: "conv-a", messages: [first] }],
    ]);
  });

  it("shows each message once, also where many conversations share a time", async () => {
    const ids = Array.from({ length: 25 }, (_, number) => `conv-shared-${number}`);
    for (const conversation_id of ids) await say({ ...question, conversation_id, agent_id: "agent-shared" });
    const read = await pages<"conversations">(routeKey, "agent-shared", 4);
    const shown = read.flatMap(({ conversations }) => conversations as Said[]);
    expect(shown.map(({ conversation_id }) => conversation_id).sort()).toEqual([...ids].sort());
  });

  it("is empty for an agent who has only a profile, and 404 for one who has nothing", async () => {
    await matching.post("POST /store", { ...plumber, id: "silent" });
    expect((await matching.call(routeKey, { path: { id: "silent" } })).json).toEqual({
      agent_id: "silent",
      conversations: [],
    });
    expect((await matching.call(routeKey, { path: { id: "unknown" } })).status).toBe(404);
  });
});
