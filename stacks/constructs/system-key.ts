import { KmsAlias } from "@cdktf/provider-aws/lib/kms-alias";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { TerraformOutput } from "cdktf";
import { Construct } from "constructs";
import { keyAlias } from "../naming";
import { isKeyProtected } from "../protection";
import type { SystemStack } from "../system-stack";

/** AWS: ScheduleKeyDeletion; the longest time in which a deleted key can be called back. */
const deletionWindowDays = 30;

/**
 * The customer-managed key of a system's tables: rotated every year, reached by its alias, used only
 * through DynamoDB (AWS: "Encryption at rest: How it works", "Using IAM with customer managed keys").
 */
export class SystemKey extends Construct {
  readonly arn: string;

  constructor(stack: SystemStack) {
    super(stack, "key");
    const { system, environment, accountId } = stack;
    const key = new KmsKey(this, "key", {
      description: `Tables of ${system} in ${environment.name}`,
      enableKeyRotation: true,
      deletionWindowInDays: deletionWindowDays,
      policy: JSON.stringify(keyPolicy(accountId, environment.region)),
      // Without the key every table that it encrypts is unreadable.
      lifecycle: { preventDestroy: isKeyProtected(stack) },
    });
    key.overrideLogicalId("key");
    const alias = new KmsAlias(this, "alias", {
      name: keyAlias(system, environment.name),
      targetKeyId: key.keyId,
    });
    alias.overrideLogicalId("key");
    new TerraformOutput(this, "arn", { value: key.arn }).overrideLogicalId("key_arn");
    this.arn = key.arn;
  }
}

/**
 * The account's root delegates to IAM, as AWS's default policy does, but the key decrypts only for calls
 * that come through DynamoDB. In a key policy the resource `*` is the key itself.
 */
const keyPolicy = (accountId: string, region: string) => ({
  Version: "2012-10-17",
  Statement: [
    {
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
    },
    {
      Sid: "UseTheKeyThroughDynamoDB",
      Effect: "Allow",
      Principal: { AWS: `arn:aws:iam::${accountId}:root` },
      Action: [
        "kms:Decrypt",
        "kms:DescribeKey",
        "kms:Encrypt",
        "kms:GenerateDataKey",
        "kms:GenerateDataKeyWithoutPlaintext",
        "kms:ReEncryptFrom",
        "kms:ReEncryptTo",
        "kms:CreateGrant",
      ],
      Resource: "*",
      Condition: { StringEquals: { "kms:ViaService": `dynamodb.${region}.amazonaws.com` } },
    },
  ],
});
