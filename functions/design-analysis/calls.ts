/** What an analysis service can say of its steps, and the checks that hold for every caller. */

import * as v from "valibot";
import { fields, identifier, reference, requiredText, text, timestamp } from "../shared/input";
import { stepNames } from "./model";

const step = {
  request_id: identifier,
  step: v.picklist(stepNames, `must be one of ${stepNames.join(", ")}`),
};
const start = fields({ ...step, message: v.optional(text), started_at: v.optional(timestamp) });
const end = { ...step, started_at: v.optional(timestamp), completed_at: v.optional(timestamp) };

export const calls = {
  createRequest: fields({ request_id: identifier, research_data: reference }),
  startStep: start,
  retryStep: start,
  completeStep: fields({
    ...end,
    message: v.optional(text),
    result_data: v.optional(reference),
  }),
  failStep: fields({ ...end, message: requiredText }),
};

export type CallName = keyof typeof calls;

/** What a caller gives for a call. */
export type Call<Name extends CallName> = v.InferInput<(typeof calls)[Name]>;
