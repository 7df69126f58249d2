/**
 * What the pipeline calls for each type of resource in the ten stacks, as the provider 5.100 does: a type that is
 * not here fails a test. Actions and what they can be limited to: AWS, "Service Authorization Reference".
 */

import type { ScopeName } from "./scopes";

export interface ScopedActions {
  readonly on: ScopeName;
  readonly actions: readonly `${string}:${string}`[];
}

export interface ResourceActions {
  /** For a refresh: the plan role has these alone. */
  readonly read: readonly ScopedActions[];
  readonly write: readonly ScopedActions[];
  /** Loses what cannot be made again. Nobody but a person does it where the environment is protected. */
  readonly loseData?: readonly ScopedActions[];
}

const on = (scope: ScopeName, ...actions: ScopedActions["actions"]): ScopedActions => ({
  on: scope,
  actions,
});

/** HTTP methods are the actions of API Gateway. */
const apiPart: ResourceActions = {
  read: [on("apis", "apigateway:GET")],
  write: [on("apis", "apigateway:DELETE", "apigateway:PATCH", "apigateway:POST", "apigateway:PUT")],
};

const agentPart: ResourceActions = {
  read: [
    on(
      "agents",
      "bedrock:GetAgent",
      "bedrock:GetAgentActionGroup",
      "bedrock:GetAgentAlias",
      "bedrock:GetAgentVersion",
      "bedrock:ListAgentActionGroups",
      "bedrock:ListAgentAliases",
      "bedrock:ListAgentCollaborators",
      "bedrock:ListAgentKnowledgeBases",
      "bedrock:ListAgentVersions",
      "bedrock:ListTagsForResource",
    ),
  ],
  write: [
    on("newAgent", "bedrock:CreateAgent", "bedrock:TagResource"),
    on(
      "taggedAgents",
      "bedrock:CreateAgentActionGroup",
      "bedrock:CreateAgentAlias",
      "bedrock:DeleteAgent",
      "bedrock:DeleteAgentActionGroup",
      "bedrock:DeleteAgentAlias",
      "bedrock:DeleteAgentVersion",
      "bedrock:PrepareAgent",
      "bedrock:UntagResource",
      "bedrock:UpdateAgent",
      "bedrock:UpdateAgentActionGroup",
      "bedrock:UpdateAgentAlias",
    ),
  ],
};

export const resourceActions: Readonly<Record<string, ResourceActions>> = {
  aws_apigatewayv2_api: apiPart,
  aws_apigatewayv2_authorizer: apiPart,
  aws_apigatewayv2_integration: apiPart,
  aws_apigatewayv2_route: apiPart,
  aws_apigatewayv2_stage: {
    read: apiPart.read,
    write: [
      ...apiPart.write,
      // Access logs are delivered on behalf of who sets them up (AWS: "Enable logging from AWS services").
      on(
        "logDelivery",
        "logs:CreateLogDelivery",
        "logs:DeleteLogDelivery",
        "logs:DescribeResourcePolicies",
        "logs:GetLogDelivery",
        "logs:ListLogDeliveries",
        "logs:PutResourcePolicy",
        "logs:UpdateLogDelivery",
      ),
      on("linkedRoles", "iam:CreateServiceLinkedRole"),
    ],
  },
  aws_appautoscaling_policy: {
    read: [on("anyScaling", "application-autoscaling:DescribeScalingPolicies")],
    write: [
      on(
        "scaling",
        "application-autoscaling:DeleteScalingPolicy",
        "application-autoscaling:PutScalingPolicy",
      ),
      // A policy keeps its alarms with the rights of who writes it.
      on(
        "scalingAlarms",
        "cloudwatch:DeleteAlarms",
        "cloudwatch:DescribeAlarms",
        "cloudwatch:PutMetricAlarm",
      ),
    ],
  },
  aws_appautoscaling_target: {
    read: [
      on("anyScaling", "application-autoscaling:DescribeScalableTargets"),
      on("scalingTags", "application-autoscaling:ListTagsForResource"),
    ],
    write: [
      on(
        "scaling",
        "application-autoscaling:DeregisterScalableTarget",
        "application-autoscaling:RegisterScalableTarget",
      ),
      on("scalingTags", "application-autoscaling:TagResource", "application-autoscaling:UntagResource"),
      on("linkedRoles", "iam:CreateServiceLinkedRole"),
    ],
  },
  aws_bedrockagent_agent: agentPart,
  aws_bedrockagent_agent_action_group: agentPart,
  aws_bedrockagent_agent_alias: agentPart,
  aws_cloudwatch_log_group: {
    read: [
      on("anyLogGroup", "logs:DescribeLogGroups"),
      on("logGroups", "logs:ListTagsForResource", "logs:ListTagsLogGroup"),
    ],
    write: [
      on(
        "logGroups",
        "logs:CreateLogGroup",
        "logs:DeleteLogGroup",
        "logs:DeleteRetentionPolicy",
        "logs:PutRetentionPolicy",
        "logs:TagResource",
        "logs:UntagResource",
      ),
    ],
  },
  aws_dynamodb_table: {
    read: [
      on(
        "tables",
        "dynamodb:DescribeContinuousBackups",
        "dynamodb:DescribeTable",
        "dynamodb:DescribeTimeToLive",
        "dynamodb:ListTagsOfResource",
      ),
    ],
    write: [
      on(
        "tables",
        "dynamodb:CreateTable",
        "dynamodb:TagResource",
        "dynamodb:UntagResource",
        "dynamodb:UpdateContinuousBackups",
        "dynamodb:UpdateTable",
        "dynamodb:UpdateTimeToLive",
      ),
      // Who makes an encrypted table uses its key (DynamoDB: "Using IAM with customer managed keys").
      on(
        "keysThroughDynamoDb",
        "kms:CreateGrant",
        "kms:Decrypt",
        "kms:DescribeKey",
        "kms:Encrypt",
        "kms:GenerateDataKey",
        "kms:GenerateDataKeyWithoutPlaintext",
        "kms:ReEncryptFrom",
        "kms:ReEncryptTo",
      ),
    ],
    loseData: [on("tables", "dynamodb:DeleteTable")],
  },
  aws_iam_policy: {
    read: [
      on(
        "accessPolicies",
        "iam:GetPolicy",
        "iam:GetPolicyVersion",
        "iam:ListPolicyTags",
        "iam:ListPolicyVersions",
      ),
    ],
    write: [
      on(
        "accessPolicies",
        "iam:CreatePolicy",
        "iam:CreatePolicyVersion",
        "iam:DeletePolicy",
        "iam:DeletePolicyVersion",
        "iam:TagPolicy",
        "iam:UntagPolicy",
      ),
    ],
  },
  aws_iam_role: {
    read: [
      on(
        "serviceRoles",
        "iam:GetRole",
        "iam:ListAttachedRolePolicies",
        "iam:ListInstanceProfilesForRole",
        "iam:ListRolePolicies",
        "iam:ListRoleTags",
      ),
    ],
    write: [
      on("boundedRoles", "iam:CreateRole", "iam:PutRolePermissionsBoundary"),
      on(
        "serviceRoles",
        "iam:DeleteRole",
        "iam:TagRole",
        "iam:UntagRole",
        "iam:UpdateAssumeRolePolicy",
        "iam:UpdateRole",
        "iam:UpdateRoleDescription",
      ),
      on("passedRoles", "iam:PassRole"),
    ],
  },
  aws_iam_role_policy: {
    read: [on("serviceRoles", "iam:GetRolePolicy")],
    write: [on("boundedRoles", "iam:DeleteRolePolicy", "iam:PutRolePolicy")],
  },
  aws_iam_role_policy_attachment: {
    read: [on("consumersRoles", "iam:ListAttachedRolePolicies")],
    write: [on("attachments", "iam:AttachRolePolicy", "iam:DetachRolePolicy")],
  },
  aws_kms_alias: {
    read: [on("anyAlias", "kms:ListAliases")],
    write: [
      on("aliases", "kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias"),
      on("taggedKeys", "kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias"),
    ],
  },
  aws_kms_key: {
    read: [
      on("keys", "kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListResourceTags"),
    ],
    write: [
      on("newKey", "kms:CreateKey", "kms:TagResource"),
      on(
        "taggedKeys",
        "kms:DisableKeyRotation",
        "kms:EnableKey",
        "kms:EnableKeyRotation",
        "kms:PutKeyPolicy",
        "kms:UntagResource",
        "kms:UpdateKeyDescription",
      ),
    ],
    loseData: [on("taggedKeys", "kms:DisableKey", "kms:ScheduleKeyDeletion")],
  },
  aws_lambda_function: {
    read: [
      on(
        "functions",
        "lambda:GetFunction",
        "lambda:GetFunctionCodeSigningConfig",
        "lambda:GetFunctionConcurrency",
        "lambda:GetFunctionConfiguration",
        "lambda:ListTags",
        "lambda:ListVersionsByFunction",
      ),
    ],
    write: [
      on(
        "functions",
        "lambda:CreateFunction",
        "lambda:DeleteFunction",
        "lambda:DeleteFunctionConcurrency",
        "lambda:PutFunctionConcurrency",
        "lambda:TagResource",
        "lambda:UntagResource",
        "lambda:UpdateFunctionCode",
        "lambda:UpdateFunctionConfiguration",
      ),
    ],
  },
  aws_lambda_function_event_invoke_config: {
    read: [on("functions", "lambda:GetFunctionEventInvokeConfig")],
    write: [
      on(
        "functions",
        "lambda:DeleteFunctionEventInvokeConfig",
        "lambda:PutFunctionEventInvokeConfig",
        "lambda:UpdateFunctionEventInvokeConfig",
      ),
    ],
  },
  aws_lambda_permission: {
    read: [on("functions", "lambda:GetPolicy")],
    write: [on("functions", "lambda:AddPermission", "lambda:RemovePermission")],
  },
  aws_scheduler_schedule: {
    read: [on("schedules", "scheduler:GetSchedule")],
    write: [
      on("schedules", "scheduler:CreateSchedule", "scheduler:DeleteSchedule", "scheduler:UpdateSchedule"),
    ],
  },
  aws_scheduler_schedule_group: {
    read: [on("schedules", "scheduler:GetScheduleGroup", "scheduler:ListTagsForResource")],
    write: [
      on(
        "schedules",
        "scheduler:CreateScheduleGroup",
        "scheduler:DeleteScheduleGroup",
        "scheduler:TagResource",
        "scheduler:UntagResource",
      ),
    ],
  },
  aws_sfn_state_machine: {
    read: [
      on(
        "workflows",
        "states:DescribeStateMachine",
        "states:ListStateMachineVersions",
        "states:ListTagsForResource",
      ),
      on("anyDefinition", "states:ValidateStateMachineDefinition"),
    ],
    write: [
      on(
        "workflows",
        "states:CreateStateMachine",
        "states:DeleteStateMachine",
        "states:TagResource",
        "states:UntagResource",
        "states:UpdateStateMachine",
      ),
    ],
  },
  aws_sqs_queue: {
    read: [on("queues", "sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ListQueueTags")],
    write: [
      on(
        "queues",
        "sqs:CreateQueue",
        "sqs:DeleteQueue",
        "sqs:SetQueueAttributes",
        "sqs:TagQueue",
        "sqs:UntagQueue",
      ),
    ],
  },
};
