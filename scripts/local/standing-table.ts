/** Tables on the local AWS as their stacks leave them, made without Terraform: for benches and tests that need many. */

import { CreateTableCommand } from "@aws-sdk/client-dynamodb";
import { CreateAliasCommand, CreateKeyCommand, EnableKeyRotationCommand } from "@aws-sdk/client-kms";
import { keyAlias, tableName } from "../../stacks/naming";
import type { EnvironmentName } from "../../tables/naming";
import type { System } from "../../tables/systems";
import type { TableSpec } from "../../tables/table-spec";
import type { AwsClients } from "../lib/aws";
import { createTableInput } from "./dynamodb-emulator";

/** @returns the ARN of a system's new key, which is rotated and has its alias. */
export async function createSystemKey(
  { kms }: Pick<AwsClients, "kms">,
  system: System,
  environment: EnvironmentName,
): Promise<string> {
  const { KeyMetadata: key } = await kms.send(new CreateKeyCommand());
  await kms.send(new EnableKeyRotationCommand({ KeyId: key?.KeyId }));
  const AliasName = keyAlias(system, environment);
  await kms.send(new CreateAliasCommand({ AliasName, TargetKeyId: key?.KeyId }));
  return key?.Arn ?? "";
}

/**
 * Creates a table with keys, indexes, units and encryption. The rest, which CreateTable does not take, is what a
 * restore forgets, too: `putBackSettings` (scripts/lib/restore/put-back.ts) puts it there.
 */
export async function createStandingTable(
  { dynamodb }: Pick<AwsClients, "dynamodb">,
  spec: TableSpec,
  environment: EnvironmentName,
  keyArn: string,
): Promise<void> {
  const { BillingMode, GlobalSecondaryIndexes, ...input } = createTableInput(spec, environment);
  await dynamodb.send(
    new CreateTableCommand({
      ...input,
      TableName: tableName(spec, environment),
      ...(spec.capacity.mode === "on-demand" ? { BillingMode } : throughput(spec.capacity)),
      ...(GlobalSecondaryIndexes && {
        GlobalSecondaryIndexes: GlobalSecondaryIndexes.map((index) => {
          const { capacity } = spec.indexes[index.IndexName ?? ""] ?? {};
          return { ...index, ...(capacity?.mode === "provisioned" && throughput(capacity)) };
        }),
      }),
      SSESpecification: { Enabled: true, SSEType: "KMS", KMSMasterKeyId: keyArn },
    }),
  );
}

const throughput = ({ read, write }: { readonly read: number; readonly write: number }) => ({
  ProvisionedThroughput: { ReadCapacityUnits: read, WriteCapacityUnits: write },
});
