import { list, number, string, timestamp, uuid } from "./attributes";
import { onDemand } from "./capacity";
import { defineTable } from "./define-table";

export const conversations = defineTable({
  id: "conversations",
  name: "cg-chatbot-conversations",
  requirement: "001_4943668e2e643a63",
  purpose: "Conversations of the production assistant with their messages.",
  attributes: {
    conversation_id: uuid("Identifier of the conversation"),
    user_id: string("Subject of the verified Cognito token, or demo"),
    title: string("Given, or generated from the first user message"),
    messages: list("Messages in order: role, content, timestamp, and tool_calls of an assistant"),
    created_at: timestamp("When the conversation began"),
    updated_at: timestamp("When the last message was added"),
    message_count: number("How many messages the conversation has"),
    message_ids: list("The clients' ids of the messages that lie in this item", { optional: true }),
    sealed_count: number("How many older messages lie in segment items", { optional: true }),
    search_from: number("Of an item that marks a client's message id: where to look for the message", {
      optional: true,
    }),
    deleting: string("created_at of a conversation that is being deleted", { optional: true }),
  },
  partitionKey: "conversation_id",
  sortKey: "user_id",
  indexes: {
    "user_id-created_at-index": { partitionKey: "user_id", sortKey: "created_at", projection: "ALL" },
  },
  capacity: onDemand(),
  tags: { Project: "CG-Production-Assistant" },
  example: {
    conversation_id: "550e8400-e29b-41d4-a716-446655440000",
    user_id: "demo",
    title: "4K Renders Search",
    created_at: "2025-12-30T14:00:00Z",
    updated_at: "2025-12-30T14:05:30Z",
    message_count: 2,
    messages: [
      { role: "user", content: "Show me 4K renders", timestamp: "2025-12-30T14:00:00Z" },
      {
        role: "assistant",
        content: "I found 5 4K renders...",
        timestamp: "2025-12-30T14:00:05Z",
        tool_calls: [
          { tool: "filter_by_metadata", args: { resolution: "3840x2160", limit: 10 }, result: [] },
        ],
      },
    ],
  },
});
