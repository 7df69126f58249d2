/** The keys of a stack, found by their aliases. */

import { GetKeyPolicyCommand, GetKeyRotationStatusCommand } from "@aws-sdk/client-kms";
import { parseStackId } from "../../../../stacks/naming";
import { aspect, aspects, type Context, type Look, type Looks, type Seen } from "./look";
import { policyDifferences } from "./policy-statements";
import type { Declared } from "./resource-schemas";
import { absent, same } from "./same";

export const keyLooks: Looks = (context) =>
  context.stack.all("aws_kms_key").map(([id, block]): Look => {
    const [alias] = context.stack.having("aws_kms_alias", "target_key_id", `aws_kms_key.${id}`);
    const name = alias?.[1].name ?? `${parseStackId(context.stack.id).system} ${id}`;
    return { kind: "key", name, see: () => seeKey(context, name, block) };
  });

async function seeKey(
  { clients: { kms }, references }: Context,
  alias: string,
  expected: Declared<"aws_kms_key">,
): Promise<Seen> {
  const live = await references.lookUp.key(alias);
  if (live?.KeyId === undefined) return { differences: [absent("a key with this alias")] };
  const { KeyId, KeyState, Description = "" } = live;
  const differences = await aspects(
    Promise.resolve([
      ...same("state", "Enabled", KeyState, stateRemedy(KeyState, KeyId)),
      ...same("description", expected.description, Description),
    ]),
    aspect("rotation", async () => {
      const { KeyRotationEnabled } = await kms.send(new GetKeyRotationStatusCommand({ KeyId }));
      return same("rotation", expected.enable_key_rotation, KeyRotationEnabled ?? false);
    }),
    aspect("policy", async () => {
      if (expected.policy === undefined) return [];
      const { Policy = "{}" } = await kms.send(new GetKeyPolicyCommand({ KeyId, PolicyName: "default" }));
      return policyDifferences("policy", await references.resolve(expected.policy), Policy, {
        openPath: "publicAccess",
      });
    }),
  );
  return { differences };
}

const stateRemedy = (state: string | undefined, id: string): string =>
  state === "PendingDeletion"
    ? `Now: aws kms cancel-key-deletion --key-id ${id}, then aws kms enable-key --key-id ${id}.`
    : `aws kms enable-key --key-id ${id}. What the key encrypts cannot be read while it is ${state ?? "away"}.`;
