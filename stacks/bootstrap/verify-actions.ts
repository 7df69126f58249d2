/** What `npm run verify` calls: a test records its calls and compares. It reads configuration, and no item. */

import { on, type ScopedActions } from "./scoped-actions";

/** `sts:GetCallerIdentity`, with which it makes sure of the account, needs no permission. */
export const verifyActions: readonly ScopedActions[] = [
  on(
    "tables",
    "dynamodb:DescribeContinuousBackups",
    "dynamodb:DescribeContributorInsights",
    "dynamodb:DescribeKinesisStreamingDestination",
    "dynamodb:DescribeTable",
    "dynamodb:DescribeTimeToLive",
    "dynamodb:GetResourcePolicy",
    "dynamodb:ListTagsOfResource",
  ),
  // Any key: that a table is encrypted with another one than it should be is what is looked for.
  on("keys", "kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus"),
  on(
    "anyScaling",
    "application-autoscaling:DescribeScalableTargets",
    "application-autoscaling:DescribeScalingPolicies",
    "application-autoscaling:DescribeScheduledActions",
  ),
  on(
    "functions",
    "lambda:GetFunctionConcurrency",
    "lambda:GetFunctionConfiguration",
    "lambda:GetFunctionEventInvokeConfig",
    "lambda:GetPolicy",
    "lambda:ListFunctionUrlConfigs",
  ),
  on("anyEventSource", "lambda:ListEventSourceMappings"),
  on(
    "serviceRoles",
    "iam:GetRole",
    "iam:GetRolePolicy",
    "iam:ListAttachedRolePolicies",
    "iam:ListRolePolicies",
  ),
  on("accessPolicies", "iam:GetPolicy", "iam:GetPolicyVersion", "iam:ListEntitiesForPolicy"),
  on("apis", "apigateway:GET"),
  on("queues", "sqs:GetQueueAttributes", "sqs:GetQueueUrl"),
  on("anyLogGroup", "logs:DescribeLogGroups"),
  on("workflows", "states:DescribeStateMachine"),
  on("schedules", "scheduler:GetSchedule"),
  on(
    "agents",
    "bedrock:GetAgent",
    "bedrock:GetAgentActionGroup",
    "bedrock:GetAgentAlias",
    "bedrock:GetAgentVersion",
    "bedrock:ListAgentActionGroups",
    "bedrock:ListAgentAliases",
  ),
  on("anyAgent", "bedrock:ListAgents"),
  on("anyAlarm", "cloudwatch:DescribeAlarms"),
  on("dashboards", "cloudwatch:GetDashboard"),
  on("topics", "sns:GetTopicAttributes", "sns:ListSubscriptionsByTopic"),
  on("trails", "cloudtrail:GetEventSelectors", "cloudtrail:GetTrail", "cloudtrail:GetTrailStatus"),
  on(
    "auditBuckets",
    "s3:GetBucketOwnershipControls",
    "s3:GetBucketPolicy",
    "s3:GetBucketPublicAccessBlock",
    "s3:GetBucketVersioning",
    "s3:GetEncryptionConfiguration",
    "s3:GetLifecycleConfiguration",
    "s3:ListBucket",
  ),
];
