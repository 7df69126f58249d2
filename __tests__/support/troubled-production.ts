/** A production on a local AWS in which everything has gone wrong that the alarms' runbooks are about. */

import {
  ApplicationAutoScalingClient,
  RegisterScalableTargetCommand,
} from "@aws-sdk/client-application-auto-scaling";
import {
  CloudWatchClient,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
  SetAlarmStateCommand,
} from "@aws-sdk/client-cloudwatch";
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { CreateFunctionCommand, LambdaClient, PutFunctionConcurrencyCommand } from "@aws-sdk/client-lambda";
import { CreateStateMachineCommand, SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { CreateQueueCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";
import { readFileSync } from "node:fs";
import { awsConfiguration } from "../../scripts/lib/aws";
import { createTableInput } from "../../scripts/local/dynamodb-emulator";
import { startLocalAws, type LocalAws } from "../../scripts/local/local-aws";
import { bundleFunction } from "../../stacks/constructs/function-bundle";
import { loadEnvironments } from "../../stacks/environments";
import { agentProfiles } from "../../tables/agent-profiles";
import { brandProcessingStatus } from "../../tables/brand-processing-status";
import { tradeProcessingStatus } from "../../tables/trade-processing-status";
import { metricsOfAlarm } from "./alarm-state";
import { alarmIn } from "./alarms";
import { cleanVariables } from "./scripts";

const account = "123456789012";
export const arn = (service: string, name: string) => `arn:aws:${service}:us-east-1:${account}:${name}`;
const role = `arn:aws:iam::${account}:role/trade-status-write`;
const writer = "trade-status-write";
export const letters = `${writer}-dead-letters`;
export const statuses = "ai-trade-matching-processing-status";
const brands = "brand_processing_status_prod";

export interface TroubledProduction {
  readonly variables: NodeJS.ProcessEnv;
  readonly documents: DynamoDBDocumentClient;
  readonly sqs: SQSClient;
  /** Of the dead letters. */
  readonly queueUrl: string;
  stop(): Promise<void>;
}

export async function troubledProduction(): Promise<TroubledProduction> {
  const aws = await startLocalAws({ variables: cleanVariables() });
  const variables = cleanVariables(aws.variables);
  const configuration = awsConfiguration(loadEnvironments({}).prod, {}, variables);
  const clients = {
    autoscaling: new ApplicationAutoScalingClient(configuration),
    cloudwatch: new CloudWatchClient(configuration),
    dynamodb: new DynamoDBClient(configuration),
    iam: new IAMClient(configuration),
    lambda: new LambdaClient(configuration),
    sqs: new SQSClient(configuration),
    states: new SFNClient(configuration),
  };
  const documents = DynamoDBDocumentClient.from(clients.dynamodb);
  await makeTables(clients.dynamodb, documents);
  await clients.autoscaling.send(
    new RegisterScalableTargetCommand({
      ServiceNamespace: "dynamodb",
      ResourceId: "table/agent-profiles",
      ScalableDimension: "dynamodb:table:ReadCapacityUnits",
      MinCapacity: 10,
      MaxCapacity: 100,
    }),
  );
  await publish(clients.cloudwatch);
  const queueUrl = await makeWriter(clients.lambda, clients.iam, clients.sqs);
  await failAnExecution(clients.states);
  await log(aws, `/aws/lambda/${writer}`, '{"level":"ERROR","message":"The call failed."}');
  await log(aws, "/aws/vendedlogs/apigateway/trade-status", '{"route":"POST /status","status":"503"}');
  return {
    variables,
    documents,
    sqs: clients.sqs,
    queueUrl,
    async stop() {
      for (const client of Object.values(clients)) client.destroy();
      await aws.stop();
    },
  };
}

async function makeTables(dynamodb: DynamoDBClient, documents: DynamoDBDocumentClient): Promise<void> {
  const units = (both: number) => ({
    ProvisionedThroughput: { ReadCapacityUnits: both, WriteCapacityUnits: both },
  });
  const profiles = createTableInput(agentProfiles, "prod");
  await dynamodb.send(
    new CreateTableCommand({
      ...profiles,
      BillingMode: "PROVISIONED",
      ...units(10),
      GlobalSecondaryIndexes: profiles.GlobalSecondaryIndexes?.map((index) => ({ ...index, ...units(5) })),
    }),
  );
  for (const spec of [brandProcessingStatus, tradeProcessingStatus])
    await dynamodb.send(new CreateTableCommand(createTableInput(spec, "prod")));
  const failed = { ...brandProcessingStatus.example, status: "failed", last_error: "AnswerRefused: no JSON" };
  await documents.send(new PutCommand({ TableName: brands, Item: failed }));
}

/** Refused reads of an index, the alarm about them, and what else the pages ask for. */
async function publish(cloudwatch: CloudWatchClient): Promise<void> {
  const index = [
    { Name: "TableName", Value: "agent-profiles" },
    { Name: "GlobalSecondaryIndexName", Value: "job-index" },
  ];
  const ofWriter = [{ Name: "FunctionName", Value: writer }];
  const ofTable = (Operation: string) => [
    { Name: "TableName", Value: statuses },
    { Name: "Operation", Value: Operation },
  ];
  const metrics = [
    ["AWS/DynamoDB", "ReadKeyRangeThroughputThrottleEvents", index, 12],
    ["AWS/Lambda", "ConcurrentExecutions", ofWriter, 20],
    ["AWS/Lambda", "Duration", ofWriter, 9_400],
    ["AWS/DynamoDB", "SuccessfulRequestLatency", ofTable("UpdateItem"), 850],
    ["AWS/DynamoDB", "SystemErrors", ofTable("PutItem"), 7],
  ] as const;
  for (const [Namespace, MetricName, Dimensions, Value] of metrics) {
    const Timestamp = new Date(Date.now() - 60_000);
    const MetricData = [{ MetricName, Dimensions: [...Dimensions], Value, Timestamp }];
    await cloudwatch.send(new PutMetricDataCommand({ Namespace, MetricData }));
  }
  const alarm = alarmIn("agent-matching-tables-prod", "agent-profiles-job-index__throttles");
  const AlarmName = alarm["alarm_name"] as string;
  await cloudwatch.send(
    new PutMetricAlarmCommand({
      AlarmName,
      ComparisonOperator: "GreaterThanOrEqualToThreshold",
      EvaluationPeriods: alarm["evaluation_periods"] as number,
      Threshold: alarm["threshold"] as number,
      Metrics: metricsOfAlarm(alarm).map(({ id, namespace, name, dimensions, stat, period }) => ({
        Id: id,
        MetricStat: {
          Metric: {
            Namespace: namespace,
            MetricName: name,
            Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
          },
          Stat: stat,
          Period: period,
        },
      })),
    }),
  );
  const [StateValue, StateReason] = ["ALARM", "5 of 10 datapoints reached 1"] as const;
  await cloudwatch.send(new SetAlarmStateCommand({ AlarmName, StateValue, StateReason }));
}

/** The real one, with one event that it has not managed. */
async function makeWriter(lambda: LambdaClient, iam: IAMClient, sqs: SQSClient): Promise<string> {
  const RoleName = writer;
  const keepDeadLetters = { Sid: "KeepDeadLetters", Effect: "Allow", Resource: [arn("sqs", letters)] };
  await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: "{}" }));
  await iam.send(
    new PutRolePolicyCommand({
      RoleName,
      PolicyName: "grants",
      PolicyDocument: JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ ...keepDeadLetters, Action: ["sqs:SendMessage"] }],
      }),
    }),
  );
  const { QueueUrl = "" } = await sqs.send(new CreateQueueCommand({ QueueName: letters }));
  await sqs.send(
    new SendMessageCommand({
      QueueUrl,
      MessageBody: JSON.stringify({ call: "startSession", sessionId: "session-1", correlationId: "corr-1" }),
      MessageAttributes: {
        RequestID: { DataType: "String", StringValue: "7c1d" },
        ErrorMessage: { DataType: "String", StringValue: "The call failed." },
      },
    }),
  );
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: writer,
      Role: role,
      Runtime: "nodejs22.x",
      Handler: "index.handler",
      Code: { ZipFile: readFileSync(bundleFunction("functions/trade-status/write.ts").path) },
      Environment: { Variables: { DYNAMODB_TABLE_NAME: statuses } },
      DeadLetterConfig: { TargetArn: arn("sqs", letters) },
      Timeout: 10,
    }),
  );
  const reserved = { FunctionName: writer, ReservedConcurrentExecutions: 20 };
  await lambda.send(new PutFunctionConcurrencyCommand(reserved));
  return QueueUrl;
}

async function failAnExecution(states: SFNClient): Promise<void> {
  const Failed = { Type: "Fail", Error: "AnswerRefused", Cause: "The brand's last_error tells the cause." };
  const { stateMachineArn } = await states.send(
    new CreateStateMachineCommand({
      name: "brand-processing",
      roleArn: `arn:aws:iam::${account}:role/brand-processing`,
      definition: JSON.stringify({ StartAt: "Failed", States: { Failed } }),
    }),
  );
  await states.send(new StartExecutionCommand({ stateMachineArn, name: "brand-12345-1" }));
}

/** The SDK has no client for logs here. */
async function log(aws: LocalAws, logGroupName: string, message: string): Promise<void> {
  const ask = async (operation: string, body: object) => {
    const headers = {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `Logs_20140328.${operation}`,
      authorization: "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/logs/aws4_request",
    };
    await fetch(aws.endpoint, { method: "POST", headers, body: JSON.stringify({ logGroupName, ...body }) });
  };
  await ask("CreateLogGroup", {});
  await ask("CreateLogStream", { logStreamName: "one" });
  await ask("PutLogEvents", { logStreamName: "one", logEvents: [{ timestamp: Date.now(), message }] });
}
