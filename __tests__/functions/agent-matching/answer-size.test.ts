/** Lambda answers with at most 6 MB, in which a body is a text within JSON: lists end before, and go on behind. */

import type { Answer } from "../../support/api-event";
import {
  conversationTable,
  loadAgentMatching,
  plumber,
  profileTable,
  type AgentMatching,
} from "../../support/agent-matching";

const lambdaBytes = 6 * 1024 * 1024;
const count = 3;
const at = (number: number) => `2025-06-01T09:00:0${number}.000Z`;
/** Each takes seven bytes of an answer, of which DynamoDB counts one. */
const control = "\u0001".repeat(300 * 1024);

let matching: AgentMatching;
beforeAll(async () => {
  matching = await loadAgentMatching();
  for (let number = 0; number < count; number += 1) {
    const profile = { ...plumber, job: "plumber", location_city: "berlin", timestamp: at(number) };
    await matching.put(profileTable, { ...profile, id: `agent-${number}`, description: control });
    const message = { agent_id: "agent-1", sender: "customer", message: control };
    await matching.put(conversationTable, { ...message, conversation_id: "conv-1", timestamp: at(number) });
  }
});
afterAll(() => matching.stop());

const get = (routeKey: string, id?: string) => (cursor?: string) =>
  matching.call(routeKey, { ...(id && { path: { id } }), query: cursor === undefined ? {} : { cursor } });

it.each<[string, string, (cursor?: string) => Promise<Answer>]>([
  ["POST /match", "id", (cursor) => matching.post("POST /match", { job: "plumber", cursor })],
  ["GET /list", "id", get("GET /list")],
  ["GET /conversation/{id}", "timestamp", get("GET /conversation/{id}", "conv-1")],
  ["GET /agent/{id}/conversations", "timestamp", get("GET /agent/{id}/conversations", "agent-1")],
])("%s shows everything once, in answers that Lambda sends", async (_, key, ask) => {
  const shown: string[] = [];
  let [cursor, pages] = [undefined as string | undefined, 0];
  do {
    const { status, headers, text, json } = await ask(cursor);
    expect(status).toBe(200);
    const sent = Buffer.byteLength(JSON.stringify({ statusCode: status, headers, body: text }));
    expect(sent).toBeLessThan(lambdaBytes);
    const found = [...text.matchAll(new RegExp(`"${key}":"([^"]*)"`, "g"))].map(([, value = ""]) => value);
    expect(found.length).toBeGreaterThan(0);
    shown.push(...found);
    pages += 1;
    ({ cursor } = json as { readonly cursor?: string });
  } while (cursor !== undefined);
  expect(new Set(shown).size).toBe(count);
  expect(shown).toHaveLength(count);
  expect(pages).toBeGreaterThan(1);
});
