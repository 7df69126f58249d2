/** The status of an analysis request (document 004). */

import * as v from "valibot";
import { stepNames } from "../../../functions/design-analysis/model";
import type { Adapter } from "./adapter";
import { firstStart, lastEnd, parseTime, type Step } from "./progress";

const statuses = v.picklist(["pending", "processing", "completed", "failed"]);

const stepSchema = v.object({
  status: statuses,
  message: v.nullish(v.string(), ""),
  started_at: v.nullish(v.string()),
  completed_at: v.nullish(v.string()),
});

/** A step that has not been written yet is not in the answer: the document's own example has one of five. */
const answerSchema = v.object({
  status: v.object({
    analysis_result: v.object({
      steps_status: v.object(v.entriesFromList(stepNames, v.optional(stepSchema))),
    }),
    overall_status: statuses,
  }),
});

export const designAnalysis: Adapter = {
  noun: "request",
  path: (id) => `analysis/status/${encodeURIComponent(id)}`,
  read(id, answer) {
    const { status } = v.parse(answerSchema, answer);
    const steps = stepNames.map((name) => readStep(name, status.analysis_result.steps_status[name]));
    const overall = status.overall_status;
    return {
      id,
      overall,
      isDone: overall === "completed" || overall === "failed",
      hasFailed: overall === "failed",
      startedAt: firstStart(steps),
      completedAt: lastEnd(steps),
      steps,
    };
  },
};

function readStep(name: string, step: v.InferOutput<typeof stepSchema> | undefined): Step {
  return {
    name,
    status: step?.status ?? "pending",
    message: step?.message ?? "",
    startedAt: parseTime(step?.started_at),
    completedAt: parseTime(step?.completed_at),
  };
}
