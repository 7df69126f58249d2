/** Policies of resources that let in everyone, or another account as a whole. */

import type { Json, PlannedChange, PlannedStack } from "../../plan/planned-stack";
import { isArnOfOurs, isNarrow, wholeAccount } from "../narrowing";
import { readPolicy, type AllowStatement, type Principal } from "../policy-statements";
import type { Finding, GuardContext, Rule } from "../rule";
import { text } from "../tables";
import { allowCommand, deployCommand, pages, twoSteps } from "../ways-out";

/** Where each type has its policy: one that a resource carries, so that it says whom it lets in. */
const policyAttributes: Readonly<Record<string, string>> = {
  aws_cloudwatch_log_resource_policy: "policy_document",
  aws_dynamodb_resource_policy: "policy",
  aws_iam_role: "assume_role_policy",
  aws_kms_key: "policy",
  aws_kms_key_policy: "policy",
  aws_s3_bucket: "policy",
  aws_s3_bucket_policy: "policy",
  aws_secretsmanager_secret_policy: "policy",
  aws_sns_topic_policy: "policy",
  aws_sqs_queue: "policy",
  aws_sqs_queue_policy: "policy",
};

export const publicPolicy: Rule = {
  id: "public-policy",
  title: "A resource's policy lets in everyone, or another account as a whole",
  find: (plan, context) => {
    const ours = context.accountId ?? context.environment.accountId;
    return plan.changes.flatMap((change) => {
      if (change.action === "delete" || change.action === "forget") return [];
      const why =
        change.type === "aws_lambda_permission" ? opensFunction(change, ours) : opensResource(change, ours);
      return why === undefined ? [] : [finding(plan, change, why, context)];
    });
  },
};

function opensResource(
  { type, after, unknown }: PlannedChange,
  ours: string | undefined,
): string | undefined {
  const attribute = policyAttributes[type];
  if (attribute === undefined) return undefined;
  const isOptional = type === "aws_kms_key" || type === "aws_s3_bucket" || type === "aws_sqs_queue";
  // AWS computes those of resources that set none of their own.
  if (unknown[attribute] === true) return isOptional ? undefined : "is known only after the apply";
  const policy = text(after?.[attribute]);
  if (policy === undefined) return undefined;
  const statements = readPolicy(policy);
  if (statements === undefined) return "is no JSON that can be judged";
  for (const statement of statements) {
    const open = statement.principals.find((principal) => isOpen(principal, statement, ours));
    if (open !== undefined)
      return `lets in ${describe(open)}, in ${statement.sid}, without a condition that narrows it`;
  }
  return undefined;
}

function isOpen(
  { type, value }: Principal,
  { conditions }: AllowStatement,
  ours: string | undefined,
): boolean {
  switch (type) {
    case "NotPrincipal":
    case "unknown":
      return !isNarrow(conditions, ours);
    case "AWS":
      return isEveryoneOrAnother(value, ours) && !isNarrow(conditions, ours);
    case "Federated":
      return !conditions.some(({ key, operator, values }) => isSubject(key, operator, values));
    case "Service":
    case "CanonicalUser":
      return false;
  }
}

function isEveryoneOrAnother(principal: string, ours: string | undefined): boolean {
  if (principal.includes("*")) return true;
  const named = wholeAccount(principal);
  return named !== undefined && ours !== undefined && named !== ours;
}

/** Everyone has a token of a public issuer: its subject says whose (AWS: "Create a role for OpenID Connect federation"). */
const isSubject = (key: string, operator: string, values: readonly string[]): boolean =>
  /:sub$|^saml:(aud|sub)$/i.test(key) &&
  /^(StringEquals|StringLike)$/i.test(operator) &&
  values.length > 0 &&
  values.every((value) => /^repo:[^*?/]+\/[^*?:]+:/.test(value) || !/[*?]/.test(value));

/** A service acts for whoever asks it: the permission has to say for which resource or account. */
function opensFunction({ after, unknown }: PlannedChange, ours: string | undefined): string | undefined {
  const principal = text(after?.["principal"]) ?? "";
  const named = wholeAccount(principal);
  if (named !== undefined)
    return ours === undefined || named === ours ? undefined : `lets in the account ${named}`;
  if (principal.startsWith("arn:") && !principal.includes("*")) return undefined;
  const isNarrowed =
    ["source_account", "source_arn", "principal_org_id"].some((name) => unknown[name] === true) ||
    narrowsPermission(after, ours);
  return isNarrowed
    ? undefined
    : `lets in ${principal || "everyone"} for any account, without source_arn or source_account of ours`;
}

function narrowsPermission(after: PlannedChange["after"], ours: string | undefined): boolean {
  const [source, owner, organisation] = ["source_arn", "source_account", "principal_org_id"].map((name) =>
    text(after?.[name]),
  );
  if (organisation !== undefined) return true;
  if (owner !== undefined) return ours === undefined || owner === ours;
  return source !== undefined && isArnOfOurs(source, ours);
}

const describe = ({ type, value }: Principal): string => `${type} ${value}`;

function finding(plan: PlannedStack, change: PlannedChange, why: string, context: GuardContext): Finding {
  const subject = subjectOf(change);
  const ours = context.accountId ?? context.environment.accountId ?? "<account>";
  return {
    subject,
    reason: `The policy of ${change.address} ${why}.`,
    wayOut:
      why === "is known only after the apply"
        ? twoSteps(
            `the resource without its policy, ${deployCommand(plan)}`,
            `the policy, which is known then, ${deployCommand(plan)}`,
            pages.policies,
          )
        : twoSteps(
            `narrow the statement, such as by "StringEquals": {"aws:PrincipalAccount": "${ours}"}, or name the principals, ` +
              deployCommand(plan),
            `or, when it is meant, ${allowCommand(plan, subject)}`,
            pages.policies,
          ),
  };
}

/** A table's policy names it by its ARN. */
function subjectOf({ type, address, after }: PlannedChange): string {
  const arn: Json | undefined = type === "aws_dynamodb_resource_policy" ? after?.["resource_arn"] : undefined;
  return /:table\/([^/]+)/.exec(text(arn) ?? "")?.[1] ?? address;
}
