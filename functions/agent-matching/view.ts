/** Profiles and messages as they are answered: everything in one order, so that one state has one ETag. */

import { exactNumber } from "../shared/decimal";
import type { JsonValue } from "../shared/json-value";
import type { Message } from "./conversations";
import type { Match } from "./ranking";
import type { ProfileSummary, StoredProfile } from "./stored-profile";

/** A price is a number where every reader of JSON takes it for exactly that, otherwise its text. */
export const summaryView = ({ averagePrice, ...profile }: ProfileSummary) => ({
  id: profile.id,
  name: profile.name,
  address: profile.address,
  job: profile.job,
  averagePrice: averagePrice === undefined ? null : exactNumber(averagePrice),
  tags: profile.tags,
  location: profile.location,
  location_city: profile.location_city,
  description: profile.description,
  timestamp: profile.timestamp,
});

export const profileView = (profile: StoredProfile) => ({
  ...summaryView(profile),
  profile_data: jsonOf(profile.profile_data),
});

/** DynamoDB gives maps in any order. Sets and bytes, which other programs may have stored, become what JSON has. */
function jsonOf(value: unknown): JsonValue {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (Array.isArray(value) || value instanceof Set) return [...(value as Iterable<unknown>)].map(jsonOf);
  if (typeof value !== "object" || value === null) return value as JsonValue;
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(members.map(([name, member]) => [name, jsonOf(member)]));
}

export const matchView = ({ position, reasons, profile }: Match) => ({
  score: position.score,
  reasons,
  profile: summaryView(profile),
});

export const messageView = ({ conversation_id, timestamp, agent_id, message, sender }: Message) => ({
  conversation_id,
  timestamp,
  agent_id,
  message,
  sender,
});

/** Messages of a page, newest first, by conversation: the one with the newest first, each from its oldest on. */
export function byConversation(messages: readonly Message[]) {
  const conversations = new Map<string, Message[]>();
  for (const message of messages) {
    const earlier = conversations.get(message.conversation_id) ?? [];
    conversations.set(message.conversation_id, [message, ...earlier]);
  }
  return [...conversations].map(([conversation_id, own]) => ({
    conversation_id,
    messages: own.map(messageView),
  }));
}
