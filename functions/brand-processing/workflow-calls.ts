/** What the workflow hands its functions, checked (stacks/brand-processing/workflow-definition.ts). */

import * as v from "valibot";
import { fields, reference } from "../shared/input";
import { brandMetadata } from "./metadata";
import { isBrandId } from "./store";

const brandid = v.custom<number>(isBrandId, "must be a whole number above zero");

const subject = {
  brandid,
  attempt: v.pipe(v.number(), v.safeInteger("must be a whole number"), v.minValue(1, "must be 1 at least")),
  /** ARN of the execution that calls. */
  execution: reference,
};

/** Step Functions' error output; a task that timed out may have no cause. */
const errorOutput = v.looseObject({ Error: v.string(), Cause: v.optional(v.string()) });

export type ErrorOutput = Pick<v.InferOutput<typeof errorOutput>, "Error" | "Cause">;

export const steps = {
  claim: fields(subject),
  complete: fields({ ...subject, metadata: brandMetadata }),
  fail: fields({ ...subject, error: errorOutput }),
};

export type StepName = keyof typeof steps;
export type Step<Name extends StepName> = v.InferOutput<(typeof steps)[Name]>;

export const generation = fields({
  brand: fields({ brandid, brandname: v.string(), sector: v.string() }),
});
