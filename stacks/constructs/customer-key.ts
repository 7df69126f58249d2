import { KmsAlias } from "@cdktf/provider-aws/lib/kms-alias";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { TerraformOutput } from "cdktf";
import { Construct } from "constructs";

/** AWS: ScheduleKeyDeletion; the longest time in which a deleted key can be called back. */
const deletionWindowDays = 30;

export interface CustomerKeyProps {
  /** Of key, alias and output: moving the construct plans no second key. */
  readonly logicalId: string;
  readonly alias: string;
  readonly description: string;
  readonly isProtected: boolean;
  readonly accountId: string;
  /** Who uses it, for what; administering it is added. In a key policy the resource `*` is the key itself. */
  readonly use: readonly object[];
}

/** A customer-managed key: rotated every year, reached by its alias, used for what its policy says alone. */
export class CustomerKey extends Construct {
  readonly arn: string;

  constructor(
    scope: Construct,
    { logicalId, alias, description, isProtected, accountId, use }: CustomerKeyProps,
  ) {
    super(scope, "key");
    const key = new KmsKey(this, "key", {
      description,
      enableKeyRotation: true,
      deletionWindowInDays: deletionWindowDays,
      policy: JSON.stringify({ Version: "2012-10-17", Statement: [administration(accountId), ...use] }),
      // Without the key everything that it encrypts is unreadable.
      lifecycle: { preventDestroy: isProtected },
    });
    key.overrideLogicalId(logicalId);
    new KmsAlias(this, "alias", { name: alias, targetKeyId: key.keyId }).overrideLogicalId(logicalId);
    new TerraformOutput(this, "arn", { value: key.arn }).overrideLogicalId("key_arn");
    this.arn = key.arn;
  }
}

/** The account's root delegates to IAM, as AWS's default policy does, but nobody may use the key by it. */
const administration = (accountId: string) => ({
  Sid: "AdministerTheKey",
  Effect: "Allow",
  Principal: { AWS: `arn:aws:iam::${accountId}:root` },
  Action: [
    "kms:CancelKeyDeletion",
    "kms:CreateAlias",
    "kms:DeleteAlias",
    "kms:DescribeKey",
    "kms:DisableKey",
    "kms:EnableKey",
    "kms:EnableKeyRotation",
    "kms:DisableKeyRotation",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:ListAliases",
    "kms:ListGrants",
    "kms:ListKeyPolicies",
    "kms:ListResourceTags",
    "kms:PutKeyPolicy",
    "kms:RevokeGrant",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:UpdateAlias",
    "kms:UpdateKeyDescription",
  ],
  Resource: "*",
});
