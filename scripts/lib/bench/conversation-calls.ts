/** Conversations as an assistant's users tell them, and as they are stored. */

import type { HttpCall } from "./measured-calls";

/** Of both kinds of callers: the gateway's user. */
const user_id = "demo";

const uuid = (kind: string, number: number): string =>
  `550e8400-e29b-41d4-a716-${kind}${String(number).padStart(11, "0")}`;

export const storedConversationId = (number: number): string => uuid("0", number);

const question = { role: "user", content: "Show me the 4K renders of the house by the lake, newest first" };
const answer = {
  role: "assistant",
  content: "I found 5 4K renders. ".repeat(10),
  tool_calls: [
    {
      tool: "filter_by_metadata",
      args: { resolution: "3840x2160", limit: 10 },
      result: [{ file_id: 123, name: "house_4k.exr" }],
    },
  ],
};

/** Of twenty messages each, a minute apart. */
export const storedConversations = (count: number): readonly object[] =>
  Array.from({ length: count }, (_, number) => {
    const time = new Date(Date.now() - number * 60_000).toISOString();
    const messages = Array.from({ length: 20 }, (_, index) => ({
      ...(index % 2 === 0 ? question : answer),
      timestamp: time,
    }));
    return {
      ...{ conversation_id: storedConversationId(number), user_id, title: "4K Renders Search", messages },
      ...{ created_at: time, updated_at: time, message_count: messages.length },
    };
  });

/** A conversation of two questions and answers, with ids as a client that retries gives them. */
export function conversation(number: number): readonly HttpCall[] {
  const conversation_id = uuid("1", number);
  const path = { conversation_id };
  const route = "/conversations/{conversation_id}";
  const messages = [question, answer, question, answer].map((message, index) => ({
    route: `POST ${route}/messages`,
    path,
    body: { ...message, message_id: `m-${index}` },
  }));
  return [
    { route: "POST /conversations", body: { conversation_id } },
    ...messages,
    { route: `PATCH ${route}`, path, body: { title: "4K renders" } },
    { route: `DELETE ${route}`, path },
  ];
}
