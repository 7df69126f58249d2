import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  ListTagsOfResourceCommand,
  ResourceNotFoundException,
  type PointInTimeRecoveryDescription,
  type TableDescription,
  type TimeToLiveDescription,
} from "@aws-sdk/client-dynamodb";
import { DescribeKeyCommand, NotFoundException, type KeyMetadata, type KMSClient } from "@aws-sdk/client-kms";
import type { AwsClients } from "../aws";

/** What AWS says of one table. */
export interface LiveTable {
  readonly description: TableDescription;
  readonly recovery: PointInTimeRecoveryDescription;
  readonly timeToLive: TimeToLiveDescription;
  readonly tags: Readonly<Record<string, string>>;
  /** The key that encrypts the table; absent for AWS's own. */
  readonly key: KeyMetadata | undefined;
  /** The key that ought to: absent when there is no such key. */
  readonly expectedKey: KeyMetadata | undefined;
}

/**
 * Reads everything that the verifier compares.
 *
 * @param expectedKeyId ARN or alias of the key that the spec wants.
 * @returns nothing when the table does not exist.
 */
export async function readTable(
  { dynamodb, kms }: AwsClients,
  name: string,
  expectedKeyId: string,
): Promise<LiveTable | undefined> {
  const { Table: description } = await dynamodb
    .send(new DescribeTableCommand({ TableName: name }))
    .catch((error: unknown) => {
      if (error instanceof ResourceNotFoundException) return { Table: undefined };
      throw error;
    });
  if (description?.TableArn === undefined) return undefined;
  const keyArn = description.SSEDescription?.KMSMasterKeyArn;
  const [backups, timeToLive, tags, key, expectedKey] = await Promise.all([
    dynamodb.send(new DescribeContinuousBackupsCommand({ TableName: name })),
    dynamodb.send(new DescribeTimeToLiveCommand({ TableName: name })),
    readTags(dynamodb, description.TableArn),
    keyArn === undefined ? undefined : readKey(kms, keyArn),
    readKey(kms, expectedKeyId),
  ]);
  return {
    description,
    recovery: backups.ContinuousBackupsDescription?.PointInTimeRecoveryDescription ?? {},
    timeToLive: timeToLive.TimeToLiveDescription ?? {},
    tags,
    key,
    expectedKey,
  };
}

async function readTags(
  client: AwsClients["dynamodb"],
  arn: string,
): Promise<Readonly<Record<string, string>>> {
  const tags: Record<string, string> = {};
  let next: string | undefined;
  do {
    const page = await client.send(new ListTagsOfResourceCommand({ ResourceArn: arn, NextToken: next }));
    for (const { Key, Value } of page.Tags ?? []) if (Key !== undefined) tags[Key] = Value ?? "";
    next = page.NextToken;
  } while (next !== undefined);
  return tags;
}

async function readKey(kms: KMSClient, id: string): Promise<KeyMetadata | undefined> {
  try {
    return (await kms.send(new DescribeKeyCommand({ KeyId: id }))).KeyMetadata;
  } catch (error) {
    if (error instanceof NotFoundException) return undefined;
    throw error;
  }
}
