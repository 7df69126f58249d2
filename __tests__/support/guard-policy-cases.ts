/** The guard's cases of policies, and of names of another environment. */

import { policy, refused, tableLike, through, type GuardCase, type Resources } from "./guard-cases";
import type { Block } from "./synthesis";

const account = "${data.aws_caller_identity.caller.account_id}";
const another = "999988887777";
const arnOf = (name: string) => `arn:aws:dynamodb:us-east-1:${account}:table/${name}`;

/** @param templates real blocks of a table and of a key. */
export function policyCases(templates: { readonly table: Block; readonly key: Block }): readonly GuardCase[] {
  const key = (id: string, changes: Block): Resources => ({
    aws_kms_key: { [id]: { ...templates.key, description: `Tables of ${id}`, ...changes } },
  });
  const tablePolicy = (id: string, text: string): Resources => ({
    aws_dynamodb_resource_policy: { [id]: { resource_arn: arnOf("agent-profiles-staging"), policy: text } },
  });
  const permission = (id: string, more: Block): Resources => ({
    aws_lambda_permission: {
      [id]: {
        action: "lambda:InvokeFunction",
        function_name: "agent-matching-read-staging",
        principal: "apigateway.amazonaws.com",
        ...more,
      },
    },
  });
  const role = (id: string, principal: unknown): Resources => ({
    aws_iam_role: {
      [id]: {
        name: id,
        assume_role_policy: policy(principal, "sts:AssumeRole", undefined, ""),
      },
    },
  });
  const read = "dynamodb:GetItem";
  return [
    refused(
      "open-table",
      "a table's policy for everyone",
      ["public-policy"],
      {},
      tablePolicy("open-table", policy("*", read)),
    ),
    refused(
      "open-if-exists",
      "one that a missing key widens",
      ["public-policy"],
      {},
      tablePolicy(
        "open-if-exists",
        policy({ AWS: "*" }, read, { StringEqualsIfExists: { "aws:PrincipalAccount": account } }),
      ),
    ),
    through(
      "own-table",
      "a table's policy for our account",
      ["public-policy"],
      {},
      tablePolicy("own-table", policy("*", read, { StringEquals: { "aws:PrincipalAccount": account } })),
    ),
    through(
      "organisation-table",
      "a table's policy for our organisation",
      ["public-policy"],
      {},
      tablePolicy(
        "organisation-table",
        policy({ AWS: ["*"] }, read, { StringEquals: { "aws:PrincipalOrgID": ["o-abcdefghij"] } }),
      ),
    ),
    refused(
      "open-key",
      "a key's policy for another account",
      ["public-policy"],
      {},
      key("open-key", { policy: policy({ AWS: `arn:aws:iam::${another}:root` }, "kms:*") }),
    ),
    through(
      "own-key",
      "a key's policy for our account",
      ["public-policy"],
      {},
      key("own-key", { policy: policy({ AWS: `arn:aws:iam::${account}:root` }, "kms:*") }),
    ),
    refused(
      "open-role",
      "a role for another account",
      ["public-policy"],
      {},
      role("open-role", { AWS: another }),
    ),
    through(
      "service-role",
      "a role for Lambda",
      ["public-policy"],
      {},
      role("service-role", { Service: "lambda.amazonaws.com" }),
    ),
    refused(
      "open-function",
      "a function for anyone's API",
      ["public-policy"],
      {},
      permission("open-function", {}),
    ),
    through(
      "own-function",
      "a function for our APIs",
      ["public-policy"],
      {},
      permission("own-function", { source_account: account }),
    ),
    refused(
      "of-production",
      "a policy that names production's table",
      ["foreign-names"],
      {},
      {
        aws_iam_policy: { "of-production": { name: "matching-reader", policy: readerOf("agent-profiles") } },
      },
    ),
    refused(
      "of-dev",
      "the name of dev's table",
      ["foreign-names"],
      {},
      {
        aws_dynamodb_table: { "of-dev": { ...tableLike(templates.table, "x"), name: "agent-profiles-dev" } },
      },
    ),
    through(
      "of-staging",
      "a policy that names this environment's table",
      ["foreign-names"],
      {},
      {
        aws_iam_policy: {
          "of-staging": { name: "device-reader", policy: readerOf("agent-profiles-staging") },
        },
      },
    ),
    through(
      "of-devices",
      "a table with dev inside a word",
      ["foreign-names"],
      {},
      {
        aws_dynamodb_table: {
          "of-devices": { ...tableLike(templates.table, "x"), name: "agent-profiles-devices" },
        },
      },
    ),
  ];
}

const readerOf = (name: string): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: ["dynamodb:GetItem"], Resource: [arnOf(name)] }],
  });
