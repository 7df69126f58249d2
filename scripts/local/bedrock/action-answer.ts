/** What an action's Lambda answers: read as Bedrock reads it, and told as the stand-in for a model tells it. */

import * as v from "valibot";

/** AWS: "Configure Lambda functions to send information …", response event: of the whole payload. */
const mostBytes = 25_000;

const form = v.object({
  messageVersion: v.literal("1.0"),
  response: v.object({
    actionGroup: v.string(),
    function: v.string(),
    functionResponse: v.object({
      responseState: v.optional(v.picklist(["FAILURE", "REPROMPT"])),
      responseBody: v.object({ TEXT: v.object({ body: v.string() }) }),
    }),
  }),
});

/** The text of an answer that Bedrock would take, or why it would not. */
export function readActionAnswer(
  answer: unknown,
  called: { readonly actionGroup: string; readonly function: string },
): { readonly text: string } | { readonly failure: string } {
  const { success, output } = v.safeParse(form, answer);
  if (!success) return { failure: "The Lambda's answer is not in the form of a function response." };
  if (Buffer.byteLength(JSON.stringify(answer)) > mostBytes) {
    return { failure: `The Lambda's answer is larger than ${mostBytes} bytes.` };
  }
  const { actionGroup, function: name, functionResponse } = output.response;
  if (actionGroup !== called.actionGroup || name !== called.function) {
    return { failure: "The Lambda's answer is one to another call." };
  }
  return functionResponse.responseState === "FAILURE"
    ? { failure: "The Lambda said that the action failed." }
    : { text: functionResponse.responseBody.TEXT.body };
}

const brand = v.object({
  brandid: v.number(),
  brandname: v.string(),
  sector: v.string(),
  status: v.string(),
  metadata: v.optional(v.nullable(v.object({ summary: v.string(), keywords: v.array(v.string()) }))),
});
const told = v.object({
  message: v.string(),
  brand: v.optional(brand),
  brands: v.optional(v.array(brand)),
});

/** An action's answer for people: its message, and a line a brand. */
export function answerIn(text: string): string {
  const { success, output } = v.safeParse(v.pipe(v.string(), v.parseJson(), told), text);
  if (!success) return text;
  const { message, brand: one, brands = one === undefined ? [] : [one] } = output;
  return [message, ...brands.map(lineOf)].join("\n");
}

function lineOf({ brandid, brandname, sector, status, metadata }: v.InferOutput<typeof brand>): string {
  const line = `  ${brandid}  ${brandname} (${sector}): ${status}`;
  return metadata ? `${line}\n  ${metadata.summary} [${metadata.keywords.join(", ")}]` : line;
}
