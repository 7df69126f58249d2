/** What callers can ask for, and the checks that hold for every one of them. */

import * as v from "valibot";
import { fields, identifier, parseInput, timestamp } from "../shared/input";
import { isStorableText } from "../shared/json-value";
import { Refusal } from "../shared/refusal";
import { keyForm, line } from "./model";
import { price } from "./price";
import { wordsOf, type Criteria } from "./ranking";

const said = v.pipe(
  v.string(),
  v.nonEmpty("must not be empty"),
  v.check(isStorableText, "must not hold half of a surrogate pair"),
);

/** Messages are kept whole; one that does not fit into an item is refused by the table. */
export const message = fields({
  conversation_id: identifier,
  agent_id: identifier,
  message: said,
  sender: v.pipe(said, v.maxLength(200, "must have at most 200 characters")),
  timestamp: v.optional(timestamp),
});
export type MessageCall = v.InferOutput<typeof message>;

/** Other programs may have stored a key as it was written. */
const storedForms = v.pipe(
  line(200),
  v.transform((text) => [...new Set([keyForm(text), text])]),
);

const distinctTags = v.pipe(
  v.array(line(200)),
  v.nonEmpty("must not be empty"),
  v.maxLength(50, "must have at most 50 entries"),
  v.transform((tags) => [...new Set(tags.map(keyForm))]),
);

const words = v.pipe(
  line(500),
  v.transform((text) => [...new Set(wordsOf(text))]),
  v.nonEmpty("must have a word of letters or digits"),
);

const criteria = {
  job: v.optional(storedForms),
  city: v.optional(storedForms),
  tags: v.optional(distinctTags),
  maxPrice: v.optional(price),
  text: v.optional(words),
} satisfies Record<keyof Criteria, v.GenericSchema>;

const mostMatches = 100;
const limitRule = `must be a whole number from 1 to ${mostMatches}`;

const match = fields({
  ...criteria,
  limit: v.optional(
    v.pipe(
      v.number(limitRule),
      v.integer(limitRule),
      v.minValue(1, limitRule),
      v.maxValue(mostMatches, limitRule),
    ),
    20,
  ),
  cursor: v.optional(v.string()),
});

export interface MatchCall {
  readonly criteria: Criteria;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** @throws Refusal `invalid`, also without any criterion. */
export function parseMatch(input: unknown): MatchCall {
  const { limit, cursor, ...asked } = parseInput(match, input);
  if (Object.values(asked).some((criterion) => criterion !== undefined)) {
    return { criteria: asked, limit, cursor };
  }
  throw new Refusal("invalid", `Name at least one of ${Object.keys(criteria).join(", ")}.`);
}

/** DynamoDB: bytes of a partition key and of a sort key. */
const keyBytes = { partition: 2_048, sort: 1_024 } as const;

/** Whether DynamoDB takes the text for a key: other programs may use others than `identifier` allows. */
export const isKey = (text: string, kind: keyof typeof keyBytes = "partition"): boolean =>
  text !== "" && Buffer.byteLength(text) <= keyBytes[kind] && isStorableText(text);

export const storedKey = (kind: keyof typeof keyBytes) =>
  v.pipe(
    v.string(),
    v.check((text) => isKey(text, kind)),
  );
