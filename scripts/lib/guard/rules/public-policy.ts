/** Policies of resources that let in everyone, or another account as a whole. */

import type { Json, PlannedChange, PlannedStack } from "../../plan/planned-stack";
import { isArnOfOurs, isNarrow, wholeAccount } from "../narrowing";
import { readPolicy, type AllowStatement, type Principal } from "../policy-statements";
import type { Finding, GuardContext, Rule } from "../rule";
import { text } from "../tables";
import { allowCommand, deployCommand, pages, twoSteps } from "../ways-out";

/**
 * Where each type has its policy, which says whom it lets in: it must not be unknown. A policy that is known is
 * judged wherever it stands, also of types that are not here.
 */
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
      const why = opens(change, ours);
      return why === undefined ? [] : [finding(plan, change, why, context)];
    });
  },
};

/** AWS computes the policy of these where they set none of their own. */
const computed = new Set(["aws_kms_key", "aws_s3_bucket", "aws_sqs_queue"]);

function opens(change: PlannedChange, ours: string | undefined): string | undefined {
  const { type, after, unknown } = change;
  if (type === "aws_lambda_permission") return opensFunction(change, ours);
  // The provider adds a permission for everyone then (Terraform: aws_lambda_function_url).
  if (type === "aws_lambda_function_url") {
    return text(after?.["authorization_type"]) === "NONE" ? "lets in everyone who has the URL" : undefined;
  }
  const attribute = policyAttributes[type];
  if (attribute !== undefined && unknown[attribute] === true && !computed.has(type)) return unknownYet;
  return policiesOf(change)
    .map((policy) => opensResource(policy, ours))
    .find((why) => why !== undefined);
}

const unknownYet = "is known only after the apply";

/** Policies of users and roles name no principal. */
function policiesOf({ type, after = {} }: PlannedChange): readonly string[] {
  return Object.entries(after).flatMap(([name, value]) => {
    const policy = text(value);
    const isPolicy = name === policyAttributes[type] || /"(Not)?Principal"\s*:/i.test(policy ?? "");
    return policy !== undefined && isPolicy ? [policy] : [];
  });
}

/**
 * Whom a policy lets in that it should not: everyone, or another account as a whole.
 *
 * @param ours the account that is ours; while it is not known, any one account is taken for it.
 */
export function opensResource(policy: string, ours: string | undefined): string | undefined {
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
    // A service acts for whoever asks it; which ones are harmless is not for the guard to know.
    case "Service":
      return value.includes("*") && !isNarrow(conditions, ours);
    // S3's id of an account as a whole.
    case "CanonicalUser":
      return !isNarrow(conditions, ours);
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
      why === unknownYet
        ? twoSteps(
            `the resource without its policy, ${deployCommand(plan)}`,
            `the policy, which is known then, ${deployCommand(plan)}`,
            pages.policies,
          )
        : twoSteps(
            `${closing(change, ours)}, ${deployCommand(plan)}`,
            `or, when it is meant, ${allowCommand(plan, subject)}`,
            pages.policies,
          ),
  };
}

const closing = ({ type }: PlannedChange, ours: string): string =>
  type === "aws_lambda_function_url"
    ? 'set authorization_type to "AWS_IAM"'
    : `narrow the statement, such as by "StringEquals": {"aws:PrincipalAccount": "${ours}"}, or name the principals`;

/** A table's policy names it by its ARN. */
function subjectOf({ type, address, after }: PlannedChange): string {
  const arn: Json | undefined = type === "aws_dynamodb_resource_policy" ? after?.["resource_arn"] : undefined;
  return /:table\/([^/]+)/.exec(text(arn) ?? "")?.[1] ?? address;
}
