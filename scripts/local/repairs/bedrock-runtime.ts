import { stubModel, type Model, type ModelReply, type Question } from "../bedrock/stub-model";
import { parseJson } from "./lambda-call";
import { exceptionReply, jsonReply, type AwsReply, type Repair } from "./repair";

interface Content {
  readonly text?: string;
}

interface ConverseInput {
  readonly system?: readonly Content[];
  readonly messages?: readonly { readonly role?: string; readonly content?: readonly Content[] }[];
}

/** Of English; about what models count. */
const charactersOfToken = 4;

/**
 * Converse of Amazon Bedrock's runtime, which moto 5.2.1 lacks: whatever model is named, a stub answers. It
 * takes no notice of guardrails and of the settings of inference.
 */
export function bedrockRuntime(model: Model = stubModel): Repair {
  return ({ method, url, body }) => {
    const [, modelId] = /^\/model\/([^/]+)\/converse\/?(?:\?|$)/.exec(url) ?? [];
    if (method !== "POST" || modelId === undefined) return undefined;
    return converse(model, decodeURIComponent(modelId), parseJson(body) ?? {});
  };
}

async function converse(
  model: Model,
  modelId: string,
  { system, messages }: ConverseInput,
): Promise<AwsReply> {
  const last = messages?.at(-1);
  if (last?.role !== "user") {
    return exceptionReply(400, "ValidationException", "A conversation must end with a user message.");
  }
  const question = { modelId, system: textOf(system), user: textOf(last.content) };
  const started = Date.now();
  return replyOf(question, await model(question), Date.now() - started);
}

function replyOf({ system, user }: Question, reply: ModelReply, latencyMs: number): AwsReply {
  if ("exception" in reply) return exceptionReply(reply.status, reply.exception, reply.message);
  const { text, stopReason = "end_turn" } = reply;
  const [inputTokens, outputTokens] = [tokens(system) + tokens(user), tokens(text)];
  return jsonReply({
    output: { message: { role: "assistant", content: [{ text }] } },
    stopReason,
    usage: { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens },
    metrics: { latencyMs },
  });
}

const textOf = (content: readonly Content[] = []): string => content.map(({ text = "" }) => text).join("\n");

const tokens = (text: string): number => Math.ceil(text.length / charactersOfToken);
