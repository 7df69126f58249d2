import type { Excerpt, Placed, StoredMessage, Summary } from "./model";

/** A conversation in a list, in document 001's order. */
export const summaryView = (summary: Summary): Summary => {
  const { conversation_id, user_id, title, created_at, updated_at, message_count } = summary;
  return { conversation_id, user_id, title, created_at, updated_at, message_count };
};

/** A conversation as document 001 has it; `before` asks for what comes before its messages. */
export const conversationView = ({ summary, from, messages }: Excerpt) => ({
  ...summaryView(summary),
  messages: messages.map(messageView),
  ...(from > 0 && { before: from }),
});

export const placedView = (conversation_id: string, { position, message }: Placed) => ({
  conversation_id,
  position,
  message: messageView(message),
});

/**
 * A message in the document's order, whatever order DynamoDB gives maps in, so that one state has one text, and
 * one ETag. What another program has in its place is shown as empty.
 */
function messageView(message: StoredMessage | null) {
  const { role, content, timestamp, tool_calls, message_id } = message ?? {};
  return {
    role: textOf(role),
    content: textOf(content),
    timestamp: textOf(timestamp),
    ...(Array.isArray(tool_calls) && { tool_calls: tool_calls.map(toolCallView) }),
    ...(typeof message_id === "string" && { message_id }),
  };
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

function toolCallView(call: unknown): unknown {
  if (!isMap(call)) return ordered(call);
  const { tool, args, result, ...others } = call;
  return {
    tool: ordered(tool),
    ...(args !== undefined && { args: ordered(args) }),
    ...(result !== undefined && { result: ordered(result) }),
    ...(ordered(others) as object),
  };
}

/** The names of every map in one order. */
function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (!isMap(value)) return value;
  const names = Object.keys(value).sort();
  return Object.fromEntries(names.map((name) => [name, ordered(value[name])]));
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
