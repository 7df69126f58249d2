import { conversations } from "../../tables/conversations";

/** Conversations as document 001 has them, each with a key of its own. */
export const conversationItems = (howMany: number) =>
  Array.from({ length: howMany }, (_, index) => ({
    ...conversations.example,
    conversation_id: `550e8400-e29b-41d4-a716-${String(446_655_440_000 + index)}`,
  }));
