/** Which conditions of a policy leave out everyone but our account or our organisation. */

import type { Condition } from "./policy-statements";

/**
 * Operators that hold only when the key is there and has one of the values. `…IfExists` and `ForAllValues:` hold
 * without the key, negated ones with every other value (AWS: "IAM JSON policy elements: Condition operators").
 */
const narrowing = /^(ForAnyValue:)?(StringEquals|StringEqualsIgnoreCase|StringLike|ArnEquals|ArnLike)$/i;

/** AWS: "AWS global condition context keys"; KMS has one of its own. Names are compared without case. */
const accountKeys = new Set([
  "aws:sourceaccount",
  "aws:sourceowner",
  "aws:principalaccount",
  "kms:calleraccount",
]);
const organisationKeys = new Set(["aws:principalorgid", "aws:sourceorgid"]);
const organisationPathKeys = new Set(["aws:principalorgpaths", "aws:sourceorgpaths"]);
const arnKeys = new Set(["aws:sourcearn", "aws:principalarn"]);

const account = /^\d{12}$/;
const organisation = /^o-[a-z0-9]{10,32}$/;

/** @param ours the account that is ours; while it is not known, any one account is taken for it. */
export function isNarrow(conditions: readonly Condition[], ours: string | undefined): boolean {
  return conditions.some(
    ({ operator, key, values }) =>
      narrowing.test(operator) && values.length > 0 && values.every((value) => narrows(key, value, ours)),
  );
}

function narrows(key: string, value: string, ours: string | undefined): boolean {
  const name = key.toLowerCase();
  if (accountKeys.has(name)) return isOurs(value, ours);
  if (organisationKeys.has(name)) return organisation.test(value);
  if (organisationPathKeys.has(name)) return organisation.test(value.split("/")[0] ?? "");
  if (arnKeys.has(name)) return isArnOfOurs(value, ours);
  return false;
}

/** Buckets have no account in their ARN: AWS makes their names unique. */
export function isArnOfOurs(arn: string, ours: string | undefined): boolean {
  const [prefix, , service, , owner = "", ...resource] = arn.split(":");
  if (prefix !== "arn") return false;
  if (service === "s3" && owner === "") return !/^[*?]/.test(resource.join(":"));
  return isOurs(owner, ours);
}

const isOurs = (value: string, ours: string | undefined): boolean =>
  account.test(value) && (ours === undefined || value === ours);

/** The account of a principal that stands for a whole one: its root's ARN, or its number. */
export function wholeAccount(principal: string): string | undefined {
  if (account.test(principal)) return principal;
  return /^arn:aws[\w-]*:iam::(\d{12}):root$/.exec(principal)?.[1];
}
