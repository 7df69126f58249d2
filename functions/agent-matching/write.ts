/** The endpoints of document 002 that write: profiles and messages. */

import { randomUUID } from "node:crypto";
import { isoTime, systemClock } from "../shared/clock";
import { exactNumber } from "../shared/decimal";
import { documentClient } from "../shared/document-client";
import { httpHandler, type HttpReply, type HttpRequest } from "../shared/http";
import { parseInput } from "../shared/input";
import { itemLimitBytes } from "../shared/item-size";
import { requiredVariable } from "../shared/variables";
import { message } from "./calls";
import { ConversationTable } from "./conversations";
import { newProfile } from "./model";
import { ProfileTable } from "./profiles";
import { messageView, profileView } from "./view";

const client = documentClient(undefined, { readNumber: exactNumber });
const profiles = new ProfileTable({ client, name: requiredVariable("PROFILE_TABLE_NAME") });
const conversations = new ConversationTable({ client, name: requiredVariable("CONVERSATION_TABLE_NAME") });

/** JSON escapes a byte of an item with up to six. Whether the item fits is decided when the body is read. */
const bodyBytes = 6 * itemLimitBytes;

async function store(request: HttpRequest): Promise<HttpReply> {
  const timestamp = isoTime(systemClock());
  const stored = await profiles.store(newProfile(request.input(), { id: randomUUID(), timestamp }));
  return { status: stored.isNew ? 201 : 200, body: profileView(stored.profile) };
}

async function say(request: HttpRequest): Promise<HttpReply> {
  const { timestamp = isoTime(systemClock()), ...said } = parseInput(message, request.input());
  return { status: 201, body: messageView(await conversations.append({ ...said, timestamp })) };
}

export const routes = { "POST /store": store, "POST /conversation": say } as const;

export const handler = httpHandler(routes, { bodyBytes });
