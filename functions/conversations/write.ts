/** Creating, continuing, renaming and deleting conversations, by the user whose they are. */

import { httpHandler, type HttpReply, type HttpRequest } from "../shared/http";
import { isIdentifier } from "../shared/input";
import { Refusal } from "../shared/refusal";
import { requiredVariable } from "../shared/variables";
import type { Call, CallName } from "./calls";
import { Conversations } from "./conversations";
import { missing } from "./head";
import { conversationView, placedView, summaryView } from "./view";

const conversations = new Conversations({ tableName: requiredVariable("DYNAMODB_TABLE_NAME") });

/** JSON may write a character of a message in six bytes, `\u00fc`: what fits into an item is looked at then. */
const bodyBytes = 2.5 * 1024 * 1024;

/**
 * The call of a request, by the verified user. Every method checks what it is given.
 *
 * @throws Refusal when the body names a user, or the path no conversation.
 */
function callOf<Name extends CallName>(request: HttpRequest, fields: object): Call<Name> {
  const user_id = request.caller();
  if ("user_id" in fields) {
    throw new Refusal("invalid", "user_id is the caller's own: leave it out.", "user_id");
  }
  const { conversation_id } = request.path;
  if (conversation_id !== undefined && !isIdentifier(conversation_id)) throw missing();
  return { ...fields, user_id };
}

async function create(request: HttpRequest): Promise<HttpReply> {
  const conversation = await conversations.create(callOf<"create">(request, request.input()));
  return { status: 201, body: conversationView(conversation) };
}

async function addMessage(request: HttpRequest): Promise<HttpReply> {
  const { conversation_id = "" } = request.path;
  const placed = await conversations.addMessage(callOf<"addMessage">(request, request.input()));
  return { status: 201, body: placedView(conversation_id, placed) };
}

async function rename(request: HttpRequest): Promise<HttpReply> {
  const summary = await conversations.rename(callOf<"rename">(request, request.input()));
  return { status: 200, body: summaryView(summary) };
}

async function remove(request: HttpRequest): Promise<HttpReply> {
  await conversations.delete(callOf<"delete">(request, request.path));
  return { status: 204 };
}

export const routes = {
  "POST /conversations": create,
  "POST /conversations/{conversation_id}/messages": addMessage,
  "PATCH /conversations/{conversation_id}": rename,
  "DELETE /conversations/{conversation_id}": remove,
} as const;

export const handler = httpHandler(routes, { bodyBytes });
