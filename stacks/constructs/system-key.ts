import { Construct } from "constructs";
import { keyAlias } from "../naming";
import { isKeyProtected } from "../protection";
import type { SystemStack } from "../system-stack";
import { CustomerKey } from "./customer-key";

/**
 * The customer-managed key of a system's tables, used only through DynamoDB (AWS: "Encryption at rest: How it
 * works", "Using IAM with customer managed keys").
 */
export class SystemKey extends Construct {
  readonly arn: string;

  constructor(stack: SystemStack) {
    super(stack, "system-key");
    const { system, environment, accountId } = stack;
    const { arn } = new CustomerKey(this, {
      logicalId: "key",
      alias: keyAlias(system, environment.name),
      description: `Tables of ${system} in ${environment.name}`,
      isProtected: isKeyProtected(stack),
      accountId,
      use: [throughDynamoDb(accountId, environment.region)],
    });
    this.arn = arn;
  }
}

const throughDynamoDb = (accountId: string, region: string) => ({
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
});
