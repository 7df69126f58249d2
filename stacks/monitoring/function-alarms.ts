/** The alarms of a Lambda, of its dead letters among them. */

import type { AlarmSpec, Metric, RunbookSection } from "./alarm-spec";

export interface WatchedFunction {
  readonly id: string;
  /** The function's name in AWS. */
  readonly name: string;
  /** Seconds. */
  readonly timeout: number;
  readonly runs: FunctionRuns;
  /** Name of the queue of what failed for good; a function that callers wait for has none. */
  readonly deadLetters?: string;
}

/**
 * What is normal differs. `requests`: each is somebody's, and errors and refusals are not part of an answer.
 * `workflow`: a step that the workflow repeats by named errors, and that waits for its place by being refused one.
 * `alone`: one run at a time by a schedule, which stops itself before its time is over; the next run goes on.
 */
export type FunctionRuns = "requests" | "workflow" | "alone";

/** Share of its time that a function may need. */
const timeShare = 0.8;

export function functionAlarms(watched: WatchedFunction): readonly AlarmSpec[] {
  return [
    errors(watched),
    throttles(watched),
    ...(watched.runs === "alone" ? [] : [duration(watched)]),
    ...(watched.deadLetters === undefined ? [] : deadLetterAlarms(watched, watched.deadLetters)),
  ];
}

function errors({ id, name, runs }: WatchedFunction): AlarmSpec {
  const alarm = {
    subject: id,
    kind: "errors",
    tells: `The function ${name} fails.`,
    runbook: section("A function fails"),
  } as const;
  const measure = { kind: "metric", metric: lambda("Errors", name) } as const;
  switch (runs) {
    case "requests":
      return {
        ...alarm,
        because:
          "refusals and DynamoDB's throttling are answers, so that each error is a crash or a timeout; an " +
          "asynchronous call that fails for good makes three.",
        measure,
        threshold: 3,
        limit: "3 or more",
        window: { period: 300, breaching: 1, of: 1 },
      };
    case "workflow":
      return {
        ...alarm,
        because:
          "the workflow repeats a step for half an hour, and throttling of a model is an error; when most calls fail " +
          "for longer, executions do.",
        measure: {
          kind: "expression",
          expression: "100 * errors / invocations",
          metrics: { errors: lambda("Errors", name), invocations: lambda("Invocations", name) },
        },
        threshold: 50,
        limit: "50 % or more of the invocations",
        window: { period: 300, breaching: 6, of: 6 },
      };
    case "alone":
      return {
        ...alarm,
        because: "the next run makes up for one that fails; three in half an hour do not pass by themselves.",
        measure,
        threshold: 1,
        limit: "1 or more",
        window: { period: 300, breaching: 3, of: 6 },
      };
  }
}

function throttles({ id, name, runs }: WatchedFunction): AlarmSpec {
  const { because, window } = throttling[runs];
  return {
    subject: id,
    kind: "throttles",
    tells: `Lambda refuses to run the function ${name}: its places, or the account's, are taken.`,
    because,
    measure: { kind: "metric", metric: lambda("Throttles", name) },
    threshold: 1,
    limit: "1 or more",
    window,
    runbook: section("A function finds no place"),
  };
}

const throttling: Readonly<Record<FunctionRuns, Pick<AlarmSpec, "because" | "window">>> = {
  requests: {
    because:
      "the API lets no more through than there are places, and callers repeat what met a peak; three minutes of " +
      "five are no peak.",
    window: { period: 60, breaching: 3, of: 5 },
  },
  workflow: {
    because:
      "hundreds of brands wait for a place by being refused one, up to half an hour; who waits longer fails.",
    window: { period: 300, breaching: 6, of: 6 },
  },
  alone: {
    because:
      "a run that meets the one before is refused once or twice; for a quarter of an hour, nothing runs at all.",
    window: { period: 300, breaching: 3, of: 3 },
  },
};

const duration = ({ id, name, timeout }: WatchedFunction): AlarmSpec => ({
  subject: id,
  kind: "duration",
  tells: `The slowest calls of the function ${name} need almost all of its ${timeout} seconds.`,
  because: "above that, the next slow call is cut off and has to be repeated; cold starts stay far below.",
  measure: { kind: "metric", metric: { ...lambda("Duration", name), statistic: "p99" } },
  // Milliseconds, as Lambda measures.
  threshold: Math.round(timeout * 1_000 * timeShare),
  limit: "80 % or more of its timeout at p99",
  window: { period: 300, breaching: 3, of: 3 },
  runbook: section("A function needs almost all its time"),
});

const deadLetterAlarms = ({ id, name }: WatchedFunction, queue: string): readonly AlarmSpec[] => [
  {
    subject: id,
    kind: "dead-letters",
    tells: `Calls of the function ${name} have failed for good and lie in ${queue}.`,
    because: "each is somebody's event that nothing will repeat, and it is gone after 14 days.",
    measure: {
      kind: "metric",
      metric: {
        namespace: "AWS/SQS",
        name: "ApproximateNumberOfMessagesVisible",
        dimensions: { QueueName: queue },
        statistic: "Maximum",
      },
    },
    threshold: 1,
    limit: "1 or more",
    window: { period: 300, breaching: 1, of: 1 },
    runbook: section("Dead letters"),
  },
  {
    subject: id,
    kind: "dead-letter-errors",
    tells: `Lambda could not put a failed call of the function ${name} into ${queue}.`,
    because: "the event is lost: nothing has it any more.",
    measure: { kind: "metric", metric: lambda("DeadLetterErrors", name) },
    threshold: 1,
    limit: "1 or more",
    window: { period: 300, breaching: 1, of: 1 },
    runbook: section("Dead letters that are lost"),
  },
];

const section = (heading: string): RunbookSection => ({ page: "failing-functions", heading });

const lambda = (name: string, FunctionName: string): Metric => ({
  namespace: "AWS/Lambda",
  name,
  dimensions: { FunctionName },
  statistic: "Sum",
});
