/**
 * What the pipeline calls for each type of resource in the stacks, as the provider 5.100 does: a type that is
 * not here fails a test. Actions and what they can be limited to: AWS, "Service Authorization Reference".
 */

import { auditActions } from "./audit-actions";
import { monitoringActions } from "./monitoring-actions";
import { on, type ResourceActions } from "./scoped-actions";
import { servicesActions } from "./services-actions";

export const resourceActions: Readonly<Record<string, ResourceActions>> = {
  ...monitoringActions,
  ...servicesActions,
  ...auditActions,
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
    loseData: [
      // A rollback makes a backup first (scripts/lib/backup).
      on("tables", "dynamodb:CreateBackup", "dynamodb:DeleteTable"),
      on("backups", "dynamodb:DescribeBackup"),
      on("anyBackup", "dynamodb:ListBackups"),
    ],
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
      // Before one is made, a deployment looks for the one that a killed run has made (scripts/lib/deploy/existing.ts).
      on("anyAlias", "kms:ListKeys"),
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
};
