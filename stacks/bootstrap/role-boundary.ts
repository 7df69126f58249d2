/** The most that a role of the stacks can do, whatever its own policy says. */

import { catalogue } from "../../tables/catalogue";
import { tableName } from "../../tables/naming";
import { systems } from "../../tables/systems";
import type { Athena } from "../brand-processing/settings";
import { writeTraces } from "../constructs/policy-document";
import { deadLetterQueueName, functionLogGroup, perEnvironment, workflowName } from "../naming";
import { foreignNames, namePatterns, type ScopeProps } from "./scopes";
import type { PipelineStatement } from "./pipeline-statements";

/** A new kind of call by a function, a workflow or the agent belongs here, too: a test compares. */
export function boundaryStatements(props: ScopeProps): readonly PipelineStatement[] {
  const { environment, accountId } = props;
  const { name, region, brandProcessing } = environment;
  const arn = (service: string, resource: string) => `arn:aws:${service}:${region}:${accountId}:${resource}`;
  const patterns = namePatterns(environment);
  const tables = catalogue.map((spec) => arn("dynamodb", `table/${tableName(spec, name)}`));
  const workflows = systems.map((system) => workflowName(system, name));
  // It allows nothing of roles, and of log groups their streams alone.
  const foreign = foreignNames(props).filter((one) => !/:role\/|:log-group:[^:]*$/.test(one));
  return [
    allow(
      "UseItems",
      [
        "dynamodb:BatchGetItem",
        "dynamodb:ConditionCheckItem",
        "dynamodb:DeleteItem",
        "dynamodb:DescribeTable",
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:Query",
        "dynamodb:Scan",
        "dynamodb:UpdateItem",
      ],
      tables.flatMap((table) => [table, `${table}/index/*`]),
    ),
    {
      ...allow(
        "UseKeysThroughDynamoDb",
        [
          "kms:Decrypt",
          "kms:DescribeKey",
          "kms:Encrypt",
          "kms:GenerateDataKey",
          "kms:GenerateDataKeyWithoutPlaintext",
          "kms:ReEncryptFrom",
          "kms:ReEncryptTo",
        ],
        [arn("kms", "key/*")],
      ),
      Condition: { StringEquals: { "kms:ViaService": `dynamodb.${region}.amazonaws.com` } },
    },
    ...(brandProcessing.agentKeyArn
      ? [allow("UseTheAgentsKey", ["kms:Decrypt", "kms:GenerateDataKey"], [brandProcessing.agentKeyArn])]
      : []),
    allow(
      "CallEachOther",
      ["lambda:InvokeFunction"],
      patterns.functions.map((one) => arn("lambda", `function:${one}`)),
    ),
    allow(
      "RunWorkflows",
      ["states:DescribeExecution", "states:StartExecution"],
      workflows.flatMap((workflow) => [
        arn("states", `stateMachine:${workflow}`),
        arn("states", `execution:${workflow}:*`),
      ]),
    ),
    allow(
      "KeepDeadLetters",
      ["sqs:SendMessage"],
      [arn("sqs", deadLetterQueueName(perEnvironment("*", name)))],
    ),
    allow(
      "WriteLogs",
      ["logs:CreateLogStream", "logs:PutLogEvents"],
      patterns.functions.map((one) => arn("logs", `log-group:${functionLogGroup(one)}:*`)),
    ),
    // None of these has resources: see the policies of functions and workflows.
    allow(
      "ObserveItself",
      [
        ...writeTraces.Action,
        "logs:CreateLogDelivery",
        "logs:DeleteLogDelivery",
        "logs:DescribeLogGroups",
        "logs:DescribeResourcePolicies",
        "logs:GetLogDelivery",
        "logs:ListLogDeliveries",
        "logs:PutResourcePolicy",
        "logs:UpdateLogDelivery",
        "xray:GetSamplingRules",
        "xray:GetSamplingTargets",
      ],
      ["*"],
    ),
    // Which model it is stands in the role's own policy and changes with a setting; a model holds no data of ours.
    allow(
      "AskModels",
      [
        "bedrock:ApplyGuardrail",
        "bedrock:GetFoundationModel",
        "bedrock:GetInferenceProfile",
        "bedrock:InvokeModel",
        "bedrock:InvokeModelWithResponseStream",
      ],
      ["*"],
    ),
    ...(brandProcessing.athena ? populationStatements(brandProcessing.athena) : []),
    ...(foreign.length > 0
      ? [{ Sid: "LeaveOtherEnvironments", Effect: "Deny", Action: ["*"], Resource: foreign } as const]
      : []),
  ];
}

/** What the role of the population has in detail, in short: a boundary is one policy, and may not be long. */
function populationStatements({ output, data }: Athena): readonly PipelineStatement[] {
  const folders = [output, data].map((url) => `arn:aws:s3:::${url.slice("s3://".length)}`);
  const buckets = folders.map((folder) => folder.slice(0, folder.indexOf("/")));
  return [
    // Of the account's queries and catalogue; the data are what S3 lets it read.
    allow(
      "QueryAthena",
      [
        "athena:GetQueryExecution",
        "athena:GetQueryResults",
        "athena:StartQueryExecution",
        "athena:StopQueryExecution",
        "glue:GetDatabase",
        "glue:GetPartitions",
        "glue:GetTable",
      ],
      ["*"],
    ),
    allow("FindItsFolders", ["s3:GetBucketLocation", "s3:ListBucket"], [...new Set(buckets)]),
    allow(
      "UseItsFolders",
      ["s3:AbortMultipartUpload", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject"],
      folders.map((folder) => `${folder}*`),
    ),
  ];
}

const allow = (Sid: string, Action: readonly string[], Resource: readonly string[]): PipelineStatement => ({
  Sid,
  Effect: "Allow",
  Action,
  Resource,
});
