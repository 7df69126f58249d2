/** The Lambda of the workflow's step that asks the model. It has no table: it hands on what it reads. */

import type { Context } from "aws-lambda";
import { parseInput } from "../shared/input";
import { logger, logUnexpected } from "../shared/logger";
import { Refusal } from "../shared/refusal";
import { requiredVariable } from "../shared/variables";
import { Generator } from "./generator";
import { AnswerRefused } from "./metadata";
import { BedrockModel, ModelTrouble } from "./metadata-model";
import type { BrandMetadata } from "./model";
import { generation } from "./workflow-calls";

const generator = new Generator({
  model: new BedrockModel({ modelId: requiredVariable("METADATA_MODEL_ID"), guardrail: guardrail() }),
});

/** Both variables or none. */
function guardrail() {
  const { GUARDRAIL_ID: id, GUARDRAIL_VERSION: version } = process.env;
  if (!id && !version) return undefined;
  return { id: requiredVariable("GUARDRAIL_ID"), version: requiredVariable("GUARDRAIL_VERSION") };
}

/** @throws ModelTrouble, AnswerRefused or Refusal, by whose names the workflow goes on. */
export async function handler(event: unknown, context?: Context): Promise<BrandMetadata> {
  try {
    const { brand } = parseInput(generation, event);
    return await generator.generate(brand);
  } catch (error) {
    const call = { during: "generation", requestId: context?.awsRequestId };
    if (error instanceof AnswerRefused || error instanceof ModelTrouble || error instanceof Refusal) {
      // Their messages are this code's own words: neither the prompt nor the answer is in them.
      logger.warn("No metadata", { ...call, errorName: error.name, reason: error.message });
      throw error;
    }
    logUnexpected(error, call);
    throw new Error("The generation failed. Try again; the function's log has the cause.");
  }
}
