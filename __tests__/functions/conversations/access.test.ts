/** The HTTP side: whose a conversation is, what is refused and how, and what another program may have written. */

import fc from "fast-check";
import { GetCommand, PutCommand, ScanCommand } from "@aws-sdk/lib-dynamodb";
import { conversations as spec } from "../../../tables/conversations";
import { anyText } from "../../support/any-text";
import { answer, type EventParts } from "../../support/api-event";
import { bodyOf, expectGraceful, word, type Fields } from "../../support/hostile-input";
import { allowedCalls, callsOf, routesTo } from "../../support/least-privilege";
import { recordFunctions, type RecordedFunctions } from "../../support/loaded-functions";

const conversation_id = "550e8400-e29b-41d4-a716-446655440000";
const path = { conversation_id };
const one = "/conversations/{conversation_id}";

let functions: RecordedFunctions;
beforeAll(async () => (functions = await recordFunctions("conversations", spec)));
afterAll(() => functions.stop());

const call = (routeKey: string, parts: EventParts = {}) =>
  answer(functions[routeKey.startsWith("GET") ? "read" : "write"].handler, routeKey, parts);
const body = (fields: object): EventParts => ({ body: JSON.stringify(fields) });
const create = (caller: string, fields: object = { conversation_id, title: "4K Renders Search" }) =>
  call("POST /conversations", { caller, ...body(fields) });
const put = async (Item: object): Promise<void> => {
  await functions.table.client.send(new PutCommand({ TableName: functions.table.name, Item }));
};
const all = async (): Promise<unknown> =>
  (await functions.table.client.send(new ScanCommand({ TableName: functions.table.name }))).Items;

describe("a user's conversation", () => {
  const routes: Readonly<Record<string, EventParts>> = {
    [`GET ${one}`]: {},
    [`POST ${one}/messages`]: body({ role: "user", content: "Hello!", message_id: "m-1" }),
    [`PATCH ${one}`]: body({ title: "Mine" }),
    [`DELETE ${one}`]: {},
  };

  it("is to another user as one that is not there, on every route, and stays as it is", async () => {
    expect((await create("owner")).status).toBe(201);
    const before = await all();
    for (const [routeKey, parts] of Object.entries(routes)) {
      const foreign = await call(routeKey, { ...parts, path, caller: "stranger" });
      const absent = await call(routeKey, {
        ...parts,
        path: { conversation_id: "650e8400-e29b-41d4-a716-446655440000" },
        caller: "stranger",
      });
      expect(foreign.status).toBe(404);
      expect(foreign).toEqual(absent);
    }
    expect(await call("GET /conversations", { caller: "stranger" })).toMatchObject({
      status: 200,
      json: { conversations: [] },
    });
    expect(await all()).toEqual(before);
  });

  it("may have the id of another user's, and is its own", async () => {
    expect((await create("second")).status).toBe(201);
    await call(`POST ${one}/messages`, { path, caller: "second", ...body({ role: "user", content: "Hi!" }) });
    expect((await call(`GET ${one}`, { path, caller: "owner" })).json).toMatchObject({ message_count: 0 });
    expect((await call(`DELETE ${one}`, { path, caller: "second" })).status).toBe(204);
    expect((await call(`GET ${one}`, { path, caller: "owner" })).status).toBe(200);
  });

  it("is the verified caller's, whatever the body says", async () => {
    expect(await create("third", { user_id: "owner", title: "Mine" })).toMatchObject({
      status: 422,
      json: { error: { field: "user_id" } },
    });
    expect((await create("segment#owner")).status).toBe(401);
  });

  it("is created, told, read, renamed, listed and deleted by its user", async () => {
    const caller = "teller";
    expect((await create(caller, { conversation_id })).json).toEqual({
      ...{ conversation_id, user_id: caller, title: "" },
      ...{ created_at: expect.any(String) as string, updated_at: expect.any(String) as string },
      ...{ message_count: 0, messages: [] },
    });
    const said = await call(`POST ${one}/messages`, {
      ...{ path, caller },
      ...body({ role: "user", content: "Show me 4K renders" }),
    });
    expect(said).toMatchObject({
      status: 201,
      json: { conversation_id, position: 0, message: { role: "user", content: "Show me 4K renders" } },
    });
    const read = await call(`GET ${one}`, { path, caller });
    expect(read).toMatchObject({ status: 200, json: { title: "Show me 4K renders", message_count: 1 } });
    const headers = { "if-none-match": String(read.headers["etag"]) };
    expect(await call(`GET ${one}`, { path, caller, headers })).toMatchObject({ status: 304, text: "" });
    expect(await call(`PATCH ${one}`, { path, caller, ...body({ title: "4K" }) })).toMatchObject({
      status: 200,
      json: { title: "4K", message_count: 1, updated_at: (read.json as { updated_at: string }).updated_at },
    });
    expect((await call("GET /conversations", { caller })).json).toMatchObject({
      conversations: [{ conversation_id, title: "4K", message_count: 1 }],
    });
    expect(await call(`DELETE ${one}`, { path, caller })).toMatchObject({ status: 204, text: "" });
    expect((await call(`DELETE ${one}`, { path, caller })).status).toBe(404);
  });

  it("is paged backwards by position", async () => {
    const caller = "reader";
    await create(caller);
    for (let number = 0; number < 5; number += 1) {
      await call(`POST ${one}/messages`, {
        ...{ path, caller },
        ...body({ role: "user", content: String(number) }),
      });
    }
    const page = async (query: Record<string, string>) => {
      const { json } = await call(`GET ${one}`, { path, caller, query });
      const { messages, before } = json as { messages: { content: string }[]; before?: number };
      return { contents: messages.map(({ content }) => content).join(), before };
    };
    expect(await page({ limit: "2" })).toEqual({ contents: "3,4", before: 3 });
    expect(await page({ limit: "2", before: "3" })).toEqual({ contents: "1,2", before: 1 });
    expect(await page({ limit: "2", before: "1" })).toEqual({ contents: "0", before: undefined });
    expect(await page({ before: "0" })).toEqual({ contents: "", before: undefined });
    expect(await page({ before: "99" })).toEqual({ contents: "0,1,2,3,4", before: undefined });
  });
});

describe("an item of another program", () => {
  const caller = "foreign";
  const item = {
    ...{ conversation_id, user_id: caller, title: "Old" },
    ...{ created_at: "2025-12-30T14:00:00Z", updated_at: "2025-12-30T14:05:30Z" },
  };
  const add = () =>
    call(`POST ${one}/messages`, { path, caller, ...body({ role: "user", content: "Hello!" }) });

  it.each([
    ["in the document's form", { ...spec.example, user_id: caller }, 2],
    ["that does not count its messages", { ...item, messages: [{ role: "user", content: "Hi" }] }, 1],
    ["that counts them wrong", { ...item, messages: [], message_count: 7 }, 0],
    ["without messages", item, 0],
    ["with anything in its messages", { ...item, messages: [null, "text", { content: 7 }, [1]] }, 4],
    ["without a title", { ...item, title: undefined, messages: [] }, 0],
    ["whose time is none", { ...item, messages: [], updated_at: "yesterday" }, 0],
    ["that was never changed", { ...item, messages: [], updated_at: undefined }, 0],
    ["from a clock that runs ahead", { ...item, messages: [], updated_at: "2099-01-01T00:00:00Z" }, 0],
  ])("%s is read, and gone on with", async (_, stored, count) => {
    await put(stored);
    expect(await call(`GET ${one}`, { path, caller })).toMatchObject({
      status: 200,
      json: { message_count: count },
    });
    expect(await add()).toMatchObject({ status: 201, json: { position: count } });
    expect(await add()).toMatchObject({ status: 201, json: { position: count + 1 } });
    const { client, name } = functions.table;
    const Key = { conversation_id, user_id: caller };
    const { Item } = await client.send(new GetCommand({ TableName: name, Key }));
    expect(Item).toMatchObject({ message_count: count + 2 });
    expect((Item as { messages: unknown[] }).messages.slice(0, count)).toEqual(
      (stored as { messages?: unknown[] }).messages ?? [],
    );
  });

  it("whose messages are no list is refused rather than lost, and keeps its title", async () => {
    await put({ ...item, messages: "none" });
    const refused = { status: 409, json: { error: { code: "conflict" } } };
    expect(await add()).toMatchObject(refused);
    expect(await call(`PATCH ${one}`, { path, caller, ...body({ title: "Mine" }) })).toMatchObject(refused);
    expect(await all()).toContainEqual({ ...item, messages: "none" });
  });

  it("that is no conversation is in the way of one, and is not said to be deleted", async () => {
    await put({ conversation_id, user_id: "stored", note: "x" });
    const refused = await create("stored");
    expect(refused).toMatchObject({ status: 409, json: { error: { field: "conversation_id" } } });
    expect(refused.text).toContain("Another program");
    expect(refused.text).not.toContain("being deleted");
  });

  it("has one ETag for one state, whatever order its maps come in", async () => {
    const etags: unknown[] = [];
    for (const args of [
      { limit: 10, where: { a: 1, b: 2 } },
      { where: { b: 2, a: 1 }, limit: 10 },
    ]) {
      const message = { role: "assistant", content: "", timestamp: "2025-12-30T14:00:00Z" };
      await put({ ...item, messages: [{ ...message, tool_calls: [{ tool: "find", args }] }] });
      etags.push((await call(`GET ${one}`, { path, caller })).headers["etag"]);
    }
    expect(etags[0]).toBe(etags[1]);
  });
});

describe("bad input", () => {
  const caller = "hostile";
  const messageFields = {
    ...{ role: "assistant", content: "I found 5 4K renders...", timestamp: "2025-12-30T14:00:00Z" },
    ...{ tool_calls: [{ tool: "find", args: { limit: 10 }, result: [1] }], message_id: "m-1" },
  };
  const bodies: Readonly<Record<string, Fields>> = {
    "POST /conversations": { conversation_id, title: "Mine", message: messageFields },
    [`POST ${one}/messages`]: messageFields,
    [`PATCH ${one}`]: { title: "Mine" },
  };
  const query = fc.dictionary(
    fc.constantFrom("limit", "cursor", "before", "x"),
    fc.oneof(word, fc.string(), fc.constantFrom("1", "5", "99999999999")),
    { maxKeys: 2 },
  );
  const id = fc.oneof(
    { weight: 6, arbitrary: fc.constant(conversation_id) },
    { weight: 1, arbitrary: word },
    { weight: 1, arbitrary: anyText() },
  );

  it("is answered without a 5xx and without an echo, 1,000 random requests a route", async () => {
    const routeKeys = [...Object.keys(functions.read.routes), ...Object.keys(functions.write.routes)];
    expect(routeKeys).toHaveLength(6);
    for (const routeKey of routeKeys) {
      await create(caller);
      const seen = new Set<number>();
      await fc.assert(
        fc.asyncProperty(id, query, bodyOf(bodies[routeKey] ?? { x: 1 }), async (given, asked, sent) => {
          const parts = routeKey.includes("{") ? { path: { conversation_id: given } } : {};
          const reply = await call(routeKey, { ...parts, query: asked, body: sent, caller });
          // A message that is accepted is answered as it was stored.
          if (reply.status >= 400) expectGraceful(reply);
          seen.add(reply.status);
        }),
        { numRuns: 1_000, seed: 11 },
      );
      expect([...seen].some((status) => status < 300)).toBe(true);
      expect([...seen].some((status) => status >= 400)).toBe(true);
    }
  }, 120_000);

  it.each([
    ["a body of more than 2.5 MB", 413, { role: "user", content: "x".repeat(2_700_000) }],
    ["a message of more than 400 KB", 413, { role: "user", content: "x".repeat(420_000) }],
    ["another role", 422, { role: "tool", content: "" }],
    ["a time that is none", 422, { role: "user", content: "", timestamp: "noon" }],
    ["a tool call without a tool", 422, { role: "assistant", content: "", tool_calls: [{}] }],
    ["a user's tool calls", 422, { role: "user", content: "", tool_calls: [{ tool: "find" }] }],
    ["an unknown field", 422, { role: "user", content: "", note: "x" }],
  ])("of %s is answered with %i", async (_, status, fields) => {
    await create(caller);
    expect((await call(`POST ${one}/messages`, { path, caller, ...body(fields) })).status).toBe(status);
  });

  it("of no kind is a message of 400 KB that is longer as JSON", async () => {
    await create(caller);
    const parts = { path, caller, ...body({ role: "user", content: "\u0001".repeat(400_000) }) };
    expect((await call(`POST ${one}/messages`, parts)).status).toBe(201);
    await call(`DELETE ${one}`, { path, caller });
  });

  it("of a cursor that was made up is answered without a 5xx", async () => {
    const text = fc.oneof(anyText(), fc.constantFrom("\ud800", "a\udc00", "\u0000"));
    const seen = new Set<number>();
    await fc.assert(
      fc.asyncProperty(fc.record({ created_at: text, conversation_id: text }), async (position) => {
        const cursor = Buffer.from(JSON.stringify(position)).toString("base64url");
        const reply = await call("GET /conversations", { caller, query: { cursor } });
        seen.add(reply.status);
      }),
      { numRuns: 200, seed: 5 },
    );
    expect([...seen].sort()).toEqual([200, 400]);
  });

  it.each([
    ["a limit of 101 in a list", 422, "GET /conversations", { limit: "101" }],
    ["a bad cursor", 400, "GET /conversations", { cursor: "abc" }],
    ["a limit of 1001", 422, `GET ${one}`, { limit: "1001" }],
    ["a position that is none", 422, `GET ${one}`, { before: "-1" }],
  ])("of %s is answered with %i", async (_, status, routeKey, asked) => {
    expect((await call(routeKey, { path, caller, query: asked })).status).toBe(status);
  });

  it("of an id that is no UUID is refused when a conversation is created", async () => {
    expect((await create(caller, { conversation_id: "mine" })).status).toBe(422);
  });
});

describe("the functions", () => {
  const caller = "worker";
  const small = (content: string, more: object = {}): EventParts => ({
    ...{ path, caller },
    ...body({ role: "user", content, ...more }),
  });
  const add = `POST ${one}/messages`;

  it("write with no more than what the write role allows", async () => {
    const other = { conversation_id: "650e8400-e29b-41d4-a716-446655440000" };
    const first = { role: "user", content: "x".repeat(20_000), message_id: "m-0" };
    expect(
      await callsOf(functions, "write", [
        ["POST /conversations", { caller, ...body({ ...path, message: first }) }],
        ["POST /conversations", { caller, ...body({ ...path, message: first }) }],
        [add, small("Hello!", { message_id: "m-1" })],
        [add, small("Hello!", { message_id: "m-1" })],
        [add, small("x".repeat(20_000))],
        [add, small("Hello!", { message_id: "m-1" })],
        [`PATCH ${one}`, { path, caller, ...body({ title: "4K" }) }],
        [`DELETE ${one}`, { path, caller }],
        ["POST /conversations", { caller, ...body(other) }],
        [`DELETE ${one}`, { path: other, caller }],
      ]),
    ).toEqual(allowedCalls("conversations", "write"));
  });

  it("read with no more than what the read role allows", async () => {
    await create(caller);
    await call(add, small("x".repeat(20_000)));
    expect(
      await callsOf(functions, "read", [
        [`GET ${one}`, { path, caller }],
        ["GET /conversations", { caller }],
      ]),
    ).toEqual(allowedCalls("conversations", "read"));
  });

  it("answer the routes that the stack sends them", () => {
    for (const id of ["read", "write"] as const) {
      expect(routesTo("conversations", id)).toEqual(Object.keys(functions[id].routes).sort());
    }
  });
});
