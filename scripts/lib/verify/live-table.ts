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
import { describeError } from "../errors";

/** An answer that AWS refused or did not give. */
export class Unread {
  constructor(readonly reason: string) {}
}

export type Reading<T> = T | Unread;

/** What AWS says of one table. An aspect that could not be read hides no other. */
export interface LiveTable {
  readonly description: TableDescription;
  readonly recovery: Reading<PointInTimeRecoveryDescription>;
  readonly timeToLive: Reading<TimeToLiveDescription>;
  readonly tags: Reading<Readonly<Record<string, string>>>;
  /** The key that encrypts the table; absent for AWS's own. */
  readonly key: Reading<KeyMetadata | undefined>;
  /** The key that ought to: absent when there is no such key. */
  readonly expectedKey: Reading<KeyMetadata | undefined>;
}

/**
 * Reads everything that the verifier compares.
 *
 * @param expectedKeyId ARN or alias of the key that the spec wants.
 * @returns nothing when the table does not exist.
 * @throws what AWS answers when the table cannot be described at all.
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
  const [recovery, timeToLive, tags, key, expectedKey] = await Promise.all([
    reading(
      dynamodb
        .send(new DescribeContinuousBackupsCommand({ TableName: name }))
        .then((reply) => reply.ContinuousBackupsDescription?.PointInTimeRecoveryDescription ?? {}),
    ),
    reading(
      dynamodb
        .send(new DescribeTimeToLiveCommand({ TableName: name }))
        .then((reply) => reply.TimeToLiveDescription ?? {}),
    ),
    reading(readTags(dynamodb, description.TableArn)),
    reading(keyArn === undefined ? Promise.resolve(undefined) : readKey(kms, keyArn)),
    reading(readKey(kms, expectedKeyId)),
  ]);
  return { description, recovery, timeToLive, tags, key, expectedKey };
}

const reading = <T>(answer: Promise<T>): Promise<Reading<T>> =>
  answer.catch((error: unknown) => new Unread(describeError(error)));

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
