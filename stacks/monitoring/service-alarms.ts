/** The alarms of a system's API and of its workflow. */

import { sumOf, type AlarmSpec, type Metric } from "./alarm-spec";

/** @param apiId AWS gives it: a reference to the resource. */
export const apiAlarms = (name: string, apiId: string): readonly AlarmSpec[] => [
  {
    subject: "api",
    kind: "5xx",
    tells: `The HTTP API ${name} answers with 5xx.`,
    because:
      "callers repeat a single one, and DynamoDB's throttling is answered with 429; five are more than one caller's " +
      "repeats of one call.",
    measure: {
      kind: "metric",
      metric: {
        namespace: "AWS/ApiGateway",
        name: "5xx",
        dimensions: { ApiId: apiId },
        statistic: "Sum",
      },
    },
    threshold: 5,
    limit: "5 or more",
    window: { period: 300, breaching: 1, of: 1 },
    runbook: { page: "failing-functions", heading: "The API answers 5xx" },
  },
];

/** @param arn of the state machine: a reference to the resource. */
export const workflowAlarms = (name: string, arn: string): readonly AlarmSpec[] => [
  {
    subject: "executions",
    kind: "failed",
    tells: `Executions of the workflow ${name} fail or time out.`,
    because:
      "one fails only when all repeats are used up, and what it was for stays undone until somebody starts it again.",
    measure: {
      kind: "expression",
      expression: sumOf(["failed", "timedOut"]),
      metrics: { failed: states("ExecutionsFailed", arn), timedOut: states("ExecutionsTimedOut", arn) },
    },
    threshold: 1,
    limit: "1 or more",
    // One mail for the brands of one batch.
    window: { period: 900, breaching: 1, of: 1 },
    runbook: { page: "failing-functions", heading: "Executions fail" },
  },
];

const states = (name: string, StateMachineArn: string): Metric => ({
  namespace: "AWS/States",
  name,
  dimensions: { StateMachineArn },
  statistic: "Sum",
});
