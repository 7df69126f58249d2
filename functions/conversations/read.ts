/** Reading and listing conversations, for the user whose they are. */

import * as v from "valibot";
import { httpHandler, revalidated, type HttpReply, type HttpRequest } from "../shared/http";
import { fields, isIdentifier, pageLimit, parseInput } from "../shared/input";
import { requiredVariable } from "../shared/variables";
import { Conversations } from "./conversations";
import { missing } from "./head";
import { conversationView, summaryView } from "./view";

const conversations = new Conversations({ tableName: requiredVariable("DYNAMODB_TABLE_NAME") });

const listQuery = fields({
  limit: pageLimit({ most: 100, ordinary: 20 }),
  cursor: v.optional(v.string()),
});

const positionRule = "must be a whole number of at most ten digits";
const pageQuery = fields({
  before: v.optional(v.pipe(v.string(), v.regex(/^\d{1,10}$/, positionRule), v.transform(Number))),
  limit: v.optional(v.unwrap(pageLimit({ most: 1_000, ordinary: 1_000 }))),
});

async function getConversation(request: HttpRequest): Promise<HttpReply> {
  const user_id = request.caller();
  const { conversation_id = "" } = request.path;
  const page = parseInput(pageQuery, request.query);
  if (!isIdentifier(conversation_id)) throw missing();
  return revalidated(
    request,
    conversationView(await conversations.get({ user_id, conversation_id, ...page })),
  );
}

async function listConversations(request: HttpRequest): Promise<HttpReply> {
  const user_id = request.caller();
  const page = await conversations.list({ user_id, ...parseInput(listQuery, request.query) });
  return revalidated(request, { ...page, conversations: page.conversations.map(summaryView) });
}

export const routes = {
  "GET /conversations": listConversations,
  "GET /conversations/{conversation_id}": getConversation,
} as const;

export const handler = httpHandler(routes);
