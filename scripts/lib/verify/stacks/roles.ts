/** The roles of a stack: who may assume them, and what they may do. */

import {
  GetRoleCommand,
  GetRolePolicyCommand,
  NoSuchEntityException,
  paginateListAttachedRolePolicies,
  paginateListRolePolicies,
  type IAMClient,
} from "@aws-sdk/client-iam";
import { declared, undeclared, type Difference } from "../finding";
import { aspect, aspects, unlessAbsent, type Context, type Look, type Looks, type Seen } from "./look";
import { policyDifferences } from "./policy-statements";
import type { Declared } from "./resource-schemas";
import { absent, declareOrRemove, deployStack, sameFields, sameOrUndeclared } from "./same";

export const roleLooks: Looks = (context) =>
  context.stack
    .all("aws_iam_role")
    .map(([id, block]): Look => ({ kind: "role", name: block.name, see: () => seeRole(context, id, block) }));

async function seeRole(
  { clients: { iam }, stack, references }: Context,
  id: string,
  expected: Declared<"aws_iam_role">,
): Promise<Seen> {
  const { name } = expected;
  const role = await unlessAbsent(iam.send(new GetRoleCommand({ RoleName: name })), NoSuchEntityException);
  if (role?.Role === undefined) return { differences: [absent("a role")] };
  const live = role.Role;
  const own = `aws_iam_role.${id}` as const;
  const differences = await aspects(
    Promise.resolve(
      sameFields(
        "",
        { description: expected.description, maxSessionDuration: expected.max_session_duration },
        { description: live.Description ?? "", maxSessionDuration: live.MaxSessionDuration },
      ),
    ),
    aspect("trust", async () =>
      policyDifferences(
        "trust",
        await references.resolve(expected.assume_role_policy),
        decodeURIComponent(live.AssumeRolePolicyDocument ?? "{}"),
      ),
    ),
    aspect("permissionsBoundary", async () =>
      sameOrUndeclared(
        "permissionsBoundary",
        await references.resolve(expected.permissions_boundary),
        live.PermissionsBoundary?.PermissionsBoundaryArn,
      ),
    ),
    aspect("policies", async () => {
      const policies = stack.having("aws_iam_role_policy", "role", own).map(([, policy]) => policy);
      return inlineDifferences(iam, name, await references.resolve(policies));
    }),
    aspect("attachedPolicies", async () => {
      const attached = stack.having("aws_iam_role_policy_attachment", "role", own);
      const arns = attached.map(([, { policy_arn }]) => policy_arn);
      return attachmentDifferences(await references.resolve(arns), await attachedTo(iam, name));
    }),
  );
  return { differences };
}

/** The policies that are part of the role: what was added to one is told statement by statement. */
async function inlineDifferences(
  iam: IAMClient,
  role: string,
  expected: readonly Declared<"aws_iam_role_policy">[],
): Promise<readonly Difference[]> {
  const live = new Set<string>();
  for await (const page of paginateListRolePolicies({ client: iam }, { RoleName: role })) {
    for (const name of page.PolicyNames ?? []) live.add(name);
  }
  const different = await aspects(
    ...expected.map(({ name, policy }) =>
      aspect(`policies.${name}`, async () => {
        if (!live.has(name)) return [declared(`policies.${name}`, "a policy", "absent", deployStack)];
        const { PolicyDocument = "%7B%7D" } = await iam.send(
          new GetRolePolicyCommand({ RoleName: role, PolicyName: name }),
        );
        return policyDifferences(`policies.${name}`, policy, decodeURIComponent(PolicyDocument));
      }),
    ),
  );
  const names = new Set(expected.map(({ name }) => name));
  return [
    ...different,
    ...[...live]
      .filter((name) => !names.has(name))
      .map((name) =>
        undeclared(
          `policies.${name}`,
          "a policy",
          `Remove it: aws iam delete-role-policy --role-name ${role} --policy-name ${name}`,
        ),
      ),
  ];
}

/** Managed policies: what they allow is not looked into, only whether they belong here. */
function attachmentDifferences(expected: readonly string[], live: readonly string[]): readonly Difference[] {
  return [
    ...expected
      .filter((arn) => !live.includes(arn))
      .map((arn) => declared(`attachedPolicies.${nameOf(arn)}`, "attached", "absent", deployStack)),
    ...live
      .filter((arn) => !expected.includes(arn))
      .map((arn) => undeclared(`attachedPolicies.${nameOf(arn)}`, arn, declareOrRemove)),
  ];
}

const nameOf = (arn: string): string => arn.split("/").at(-1) ?? arn;

async function attachedTo(iam: IAMClient, RoleName: string): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const page of paginateListAttachedRolePolicies({ client: iam }, { RoleName })) {
    for (const { PolicyArn } of page.AttachedPolicies ?? [])
      if (PolicyArn !== undefined) found.push(PolicyArn);
  }
  return found;
}
