/** Reading what a caller sent: JSON, then a schema. Nothing of it gets into an error. */

import * as v from "valibot";
import { boundedText } from "./bounded-text";
import { isTime } from "./clock";
import { Refusal } from "./refusal";

/** Bytes of a body, where a function says nothing else: a long stack trace fits. */
export const ordinaryBodyBytes = 64 * 1024;

/**
 * A JSON object.
 *
 * @throws Refusal `too-large` or `malformed`.
 */
export function parseJson(
  text: string | undefined,
  limitBytes = ordinaryBodyBytes,
): Readonly<Record<string, unknown>> {
  if (text === undefined) return {};
  if (Buffer.byteLength(text) > limitBytes) {
    throw new Refusal("too-large", `The body is larger than ${limitBytes / 1024} KB.`);
  }
  if (text.trim() === "") return {};
  const value = tryParse(text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Refusal("malformed", "The body must be a JSON object.");
  }
  return value as Readonly<Record<string, unknown>>;
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

type Schema = v.GenericSchema;

/** An object with these fields and no others. */
export const fields = <const E extends v.ObjectEntries>(entries: E) =>
  v.strictObject(entries, `the known ones are ${Object.keys(entries).join(", ")}`);

/**
 * The input as the schema has it.
 *
 * @throws Refusal `invalid` that names the field, or the fields that there are when one is unknown.
 */
export function parseInput<S extends Schema>(schema: S, input: unknown): v.InferOutput<S> {
  const result = v.safeParse(schema, input, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const path = issue.path?.map(({ key }) => String(key)) ?? [];
  // The key of an unknown field is the caller's text.
  if (issue.type === "strict_object" && issue.expected === "never") {
    const where = path.slice(0, -1).join(".");
    throw new Refusal(
      "invalid",
      `There is an unknown field${where && ` in ${where}`}; ${issue.message}.`,
      where,
    );
  }
  const field = path.join(".");
  throw new Refusal("invalid", `${field || "The input"} ${issueText(issue)}.`, field);
}

/** Only the schemas' own words: valibot's default messages repeat what was received. */
function issueText(issue: v.BaseIssue<unknown>): string {
  const isOurs = issue.message.startsWith("must ");
  if (isOurs) return issue.message;
  return issue.received === "undefined" ? "is missing" : "has the wrong type";
}

/** Printable, without spaces: what ends up in keys, paths and log lines. A path of dots would lead elsewhere. */
const identifierPattern = /^(?!\.{1,2}$)[^\s\p{C}]{1,128}$/u;

export const isIdentifier = (text: string): boolean => identifierPattern.test(text);

export const identifier = v.pipe(
  v.string(),
  v.regex(identifierPattern, "must be 1 to 128 printable characters without spaces, not . or .."),
);

/** Text for people, kept within its bound. */
export const text = v.pipe(v.string(), v.transform(boundedText));

export const requiredText = v.pipe(v.string(), v.nonEmpty("must not be empty"), v.transform(boundedText));

/** An S3 location or another reference; too long is refused, since a truncated one leads nowhere. */
export const reference = v.pipe(
  v.string(),
  v.regex(/^[^\s\p{C}]{1,1024}$/u, "must be 1 to 1024 printable characters without spaces"),
);

const isoPattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,3})?Z$/;

/** JavaScript takes 31 February for 3 March. */
const isOfCalendar = (value: string): boolean =>
  isTime(value) && new Date(value).toISOString().slice(0, 19) === value.slice(0, 19);

/** ISO 8601 in UTC; kept with milliseconds, so that times sort as text. */
export const timestamp = v.pipe(
  v.string(),
  v.check(
    (value) => isoPattern.test(value) && isOfCalendar(value),
    "must be ISO 8601 in UTC, such as 2025-12-24T12:00:00.000Z",
  ),
  v.transform((value) => new Date(value).toISOString()),
);

/** `limit` of a list, from a query: text. */
export const pageLimit = ({ most, ordinary }: { readonly most: number; readonly ordinary: number }) =>
  v.optional(
    v.pipe(
      v.string(),
      v.regex(/^\d{1,4}$/, `must be a whole number from 1 to ${most}`),
      v.transform(Number),
      v.minValue(1, `must be a whole number from 1 to ${most}`),
      v.maxValue(most, `must be a whole number from 1 to ${most}`),
    ),
    String(ordinary),
  );
