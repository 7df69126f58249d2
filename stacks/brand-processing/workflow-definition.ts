/** The workflow of one brand in Amazon States Language; its input is `{ brandid, attempt }`. */

export interface WorkflowFunctions {
  /** ARNs. */
  readonly steps: string;
  readonly generate: string;
}

/** Seconds. A model may take a minute; a step is one write. The sweeper waits longer than the whole. */
export const workflowSeconds = { step: 15, generate: 120, whole: 900 } as const;

/** Lambda's own passing errors (AWS: "Error handling in Step Functions", best practices for Lambda). */
const lambdaErrors = [
  "Lambda.ServiceException",
  "Lambda.AWSLambdaException",
  "Lambda.SdkClientException",
  "Lambda.Unknown",
  // The function's own time limit, as Lambda's runtimes name it.
  "Sandbox.Timedout",
];

/**
 * The functions have a reserved concurrency, and a hundred brands may start at once: those that find no place wait
 * two minutes in the mean, four at most.
 */
const busy = (...ErrorEquals: readonly string[]) =>
  backoff(2, 8, "Lambda.TooManyRequestsException", ...ErrorEquals);

const backoff = (IntervalSeconds: number, MaxAttempts: number, ...ErrorEquals: readonly string[]) => ({
  ErrorEquals,
  IntervalSeconds,
  MaxAttempts,
  BackoffRate: 2,
  MaxDelaySeconds: 60,
  JitterStrategy: "FULL",
});

const invoke = (FunctionName: string, Payload: object, TimeoutSeconds: number) => ({
  Type: "Task",
  Resource: "arn:aws:states:::lambda:invoke",
  Parameters: { FunctionName, Payload },
  TimeoutSeconds,
});

/** The brand and the execution, which each step checks against one another. */
const subject = { "brandid.$": "$.brandid", "attempt.$": "$.attempt", "execution.$": "$$.Execution.Id" };

/**
 * Claim, generate, complete; whatever fails after the claim is marked as failed. A claim that is refused ends
 * the execution: the brand is another one's.
 */
export function workflowDefinition({ steps, generate }: WorkflowFunctions): object {
  const step = (name: string, more: object = {}) => ({
    ...invoke(steps, { step: name, ...subject, ...more }, workflowSeconds.step),
    // A refusal is not repeated: it is an answer, or is named Refusal.
    Retry: [
      busy(),
      backoff(1, 5, "States.Timeout", "Contended", "Throttled", "TableUnavailable", ...lambdaErrors),
    ],
  });
  const failed = { Catch: [{ ErrorEquals: ["States.ALL"], ResultPath: "$.error", Next: "Fail" }] };
  return {
    Comment: "Generates the metadata of one brand",
    StartAt: "Claim",
    TimeoutSeconds: workflowSeconds.whole,
    States: {
      Claim: {
        ...step("claim"),
        ...failed,
        ResultSelector: { "claimed.$": "$.Payload.claimed", "brand.$": "$.Payload.brand" },
        ResultPath: "$.claim",
        Next: "IsClaimed",
      },
      IsClaimed: {
        Type: "Choice",
        Choices: [{ Variable: "$.claim.claimed", BooleanEquals: true, Next: "Generate" }],
        Default: "NotClaimed",
      },
      NotClaimed: { Type: "Succeed", Comment: "Another execution has the brand, or it is done" },
      Generate: {
        ...invoke(generate, { "brand.$": "$.claim.brand" }, workflowSeconds.generate),
        Retry: [
          busy("ModelThrottled"),
          backoff(2, 4, "States.Timeout", "ModelUnavailable", ...lambdaErrors),
          // A model may answer better when it is asked again.
          backoff(1, 1, "AnswerRefused"),
        ],
        ...failed,
        ResultSelector: { "metadata.$": "$.Payload" },
        ResultPath: "$.generated",
        Next: "Complete",
      },
      Complete: {
        ...step("complete", { "metadata.$": "$.generated.metadata" }),
        ...failed,
        ResultPath: null,
        Next: "Completed",
      },
      Completed: { Type: "Succeed" },
      Fail: {
        ...step("fail", { "error.$": "$.error" }),
        ResultPath: null,
        Next: "Failed",
      },
      Failed: { Type: "Fail", ErrorPath: "$.error.Error", CausePath: "$.error.Cause" },
    },
  };
}
