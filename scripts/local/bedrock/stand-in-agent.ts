/**
 * Stands in for the model behind a Bedrock agent, on the local AWS only: English about brands to the action that
 * is meant. Like a model it hands on what people said, as text; whether that makes sense, the action says.
 */

import { startCommand, type StartCommand } from "./start-command";

export interface Understood {
  readonly action: string;
  /** As Bedrock sends them. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** What is meant; nothing when it is none of the actions. */
export function understand(utterance: string): Understood | undefined {
  // The end of a sentence can turn its meaning round.
  if (utterance.length > mostCharacters) return undefined;
  const text = plain(utterance);
  if (beyond.test(text)) return undefined;
  if (counting.test(text)) return { action: "count_brands", parameters: {} };
  const start = startCommand(text);
  return start === undefined ? reading(text) : starting(start);
}

function starting(start: StartCommand): Understood | undefined {
  if (start === "unclear") return undefined;
  if (start.of === "brand") return { action: "start_workflow", parameters: { brandid: start.brandid } };
  const { limit } = start;
  return { action: "start_unprocessed", parameters: limit === undefined ? {} : { limit } };
}

/** Whatever else is said of brands changes none. */
function reading(text: string): Understood | undefined {
  const limit = limitOf(text);
  const brandid = limit === undefined ? brandOf(text) : undefined;
  if (brandid !== undefined) return { action: "get_brand", parameters: { brandid } };
  // Several brands are none of the actions.
  if (limit === undefined && /\d/.test(text)) return undefined;
  const status = statusOf(text);
  const limited = limit === undefined ? {} : { limit };
  return status !== undefined && (listing.test(text) || several.test(text))
    ? { action: "list_brands", parameters: { status, ...limited } }
    : undefined;
}

/** Words with one space between, and what numbers are written with. */
const plain = (utterance: string): string =>
  utterance
    .toLowerCase()
    .replace(/[^\p{L}\p{N}#.-]+/gu, " ")
    .replace(/\.(?=\s|$)/g, "")
    .trim();

/** What an agent says when it is asked for something else. */
export const cannot =
  "I cannot do that. I can list brands by status, show one brand, start the workflow of one brand or of those " +
  'that are unprocessed, and count brands by status. For instance: "show me unprocessed brands".';

const mostCharacters = 2_000;

/** No action does that, to whatever brand; and what a pattern would take for its contrary. */
const beyond =
  /\b(delete|remove|drop|stop|cancel|abort|kill|pause|undo|skip|mark|set|rename|update|change|edit|reset|except|without|unless|never|do not|don t|dont)\b/;
const counting = /\b(how many|counts?|number of|totals?|statistics|overview)\b/;
const listing = /\b(list|show|display|find|get|give|which|what|see|any)\b/;
const several = /\b(brands|check table|workflows|metadata|unprocessed)\b/;

const everyStatus = "unprocessed, processing, completed, failed, retry";

/** The words that people have for each status; a hyphen goes on with a word. */
const words: readonly (readonly [pattern: RegExp, status: string])[] = [
  [/\b(unprocessed|not processed|untouched|new)\b(?!-)/, "unprocessed"],
  [/\b(waiting|pending|open|left to do)\b(?!-)/, "unprocessed, retry"],
  [
    /\b(processing|processed right now|in progress|in process|running|at work|being processed)\b(?!-)/,
    "processing",
  ],
  [/\b(completed?|done|finished|processed)\b(?!-)/, "completed"],
  [/\b(failed|failing|failures?|broken|errors?)\b(?!-)/, "failed"],
  [/\b(retry|retries|retried)\b(?!-)/, "retry"],
  [/\b(all|every|the) brands?\b/, everyStatus],
];

/** A status that people named; also one that there is not, as they said it. */
function statusOf(text: string): string | undefined {
  const known = words.find(([pattern]) => pattern.test(text))?.[1];
  const [, asked] = /\bwith (?:the )?status ([\p{L}-]+)/u.exec(text) ?? [];
  const [, before] =
    /\b(?:list|show me|show|display) (?:all |the )?(?!me )([\p{L}-]+) brands\b/u.exec(text) ?? [];
  return known ?? asked ?? before;
}

/** "up to 10 brands", "the first 5", "20 failed brands": no brand's number. */
function limitOf(text: string): string | undefined {
  const [, most] =
    /\b(?:up to|at most|first|next|no more than|limit|limit of|maximum of|only) (-?\d+)\b/.exec(text) ?? [];
  const [, counted] = /(?:^| )(\d+) (?:\p{L}+ )?brands\b/u.exec(text) ?? [];
  return most ?? counted;
}

/** "brand 12345", "#12345", "brand abc": the action says which are none. */
function brandOf(text: string): string | undefined {
  const numbers = text.match(/(?<=^| |#)-?\d+(?:\.\d+)?(?= |$)/g) ?? [];
  if (numbers.length > 1) return undefined;
  const [, named] =
    /\bbrand (?:(?:with|the|id|number|no|nr) )*#? ?(-?[\p{L}\d][\p{L}\d.-]*)/u.exec(text) ?? [];
  if (named !== undefined && !afterBrand.has(named)) return named;
  return numbers[0];
}

/** What follows "brand" and is no number of one. */
const afterBrand: ReadonlySet<string> = new Set([
  ...[
    "and",
    "brand",
    "are",
    "as",
    "for",
    "from",
    "has",
    "in",
    "is",
    "metadata",
    "now",
    "of",
    "please",
    "right",
  ],
  ...["status", "table", "that", "to", "was", "which", "workflow"],
]);
