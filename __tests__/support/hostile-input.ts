/** Requests as a hostile caller makes them, and what every answer to them has to be. */

import fc from "fast-check";
import { refusalStatus } from "../../functions/shared/refusal";
import { anyText } from "./any-text";
import type { Answer } from "./api-event";

/** What a caller may send to a route; the tests spoil it. */
export type Fields = Readonly<Record<string, unknown>>;

/** Text of the input that an answer must not hold. */
export const canary = "c4n4ry";

export const word = anyText({ maxLength: 40 }).map((text) => `${canary}${text}`);
const value = fc.oneof(
  word,
  anyText(),
  fc.double(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.dictionary(word, fc.anything({ maxDepth: 1 }), { maxKeys: 3 }),
  fc.array(word, { maxLength: 3 }),
  fc.constant("2024-13-45T99:99:99Z"),
);
const knownField = fc.constantFrom(
  ...[
    "sessionId",
    "correlationId",
    "documentId",
    "sourceType",
    "activity",
    "error",
    "startedAt",
    "completedAt",
  ],
  ...["duration", "tokenUsage", "request_id", "research_data", "message", "started_at", "result_data"],
  ...["__proto__", "constructor", "toString"],
);
const nonsense = fc.oneof(
  fc.dictionary(fc.oneof(knownField, word), value, { maxKeys: 6 }).map((fields) => JSON.stringify(fields)),
  fc.json().map((json) => `{"${canary}":${json}}`),
  fc.array(value, { maxLength: 3 }).map((list) => JSON.stringify(list)),
  word,
  fc.constant(`{"message":"${canary.repeat(20_000)}"}`),
  fc.constant("["),
  fc.constant(""),
);
/** A body of the route: some of its fields, some of them spoiled, something beside them; or nonsense. */
export const bodyOf = (fields: Fields): fc.Arbitrary<string> =>
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc.subarray(Object.entries(fields)).map((some) => JSON.stringify(Object.fromEntries(some))),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.constantFrom(...Object.keys(fields), canary), value)
        .map(([name, spoiled]) => JSON.stringify({ ...fields, [name]: spoiled })),
    },
    { weight: 2, arbitrary: nonsense },
  );

/** An answer to bad input: a code of the list, a message, nothing of what was sent. */
export function expectGraceful({ status, json, text }: Answer): void {
  expect(status).toBeLessThan(500);
  if (status < 400) return;
  const { error } = json as { error: { code: keyof typeof refusalStatus; message: string } };
  expect(refusalStatus[error.code]).toBe(status);
  expect(error.message).toMatch(/\.$/);
  expect(text).not.toContain(canary);
}
