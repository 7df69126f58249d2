/** The endpoints of document 002 that read: profiles, matches and conversations. */

import * as v from "valibot";
import { fitting } from "../shared/answer-size";
import { decodeCursor, encodeCursor } from "../shared/cursor";
import { isDecimal, exactNumber, type DecimalText } from "../shared/decimal";
import { documentClient } from "../shared/document-client";
import { httpHandler, revalidated, type HttpReply, type HttpRequest } from "../shared/http";
import { fields, pageLimit, parseInput } from "../shared/input";
import { Refusal } from "../shared/refusal";
import { requiredVariable } from "../shared/variables";
import { isKey, parseMatch, storedKey } from "./calls";
import { ConversationTable } from "./conversations";
import { ProfileTable } from "./profiles";
import { byConversation, matchView, messageView, profileView, summaryView } from "./view";

const client = documentClient(undefined, { readNumber: exactNumber });
const profiles = new ProfileTable({ client, name: requiredVariable("PROFILE_TABLE_NAME") });
const conversations = new ConversationTable({ client, name: requiredVariable("CONVERSATION_TABLE_NAME") });

const page = fields({ limit: pageLimit({ most: 100, ordinary: 50 }), cursor: v.optional(v.string()) });

const listPosition = fields({ id: storedKey("partition") });
const matchPosition = fields({
  score: v.pipe(v.number(), v.safeInteger()),
  price: v.nullable(v.custom<DecimalText>((text) => typeof text === "string" && isDecimal(text))),
  id: storedKey("partition"),
});
const conversationPosition = fields({ timestamp: storedKey("sort") });
const agentPosition = fields({ timestamp: storedKey("sort"), conversation_id: storedKey("partition") });

/** The page that a query asks for; its cursor is a position of the list. */
function pageOf<S extends v.GenericSchema>(position: S, { query }: HttpRequest) {
  const { limit, cursor } = parseInput(page, query);
  return { limit, from: positionOf(position, cursor) };
}

const positionOf = <S extends v.GenericSchema>(schema: S, cursor: string | undefined) =>
  cursor === undefined ? undefined : decodeCursor(schema, cursor);

interface Page<T> {
  readonly found: readonly T[];
  /** Where the next page goes on. */
  readonly next?: object | undefined;
}

/** What an answer holds of a page, and the cursor behind it. */
function shownOf<T>({ found, next }: Page<T>, view: (one: T) => object, positionOf: (one: T) => object) {
  const shown = fitting(found, view);
  const last = shown.length < found.length ? shown.at(-1) : undefined;
  const position = last === undefined ? next : positionOf(last);
  return { shown, cursor: position === undefined ? {} : { cursor: encodeCursor(position) } };
}

async function retrieve(request: HttpRequest): Promise<HttpReply> {
  const { id = "" } = request.path;
  const profile = isKey(id) ? await profiles.find(id) : undefined;
  if (profile === undefined) throw new Refusal("not-found", "There is no such profile.");
  return revalidated(request, profileView(profile));
}

async function list(request: HttpRequest): Promise<HttpReply> {
  const { limit, from } = pageOf(listPosition, request);
  const { profiles: found, next } = await profiles.page(limit, from?.id);
  const listed = { found, next: next === undefined ? undefined : { id: next } };
  const { shown, cursor } = shownOf(listed, summaryView, ({ id }) => ({ id }));
  return { status: 200, body: { profiles: shown.map(summaryView), ...cursor } };
}

async function match(request: HttpRequest): Promise<HttpReply> {
  const asked = parseMatch(request.input());
  const from = positionOf(matchPosition, asked.cursor);
  const { matches, isComplete, next } = await profiles.match({ ...asked, from });
  const { shown, cursor } = shownOf({ found: matches, next }, matchView, ({ position }) => position);
  return { status: 200, body: { matches: shown.map(matchView), complete: isComplete, ...cursor } };
}

async function conversation(request: HttpRequest): Promise<HttpReply> {
  const { id = "" } = request.path;
  const asked = pageOf(conversationPosition, request);
  const { messages, next } = isKey(id) ? await conversations.messages(id, asked) : { messages: [] };
  if (messages.length === 0 && asked.from === undefined && next === undefined) {
    throw new Refusal("not-found", "There is no such conversation.");
  }
  const { shown, cursor } = shownOf({ found: messages, next }, messageView, ({ timestamp }) => ({
    timestamp,
  }));
  return revalidated(request, { conversation_id: id, messages: shown.map(messageView), ...cursor });
}

/** An agent without messages is one that has a profile. */
async function conversationsOfAgent(request: HttpRequest): Promise<HttpReply> {
  const { id = "" } = request.path;
  const asked = pageOf(agentPosition, request);
  const { messages, next } = isKey(id) ? await conversations.messagesWith(id, asked) : { messages: [] };
  if (messages.length === 0 && asked.from === undefined && next === undefined) {
    const profile = isKey(id) ? await profiles.find(id) : undefined;
    if (profile === undefined) throw new Refusal("not-found", "There is no such agent.");
  }
  const { shown, cursor } = shownOf(
    { found: messages, next },
    messageView,
    ({ timestamp, conversation_id }) => ({ timestamp, conversation_id }),
  );
  return revalidated(request, { agent_id: id, conversations: byConversation(shown), ...cursor });
}

export const routes = {
  "GET /retrieve/{id}": retrieve,
  "GET /list": list,
  "POST /match": match,
  "GET /conversation/{id}": conversation,
  "GET /agent/{id}/conversations": conversationsOfAgent,
} as const;

export const handler = httpHandler(routes);
