/** The managed policies that a stack has for consumers outside this repository. */

import {
  GetPolicyCommand,
  GetPolicyVersionCommand,
  NoSuchEntityException,
  paginateListEntitiesForPolicy,
  type IAMClient,
} from "@aws-sdk/client-iam";
import { declared, undeclared, type Difference } from "../finding";
import { aspect, aspects, unlessAbsent, type Context, type Look, type Looks, type Seen } from "./look";
import { policyDifferences } from "./policy-statements";
import type { Declared } from "./resource-schemas";
import { absent, deployStack } from "./same";

export const accessPolicyLooks: Looks = (context) =>
  context.stack.all("aws_iam_policy").map(([id, block]): Look => ({
    kind: "access policy",
    name: block.name,
    see: () => seePolicy(context, id, block),
  }));

async function seePolicy(
  { clients: { iam }, stack, references }: Context,
  id: string,
  expected: Declared<"aws_iam_policy">,
): Promise<Seen> {
  const arn = references.arn("iam", `policy/${expected.name}`, { region: "" });
  const answer = await unlessAbsent(
    iam.send(new GetPolicyCommand({ PolicyArn: arn })),
    NoSuchEntityException,
  );
  if (answer?.Policy === undefined) return { differences: [absent("a policy")] };
  const { DefaultVersionId: version, AttachmentCount = 0 } = answer.Policy;
  const attachments = stack.having("aws_iam_role_policy_attachment", "policy_arn", `aws_iam_policy.${id}`);
  const differences = await aspects(
    aspect("document", async () => {
      const { PolicyVersion } = await iam.send(
        new GetPolicyVersionCommand({ PolicyArn: arn, VersionId: version }),
      );
      return policyDifferences(
        "document",
        await references.resolve(expected.policy),
        decodeURIComponent(PolicyVersion?.Document ?? "%7B%7D"),
      );
    }),
    aspect("attachedTo", async () => {
      const roles = await references.resolve(attachments.map(([, { role }]) => role));
      return attachmentDifferences(roles, AttachmentCount === 0 ? [] : await holders(iam, arn));
    }),
  );
  return { differences };
}

/**
 * Where the environment names the consumer's role, that one is to have the policy, and nobody else: one that was
 * replaced would keep it. Where it names none, others are meant to attach the policy to whom they like.
 */
export function attachmentDifferences(
  roles: readonly string[],
  live: readonly string[],
): readonly Difference[] {
  if (roles.length === 0) return [];
  const expected = roles.map((role) => `role ${role}`);
  return [
    ...expected
      .filter((one) => !live.includes(one))
      .map((one) => declared(`attachedTo.${one}`, "attached", "absent", deployStack)),
    ...live
      .filter((one) => !expected.includes(one))
      .map((one) => undeclared(`attachedTo.${one}`, "attached", detach)),
  ];
}

const detach = "Detach it: the environment's settings name another role (docs/environments.md).";

async function holders(iam: IAMClient, PolicyArn: string): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const page of paginateListEntitiesForPolicy({ client: iam }, { PolicyArn })) {
    found.push(
      ...(page.PolicyRoles ?? []).map(({ RoleName = "unknown" }) => `role ${RoleName}`),
      ...(page.PolicyUsers ?? []).map(({ UserName = "unknown" }) => `user ${UserName}`),
      ...(page.PolicyGroups ?? []).map(({ GroupName = "unknown" }) => `group ${GroupName}`),
    );
  }
  return found;
}
