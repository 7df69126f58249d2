/** The model that describes brands; whoever asks it does not know which one it is. */

import { BedrockRuntimeClient, ConverseCommand, type StopReason } from "@aws-sdk/client-bedrock-runtime";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { isThrottled } from "../shared/document-client";
import { isUnavailable } from "../shared/service-errors";
import type { Prompt } from "./metadata";

/** How an answer ended: only a whole one is read. */
export type AnswerEnd = "whole" | "truncated" | "filtered";

export interface ModelAnswer {
  readonly text: string;
  readonly end: AnswerEnd;
}

export interface MetadataModel {
  /** Stored with what it wrote. */
  readonly id: string;
  /** @throws ModelTrouble */
  answer(prompt: Prompt): Promise<ModelAnswer>;
}

/** The workflow tries again after the first two; the third one is for people to repair. */
export type ModelTroubleName = "ModelThrottled" | "ModelUnavailable" | "ModelNotUsable";

export class ModelTrouble extends Error {
  constructor(
    override readonly name: ModelTroubleName,
    message: string,
  ) {
    super(message);
  }
}

export interface BedrockModelProps {
  /** Of a model, or of an inference profile such as `us.<model>`. */
  readonly modelId: string;
  readonly guardrail?: { readonly id: string; readonly version: string } | undefined;
  readonly client?: BedrockRuntimeClient;
}

/** Milliseconds of one answer: shorter than the function's 60 seconds, so that the failure has a name. */
export const answerMilliseconds = 50_000;

/** Tokens of an answer: the schema's largest has fewer in English. */
const mostTokens = 1_024;

/**
 * One try: the workflow repeats, and waits in between. HTTP/1.1, since a function asks one thing at a time, and a
 * session of HTTP/2 does not outlive Lambda's freezing it.
 */
const bedrockClient = () =>
  new BedrockRuntimeClient({
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler({ connectionTimeout: 3_000 }),
  });

/** A model of Amazon Bedrock, by its Converse API. */
export class BedrockModel implements MetadataModel {
  readonly id: string;
  private readonly client: BedrockRuntimeClient;
  private readonly guardrail: BedrockModelProps["guardrail"];

  constructor({ modelId, guardrail, client = bedrockClient() }: BedrockModelProps) {
    this.id = modelId;
    this.guardrail = guardrail;
    this.client = client;
  }

  async answer({ system, user }: Prompt): Promise<ModelAnswer> {
    const { guardrail } = this;
    const command = new ConverseCommand({
      modelId: this.id,
      system: [{ text: system }],
      messages: [{ role: "user", content: [{ text: user }] }],
      inferenceConfig: { maxTokens: mostTokens },
      ...(guardrail && {
        guardrailConfig: { guardrailIdentifier: guardrail.id, guardrailVersion: guardrail.version },
      }),
    });
    try {
      const abortSignal = AbortSignal.timeout(answerMilliseconds);
      const { output, stopReason } = await this.client.send(command, { abortSignal });
      const blocks = output?.message?.content ?? [];
      return { text: blocks.map(({ text = "" }) => text).join(""), end: endOf(stopReason) };
    } catch (error) {
      throw troubleOf(error);
    }
  }
}

/** What is neither a whole answer nor a truncated one is none: a guardrail's or a filter's text, a tool's call. */
function endOf(stopReason: StopReason | undefined): AnswerEnd {
  switch (stopReason) {
    case "end_turn":
    case "stop_sequence":
      return "whole";
    case "max_tokens":
    case "model_context_window_exceeded":
      return "truncated";
    case "content_filtered":
    case "guardrail_intervened":
    case "malformed_model_output":
    case "malformed_tool_use":
    case "tool_use":
    case undefined:
    // One that is newer than the SDK, too.
    default:
      return "filtered";
  }
}

/** Of Bedrock's exceptions, those of the client's fault that pass by themselves (AWS: Converse, "Errors"). */
const passing: readonly string[] = ["ModelNotReadyException", "ModelTimeoutException", "ModelErrorException"];

/** Without Bedrock's message, which may hold what was sent. */
function troubleOf(error: unknown): unknown {
  if (typeof error !== "object" || error === null) return error;
  const { name: given } = error as { readonly name?: unknown };
  const name = typeof given === "string" && /^\w{1,64}$/.test(given) ? given : "Error";
  if (passing.includes(name) || isUnavailable(error)) {
    return new ModelTrouble("ModelUnavailable", `The model did not answer (${name}). Try again later.`);
  }
  if (isThrottled(error)) {
    return new ModelTrouble("ModelThrottled", "The model is asked too often at present. Try again later.");
  }
  if (!("$fault" in error)) return error;
  return new ModelTrouble(
    "ModelNotUsable",
    `Bedrock refuses the call (${name}). Check METADATA_MODEL_ID and the function's access to that model.`,
  );
}
