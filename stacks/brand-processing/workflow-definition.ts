/** The workflow of one brand in Amazon States Language; its input is `{ brandid, attempt }`. */

export interface WorkflowFunctions {
  /** ARNs. */
  readonly steps: string;
  readonly generate: string;
}

/**
 * Seconds. A model may take a minute; a step is one write. The whole holds what its parts can take (times.ts), and
 * the sweeper waits longer than it.
 */
export const workflowSeconds = { step: 15, generate: 120, whole: 7_200 } as const;

/** Lambda's own passing errors (AWS: "Error handling in Step Functions", best practices for Lambda). */
const lambdaErrors = [
  "Lambda.ServiceException",
  "Lambda.AWSLambdaException",
  "Lambda.SdkClientException",
  "Lambda.Unknown",
  // The function's own time limit, as Lambda's runtimes name it.
  "Sandbox.Timedout",
];

interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds: number;
  readonly MaxAttempts: number;
  readonly BackoffRate: 2;
  readonly MaxDelaySeconds: number;
  readonly JitterStrategy: "FULL";
}

const backoff = (IntervalSeconds: number, MaxAttempts: number, MaxDelaySeconds: number) => ({
  for: (...ErrorEquals: readonly string[]): Retrier => ({
    ErrorEquals,
    IntervalSeconds,
    MaxAttempts,
    BackoffRate: 2,
    MaxDelaySeconds,
    JitterStrategy: "FULL",
  }),
});

const noPlace = "Lambda.TooManyRequestsException";

/**
 * The functions have a reserved concurrency, and hundreds of brands may start at once: those that find no place wait
 * for one, half a minute a try in the mean. A try costs a state transition and nothing else
 * (docs/adr/0011-brands-in-bulk.md).
 */
const busy = (tries: number, ...errors: readonly string[]) => backoff(2, tries, 60).for(noPlace, ...errors);

/** A refusal is not repeated: it is an answer, or is named Refusal. A step holds its place for a moment only. */
const stepRetriers: readonly Retrier[] = [
  busy(10),
  backoff(1, 5, 60).for("States.Timeout", "Contended", "Throttled", "TableUnavailable", ...lambdaErrors),
];

const generateRetriers: readonly Retrier[] = [
  busy(60, "ModelThrottled"),
  // Four minutes in the mean: Bedrock may be away for a while.
  backoff(5, 8, 120).for("ModelUnavailable"),
  backoff(2, 4, 60).for("States.Timeout", ...lambdaErrors),
  // A model may answer better when it is asked again.
  backoff(1, 1, 60).for("AnswerRefused"),
];

/**
 * Seconds that a task takes when all its retriers are used up, each wait is the longest and each call takes all its
 * time; one that finds no place, or that Bedrock turns away, takes none.
 */
function longest(retriers: readonly Retrier[], timeout: number): number {
  const waits = retriers.flatMap(({ IntervalSeconds, MaxAttempts, BackoffRate, MaxDelaySeconds }) =>
    Array.from({ length: MaxAttempts }, (_, index) =>
      Math.min(MaxDelaySeconds, IntervalSeconds * BackoffRate ** index),
    ),
  );
  const calls = retriers
    .filter(({ ErrorEquals }) => !ErrorEquals.includes(noPlace))
    .reduce((sum, { MaxAttempts }) => sum + MaxAttempts, 1);
  return waits.reduce((sum, wait) => sum + wait, calls * timeout);
}

/** Seconds that the parts of an execution can take: three steps (claim, complete, fail) and the generation. */
export const longestSeconds =
  3 * longest(stepRetriers, workflowSeconds.step) + longest(generateRetriers, workflowSeconds.generate);

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
    Retry: stepRetriers,
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
        Retry: generateRetriers,
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
      // An error output always has its name; that of a task that timed out may have no cause.
      Failed: { Type: "Fail", ErrorPath: "$.error.Error", Cause: "The brand's last_error tells the cause." },
    },
  };
}
