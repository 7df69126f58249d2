/** The endpoints of document 002 that read: profiles, matches and conversations. */

import * as v from "valibot";
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

const cursorOf = (position: object | undefined) =>
  position === undefined ? {} : { cursor: encodeCursor(position) };

async function retrieve(request: HttpRequest): Promise<HttpReply> {
  const { id = "" } = request.path;
  const profile = isKey(id) ? await profiles.find(id) : undefined;
  if (profile === undefined) throw new Refusal("not-found", "There is no such profile.");
  return revalidated(request, profileView(profile));
}

async function list(request: HttpRequest): Promise<HttpReply> {
  const { limit, from } = pageOf(listPosition, request);
  const { profiles: found, next } = await profiles.page(limit, from?.id);
  const body = {
    profiles: found.map(summaryView),
    ...cursorOf(next === undefined ? undefined : { id: next }),
  };
  return { status: 200, body };
}

async function match(request: HttpRequest): Promise<HttpReply> {
  const { criteria, limit, cursor } = parseMatch(request.input());
  const from = positionOf(matchPosition, cursor);
  const { matches, isComplete, next } = await profiles.match({ criteria, limit, from });
  const body = { matches: matches.map(matchView), complete: isComplete, ...cursorOf(next) };
  return { status: 200, body };
}

async function conversation(request: HttpRequest): Promise<HttpReply> {
  const { id = "" } = request.path;
  const asked = pageOf(conversationPosition, request);
  const { messages, next } = isKey(id) ? await conversations.messages(id, asked) : { messages: [] };
  if (messages.length === 0 && asked.from === undefined) {
    throw new Refusal("not-found", "There is no such conversation.");
  }
  const body = { conversation_id: id, messages: messages.map(messageView), ...cursorOf(next) };
  return revalidated(request, body);
}

/** An agent without messages is one that has a profile. */
async function conversationsOfAgent(request: HttpRequest): Promise<HttpReply> {
  const { id = "" } = request.path;
  const asked = pageOf(agentPosition, request);
  const { messages, next } = isKey(id) ? await conversations.messagesWith(id, asked) : { messages: [] };
  if (messages.length === 0 && asked.from === undefined) {
    const profile = isKey(id) ? await profiles.find(id) : undefined;
    if (profile === undefined) throw new Refusal("not-found", "There is no such agent.");
  }
  const body = { agent_id: id, conversations: byConversation(messages), ...cursorOf(next) };
  return revalidated(request, body);
}

export const routes = {
  "GET /retrieve/{id}": retrieve,
  "GET /list": list,
  "POST /match": match,
  "GET /conversation/{id}": conversation,
  "GET /agent/{id}/conversations": conversationsOfAgent,
} as const;

export const handler = httpHandler(routes);
