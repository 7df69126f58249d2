/** Whatever a user does, the conversation is the one that a list in memory says. */

import fc from "fast-check";
import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { Conversations, Refusal } from "../../../functions/conversations/conversations";
import { conversations as spec } from "../../../tables/conversations";
import { itemProblems } from "../../../tables/item";
import { startEmulatedTable, type EmulatedTable } from "../../support/emulated-table";

/** So small that most sequences seal. */
const boundBytes = 700;
const user_id = "demo";

let table: EmulatedTable;
beforeAll(async () => (table = await startEmulatedTable(spec)));
afterAll(() => table.stop());

type Event =
  | { readonly kind: "create" | "delete" }
  | { readonly kind: "rename"; readonly title: string }
  | { readonly kind: "add"; readonly bytes: number; readonly id: number | undefined }
  | { readonly kind: "read"; readonly before: number; readonly limit: number };

const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 1, arbitrary: fc.constant({ kind: "create" } as const) },
  { weight: 1, arbitrary: fc.constant({ kind: "delete" } as const) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("rename" as const), title: fc.constantFrom("A", "B") }),
  },
  {
    weight: 20,
    arbitrary: fc.record({
      kind: fc.constant("add" as const),
      bytes: fc.oneof(fc.nat(150), fc.constantFrom(340, 360, 900)),
      id: fc.option(fc.nat(12), { nil: undefined }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("read" as const),
      before: fc.nat(30),
      limit: fc.integer({ min: 1, max: 8 }),
    }),
  },
);

/** What is stored, without a thought of how. */
class Model {
  title = "Story";
  messages: string[] | undefined;

  get ids(): readonly string[] {
    return (this.messages ?? []).map((content) => content.split(" ")[0] ?? "");
  }
}

const contentOf = (serial: string, bytes: number): string => `${serial} ${"x".repeat(bytes)}`;

async function play(
  conversations: Conversations,
  key: { conversation_id: string; user_id: string },
  events: readonly Event[],
) {
  const model = new Model();
  let serial = 0;
  for (const one of events) {
    const attempt = act(conversations, key, one, (serial += 1));
    const isThere = model.messages !== undefined;
    switch (one.kind) {
      case "create":
        await attempt;
        if (!isThere) Object.assign(model, { messages: [], title: "Story" });
        break;
      case "delete":
        await expectOutcome(attempt, isThere);
        model.messages = undefined;
        break;
      case "rename":
        await expectOutcome(attempt, isThere);
        if (isThere) model.title = one.title;
        break;
      case "add":
        await expectAdded(attempt, model, one, serial);
        break;
      case "read": {
        const excerpt = await expectOutcome(attempt, isThere);
        const end = Math.min(one.before, model.messages?.length ?? 0);
        const from = Math.max(0, end - one.limit);
        if (isThere)
          expect(contentsOf(excerpt)).toEqual({ from, contents: model.messages?.slice(from, end) });
      }
    }
  }
  return model;
}

const contentsOf = (excerpt: unknown) => {
  const { from, messages } = excerpt as { from: number; messages: { content: string }[] };
  return { from, contents: messages.map(({ content }) => content) };
};

function act(
  conversations: Conversations,
  key: { conversation_id: string; user_id: string },
  one: Event,
  serial: number,
): Promise<unknown> {
  switch (one.kind) {
    case "create":
      return conversations.create({ ...key, title: "Story" });
    case "delete":
      return conversations.delete(key);
    case "rename":
      return conversations.rename({ ...key, title: one.title });
    case "add": {
      const { id, bytes } = one;
      // The same id says the same: a repetition.
      const content = id === undefined ? contentOf(`s${serial}`, bytes) : contentOf(`m${id}`, id * 20);
      const message_id = id === undefined ? {} : { message_id: `m${id}` };
      return conversations.addMessage({ ...key, role: "user", content, ...message_id });
    }
    case "read":
      return conversations.get({ ...key, before: one.before, limit: one.limit });
  }
}

async function expectOutcome(attempt: Promise<unknown>, isThere: boolean): Promise<unknown> {
  const outcome: unknown = await attempt.catch((thrown: unknown) => thrown);
  if (isThere) expect(outcome).not.toBeInstanceOf(Error);
  else expect(outcome).toMatchObject({ code: "not-found" } satisfies Partial<Refusal>);
  return outcome;
}

async function expectAdded(
  attempt: Promise<unknown>,
  model: Model,
  one: Event & { kind: "add" },
  serial: number,
) {
  const outcome = await expectOutcome(attempt, model.messages !== undefined);
  if (model.messages === undefined) return;
  const known = one.id === undefined ? -1 : model.ids.indexOf(`m${one.id}`);
  expect(outcome).toMatchObject({ position: known < 0 ? model.messages.length : known });
  if (known >= 0) return;
  model.messages.push(
    one.id === undefined ? contentOf(`s${serial}`, one.bytes) : contentOf(`m${one.id}`, one.id * 20),
  );
}

it("any sequence of calls leaves the conversation that a plain list would be", async () => {
  let run = 0;
  let sealed = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(event, { minLength: 5, maxLength: 40 }), async (events) => {
      const conversation_id = `550e8400-e29b-41d4-a716-${String((run += 1)).padStart(12, "0")}`;
      const key = { conversation_id, user_id };
      const conversations = new Conversations({ tableName: table.name, client: table.client, boundBytes });
      const model = await play(conversations, key, [{ kind: "create" }, ...events]);
      if (model.messages === undefined) return;
      const excerpt = await conversations.get(key);
      expect(contentsOf(excerpt)).toEqual({ from: 0, contents: model.messages });
      expect(excerpt.summary).toMatchObject({ title: model.title, message_count: model.messages.length });
      const { Item = {} } = await table.client.send(new GetCommand({ TableName: table.name, Key: key }));
      expect(itemProblems(spec, Item)).toEqual([]);
      expect(Item["message_count"]).toBe(model.messages.length);
      if (Item["sealed_count"] !== undefined) sealed += 1;
    }),
    { numRuns: 30, seed: 7 },
  );
  expect(sealed).toBeGreaterThan(10);
}, 60_000);
