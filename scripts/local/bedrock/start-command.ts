/**
 * What the stand-in for Bedrock takes for the wish to start something. A start is not taken back: a sentence is
 * one when every word of it is understood, and only begins like one otherwise.
 */

export type StartCommand =
  | { readonly of: "brand"; readonly brandid: string }
  | { readonly of: "waiting"; readonly limit?: string }
  /** It begins like one, and goes on with what nobody here understands. */
  | "unclear";

/**
 * A command to start brands; nothing when the sentence is none.
 *
 * @param text words in lower case with one space between.
 */
export function startCommand(text: string): StartCommand | undefined {
  const one = ofBrand.exec(text)?.groups;
  const brandid = one?.["brandid"] ?? one?.["number"];
  if (brandid !== undefined && !noBrandid.has(brandid)) return { of: "brand", brandid };
  const some = ofWaiting.exec(text)?.groups;
  if (some === undefined) return imperative.test(text) ? "unclear" : undefined;
  const [limit, twice] = [some["first"], some["counted"], some["last"]].filter((one) => one !== undefined);
  if (twice !== undefined) return "unclear";
  return { of: "waiting", ...(limit !== undefined && { limit }) };
}

const polite =
  "(?:(?:please|kindly|now|ok|okay|hi|hello|hey|so|then|also|and|just|go ahead and|let s|let us|" +
  "(?:could|can|would|will) you|i (?:want|need)(?: you)? to|i (?:would|d) like(?: you)? to) )*";
const end =
  "(?: (?:please|now|right now|right away|immediately|at once|asap|again|too|for me|thanks|thank you))*$";

const run = "(?:start|restart|run|rerun|kick off|launch|begin|trigger|process|redo|retry)";
const make = "(?:generate|regenerate|create|produce)";
const workflow = "(?:workflows?|processing|metadata generation|metadata workflows?)";
/** Brands are run, or their workflow is; made is their metadata alone. */
const begin = `^${polite}(?:${run} (?:(?:the |a )?${workflow} (?:for|of|on|with) )?|${make} (?:the |some |new )?metadata (?:for|of) )`;

const imperative = new RegExp(`^${polite}(?:${run}|${make})\\b`);

const ofBrand = new RegExp(
  `${begin}(?:(?:the )?brands? (?:(?:with|the|id|number|no|nr) )*#? ?(?<brandid>-?[\\p{L}\\d][\\p{L}\\d.-]*)|#? ?(?<number>\\d[\\d.]*))${end}`,
  "u",
);
/** What follows "brand" and is no number of one. */
const noBrandid: ReadonlySet<string> = new Set(["again", "asap", "now", "please", "table", "thanks", "too"]);

const most = "(?:up to|at most|no more than|a maximum of|maximum of|a limit of|limit of|limit)";
const waits = "(?:unprocessed|not processed|untouched|new|waiting|pending|open)";
const wait = `(?:that|which) (?:are |were )?(?:still )?(?:${waits}|wait)`;
const inTable = "(?:in|of|from) the check table";
const ofWaiting = new RegExp(
  `${begin}(?:the check table|(?:(?:all|of|every|the|those) )*(?:(?:${most}|first|next|oldest) (?<first>-?\\d+) )?` +
    `(?:the )?(?:(?<counted>\\d+) )?(?:${waits} (?:brands|ones)|${waits}|brands)(?: ${inTable}| ${wait})*)` +
    `(?: (?:${most}|only|but ${most}|with ${most}) (?<last>\\d+)(?: brands| of them)?)?${end}`,
  "u",
);
