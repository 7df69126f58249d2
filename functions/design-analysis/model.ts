/**
 * A design analysis and its five steps (document 004), and which transitions are allowed. Pure: each function
 * takes the request as it is and gives the attributes that change, nothing when the request shows the call's
 * effect already, or refuses.
 */

import { isBefore, isoTime, isSameTime } from "../shared/clock";
import { Refusal } from "../shared/refusal";
import type { Decision } from "../shared/versioned-table";

/** In the order in which they run. */
export const stepNames = ["chunking", "inferring", "relating", "explaining", "activating"] as const;
export type StepName = (typeof stepNames)[number];
const lastStep: StepName = "activating";

export const statuses = ["pending", "processing", "completed", "failed"] as const;
export type Status = (typeof statuses)[number];

interface Messages {
  readonly waiting: string;
  readonly starting: string;
  readonly completed: string;
}

/** What a step says where its caller says nothing. Document 004 has those that it has; the others are like them. */
const messages: Readonly<Record<StepName, Messages>> = {
  chunking: {
    waiting: "Waiting to start",
    starting: "Starting to break research data into chunks",
    completed: "Successfully created chunks",
  },
  inferring: {
    waiting: "Waiting for chunking to complete",
    starting: "Starting to infer meanings from chunks",
    completed: "Successfully inferred meanings",
  },
  relating: {
    waiting: "Waiting for inference to complete",
    starting: "Starting to find patterns across meanings",
    completed: "Successfully found patterns",
  },
  explaining: {
    waiting: "Waiting for pattern analysis to complete",
    starting: "Starting to generate insights from patterns",
    completed: "Successfully generated insights",
  },
  activating: {
    waiting: "Waiting for explanation to complete",
    starting: "Starting to create design principles from insights",
    completed: "Successfully created design principles",
  },
};

export type Step =
  | {
      readonly status: "pending";
      readonly message: string;
      readonly started_at: null;
      readonly completed_at: null;
    }
  | {
      readonly status: "processing";
      readonly message: string;
      readonly started_at: string;
      readonly completed_at: null;
    }
  | {
      readonly status: "completed" | "failed";
      readonly message: string;
      readonly started_at: string;
      readonly completed_at: string;
    };

export interface AnalysisResult {
  /** S3 location of the result; empty until the analysis has completed. */
  readonly result_data: string;
  readonly steps_status: Readonly<Record<StepName, Step>>;
}

export interface AnalysisRequest {
  readonly request_id: string;
  /** S3 location of the research data. */
  readonly research_data: string;
  readonly analysis_result: AnalysisResult;
  readonly created_at: string;
  readonly updated_at: string;
  readonly overall_status: Status;
}

export interface NewRequest {
  readonly request_id: string;
  readonly research_data: string;
}

export interface StepStart {
  readonly step: StepName;
  readonly message?: string | undefined;
  /** The present time by default. A call that gives it is known again however late it is repeated. */
  readonly started_at?: string | undefined;
}

export interface StepEnd {
  readonly step: StepName;
  readonly message?: string | undefined;
  /** Of the attempt that ends: a report of an earlier attempt is then refused. */
  readonly started_at?: string | undefined;
  readonly completed_at?: string | undefined;
  /** S3 location of the result: with the last step, and only with it. */
  readonly result_data?: string | undefined;
}

export function newRequest({ request_id, research_data }: NewRequest, now: Date): AnalysisRequest {
  const pending = stepNames.map((name) => [name, pendingStep(name)] as const);
  return {
    request_id,
    research_data,
    analysis_result: {
      result_data: "",
      steps_status: Object.fromEntries(pending) as Record<StepName, Step>,
    },
    created_at: isoTime(now),
    updated_at: isoTime(now),
    overall_status: "pending",
  };
}

export const pendingStep = (name: StepName): Step => ({
  status: "pending",
  message: messages[name].waiting,
  started_at: null,
  completed_at: null,
});

export function startStep(request: AnalysisRequest, call: StepStart, now: Date): Decision<AnalysisRequest> {
  const { step: name } = call;
  const step = stepOf(request, name);
  if (isStarted(step, call)) return undefined;
  if (step.status !== "pending") {
    const remedy = step.status === "failed" ? "retry it" : "it is started once";
    throw conflict(`Step ${name} is ${step.status}: ${remedy}.`);
  }
  const waitsFor = stepNames[stepNames.indexOf(name) - 1];
  if (waitsFor !== undefined && stepOf(request, waitsFor).status !== "completed") {
    throw conflict(
      `Step ${name} is pending, and ${waitsFor} before it is ${stepOf(request, waitsFor).status}.`,
    );
  }
  return withStep(request, name, startedStep(call, now));
}

/** A failed step begins anew: it alone, since those after it were never started. */
export function retryStep(request: AnalysisRequest, call: StepStart, now: Date): Decision<AnalysisRequest> {
  const { step: name, started_at } = call;
  const step = stepOf(request, name);
  if (step.status === "failed") {
    // The retry that failed, repeated late; or one that could not be told from the attempt before.
    const isSameAttempt = started_at !== undefined && isSameTime(started_at, step.started_at);
    if (!isSameAttempt) return withStep(request, name, startedStep(call, now));
    throw conflict(`Step ${name} is failed, the attempt of that started_at: name another to retry it.`);
  }
  if (isStarted(step, call)) return undefined;
  throw conflict(`Step ${name} is ${step.status}: only a failed one is retried.`);
}

export function completeStep(request: AnalysisRequest, call: StepEnd, now: Date): Decision<AnalysisRequest> {
  const { step: name, result_data: result } = call;
  refuseWrongResult(call);
  const step = stepOf(request, name);
  const isRepeated =
    isEnded(step, "completed", call) &&
    (result === undefined || result === request.analysis_result.result_data);
  if (isRepeated) return undefined;
  return withStep(request, name, endedStep(step, "completed", call, now), result);
}

export function failStep(request: AnalysisRequest, call: StepEnd, now: Date): Decision<AnalysisRequest> {
  const step = stepOf(request, call.step);
  if (isEnded(step, "failed", call)) return undefined;
  return withStep(request, call.step, endedStep(step, "failed", call, now));
}

const conflict = (message: string) => new Refusal("conflict", message);

const stepOf = ({ analysis_result }: AnalysisRequest, name: StepName): Step =>
  analysis_result.steps_status[name];

/** Whether the step shows the start or retry already. */
function isStarted(step: Step, { message, started_at }: StepStart): boolean {
  if (step.status === "pending") return false;
  const isSameMessage = message === undefined || message === step.message;
  if (started_at === undefined) return step.status === "processing" && isSameMessage;
  return isSameTime(started_at, step.started_at) && (isSameMessage || step.status !== "processing");
}

function startedStep({ step, message, started_at }: StepStart, now: Date): Step {
  return {
    status: "processing",
    message: message ?? messages[step].starting,
    started_at: started_at ?? isoTime(now),
    completed_at: null,
  };
}

/** What the call gives must be what the step shows; what it leaves out was filled in by the first call. */
function isEnded(step: Step, status: "completed" | "failed", call: StepEnd): boolean {
  if (step.status !== status) return false;
  const { message, started_at, completed_at } = call;
  return (
    (message === undefined || message === step.message) &&
    (started_at === undefined || isSameTime(started_at, step.started_at)) &&
    (completed_at === undefined || isSameTime(completed_at, step.completed_at))
  );
}

function endedStep(step: Step, status: "completed" | "failed", call: StepEnd, now: Date): Step {
  const { step: name, started_at, message = messages[name].completed } = call;
  if (step.status !== "processing") {
    throw conflict(`Step ${name} is ${step.status}: only one that is processing can end.`);
  }
  if (started_at !== undefined && !isSameTime(started_at, step.started_at)) {
    throw conflict(`Step ${name} is processing in another attempt than the one that this call ends.`);
  }
  // The service's clock may run ahead of ours.
  const present = isBefore(isoTime(now), step.started_at) ? step.started_at : isoTime(now);
  const { completed_at = present } = call;
  if (isBefore(completed_at, step.started_at)) {
    throw new Refusal("invalid", "completed_at must not be before the step's started_at.", "completed_at");
  }
  return { ...step, status, message, completed_at };
}

function refuseWrongResult({ step, result_data }: StepEnd): void {
  if (step === lastStep && result_data === undefined) {
    throw new Refusal(
      "invalid",
      `result_data is missing: ${lastStep} completes the analysis.`,
      "result_data",
    );
  }
  if (step !== lastStep && result_data !== undefined) {
    throw new Refusal("invalid", `result_data comes with ${lastStep}, the last step.`, "result_data");
  }
}

/** The step's new state, and what follows from it. */
function withStep(
  { analysis_result }: AnalysisRequest,
  name: StepName,
  step: Step,
  result: string = analysis_result.result_data,
): Decision<AnalysisRequest> {
  const steps_status = { ...analysis_result.steps_status, [name]: step };
  return {
    analysis_result: { ...analysis_result, result_data: result, steps_status },
    overall_status: overallStatus(stepNames.map((each) => steps_status[each])),
  };
}

function overallStatus(steps: readonly Step[]): Status {
  if (steps.some(({ status }) => status === "failed")) return "failed";
  if (steps.every(({ status }) => status === "completed")) return "completed";
  return steps.every(({ status }) => status === "pending") ? "pending" : "processing";
}
