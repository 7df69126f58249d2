/** What may be said of conversations, and the checks that hold for every caller. */

import * as v from "valibot";
import { fields, identifier, timestamp } from "../shared/input";
import { jsonObject, jsonValue } from "../shared/json-value";
import { Refusal } from "../shared/refusal";
import { wellFormed } from "../shared/well-formed";
import { lastPosition } from "./keys";
import { roles, type NewMessage } from "./model";

const text = v.pipe(v.string(), v.transform(wellFormed<string>));

const title = v.pipe(
  text,
  v.transform((given) => given.trim().replace(/\s+/g, " ")),
  v.nonEmpty("must not be empty"),
  v.maxLength(200, "must have at most 200 characters"),
);

const toolCall = fields({
  tool: v.pipe(text, v.nonEmpty("must not be empty"), v.maxLength(200, "must have at most 200 characters")),
  args: v.optional(v.pipe(jsonObject, v.transform(wellFormed))),
  result: v.optional(v.pipe(jsonValue, v.transform(wellFormed))),
});

const message = {
  role: v.picklist(roles, `must be one of ${roles.join(", ")}`),
  content: text,
  timestamp: v.optional(timestamp),
  tool_calls: v.optional(v.array(toolCall)),
  message_id: v.optional(identifier),
};

const uuid = v.pipe(
  v.string(),
  v.regex(
    /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i,
    "must be a UUID v4, such as 550e8400-e29b-41d4-a716-446655440000",
  ),
);

/** As verified: a token's subject, or an IAM principal's id. */
const user_id = v.pipe(
  v.string(),
  v.regex(/^[\x21-\x7e]{1,255}$/, "must be 1 to 255 printable ASCII characters without spaces"),
);
const conversation = { user_id, conversation_id: identifier };

const wholeNumber = (least: number, most: number) => {
  const rule = `must be a whole number from ${least} to ${most}`;
  return v.pipe(v.number(), v.integer(rule), v.minValue(least, rule), v.maxValue(most, rule));
};

export const calls = {
  create: fields({
    user_id,
    title: v.optional(title),
    conversation_id: v.optional(uuid),
    message: v.optional(fields(message)),
  }),
  addMessage: fields({ ...conversation, ...message }),
  get: fields({
    ...conversation,
    before: v.optional(wholeNumber(0, lastPosition)),
    limit: v.optional(wholeNumber(1, 1_000)),
  }),
  list: fields({ user_id, limit: v.optional(wholeNumber(1, 100), 20), cursor: v.optional(v.string()) }),
  rename: fields({ ...conversation, title }),
  delete: fields(conversation),
};

export type CallName = keyof typeof calls;

/** What a caller gives for a call. */
export type Call<Name extends CallName> = v.InferInput<(typeof calls)[Name]>;

/**
 * Document 001: only an assistant calls tools.
 *
 * @throws Refusal `invalid` when the message of another has calls.
 */
export function refuseToolCalls({ role, tool_calls }: Pick<NewMessage, "role" | "tool_calls">): void {
  if (tool_calls === undefined || role === "assistant") return;
  throw new Refusal(
    "invalid",
    "tool_calls must be absent: only an assistant's message has them.",
    "tool_calls",
  );
}
