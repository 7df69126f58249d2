/** What the functions of brand processing call besides DynamoDB: answered at once and always alike. */

import { brandColumns } from "../../../functions/brand-processing/brand-row";
import { jsonReply, type AwsCall, type Repair } from "../../local/repairs/repair";

type Answers = Readonly<Record<string, (input: Readonly<Record<string, string>>) => object>>;

/** Answers the operations of one service that are given. */
const service =
  (name: string, answers: Answers): Repair =>
  ({ target, body }: AwsCall) => {
    const [of, operation = ""] = target.split(".");
    const answer = of === name ? answers[operation] : undefined;
    if (answer === undefined) return undefined;
    return Promise.resolve(jsonReply(answer(JSON.parse(body.toString()) as Record<string, string>)));
  };

/** Every execution that is asked for runs; nothing does what it would. */
export const runningExecutions = service("AWSStepFunctions", {
  StartExecution: ({ stateMachineArn = "", name = "" }) => ({
    executionArn: executionArn(stateMachineArn, name),
    startDate: 1,
  }),
  DescribeExecution: ({ executionArn: arn = "" }) => ({
    executionArn: arn,
    stateMachineArn: arn,
    status: "RUNNING",
    startDate: 1,
  }),
});

export const executionArn = (stateMachineArn: string, name: string): string =>
  `${stateMachineArn.replace(":stateMachine:", ":execution:")}:${name}`;

/** Every query has succeeded, with these rows. */
export function athenaWith(rows: readonly (readonly string[])[]): Repair {
  const Rows = [brandColumns, ...rows].map((row) => ({ Data: row.map((text) => ({ VarCharValue: text })) }));
  const ColumnInfo = brandColumns.map((name) => ({ Name: name, Type: "varchar" }));
  return service("AmazonAthena", {
    StartQueryExecution: () => ({ QueryExecutionId: "00000000-0000-4000-8000-000000000000" }),
    GetQueryExecution: () => ({ QueryExecution: { Status: { State: "SUCCEEDED" } } }),
    GetQueryResults: () => ({ ResultSet: { Rows, ResultSetMetadata: { ColumnInfo } } }),
  });
}
