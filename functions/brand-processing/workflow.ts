/** The Lambda of the workflow's steps that change a brand's status. */

import type { Context } from "aws-lambda";
import { isThrottled } from "../shared/document-client";
import { parseInput } from "../shared/input";
import { logger, logUnexpected } from "../shared/logger";
import { Refusal } from "../shared/refusal";
import { isUnavailable } from "../shared/service-errors";
import { requiredVariable } from "../shared/variables";
import { Steps, type Claimed, type Marked } from "./steps";
import { steps as calls, type StepName } from "./workflow-calls";

const steps = new Steps({ tableName: requiredVariable("BRAND_TABLE_NAME") });

/** A failure that the workflow repeats by its name. */
class PassingFailure extends Error {
  constructor(
    override readonly name: "Contended" | "Throttled" | "TableUnavailable",
    message: string,
  ) {
    super(message);
  }
}

/**
 * @throws PassingFailure that may succeed a little later; Refusal when the call is malformed.
 */
export async function handler(event: unknown, context?: Context): Promise<Claimed | Marked> {
  try {
    return await perform(event);
  } catch (error) {
    const failure = passing(error);
    if (failure !== undefined) throw failure;
    const call = { during: "workflow step", requestId: context?.awsRequestId };
    if (error instanceof Refusal) {
      logger.warn("Refused", { ...call, code: error.code });
      throw error;
    }
    logUnexpected(error, call);
    const isTableMissing = error instanceof Error && error.name === "ResourceNotFoundException";
    throw new Error(
      isTableMissing
        ? "The table is not there. Deploy the system's tables stack."
        : "The step failed. Try again; the function's log has the cause.",
    );
  }
}

async function perform(event: unknown): Promise<Claimed | Marked> {
  const { step, ...given }: { step?: unknown } = typeof event === "object" ? { ...event } : {};
  if (typeof step !== "string" || !Object.hasOwn(calls, step)) {
    throw new Refusal("invalid", `step must be one of ${Object.keys(calls).join(", ")}.`, "step");
  }
  const name = step as StepName;
  switch (name) {
    case "claim":
      return steps.claim(parseInput(calls.claim, given));
    case "complete":
      return steps.complete(parseInput(calls.complete, given));
    case "fail":
      return steps.fail(parseInput(calls.fail, given));
  }
}

function passing(error: unknown): PassingFailure | undefined {
  if (error instanceof Refusal && error.code === "contended") {
    return new PassingFailure("Contended", error.message);
  }
  if (isThrottled(error))
    return new PassingFailure("Throttled", "The table is busy. Try again after a second.");
  return isUnavailable(error)
    ? new PassingFailure("TableUnavailable", "The table did not answer. Try again after a second.")
    : undefined;
}
