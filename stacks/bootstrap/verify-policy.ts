/**
 * What `npm run verify` has to be allowed: it reads configuration, and no item. The names are patterns where the
 * pipeline's are: a function that is added needs no new policy.
 */

import { on, type ScopedActions } from "./scoped-actions";
import { scopedStatements, type PipelineStatement } from "./pipeline-statements";
import { policyOfScope, type ScopeName, type ScopeProps } from "./scopes";

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
  on("keys", "kms:DescribeKey", "kms:GetKeyRotationStatus"),
  on(
    "anyScaling",
    "application-autoscaling:DescribeScalableTargets",
    "application-autoscaling:DescribeScalingPolicies",
    "application-autoscaling:DescribeScheduledActions",
  ),
];

/**
 * The statements of the policy: one managed policy, of 6,144 characters at most (IAM: quotas). It denies nothing, other
 * than the pipeline's: somebody who verifies several environments has several of them.
 */
export const verifyStatements = (props: ScopeProps): readonly PipelineStatement[] =>
  scopedStatements(verifyActions, Object.keys(policyOfScope) as ScopeName[], props);

/** The policy as IAM takes it. */
export const verifyPolicy = (props: ScopeProps) => ({
  Version: "2012-10-17",
  Statement: verifyStatements(props),
});
