import {
  DescribeContinuousBackupsCommand,
  ListTagsOfResourceCommand,
  type DynamoDBClient,
  type PointInTimeRecoveryDescription,
  type TableDescription,
} from "@aws-sdk/client-dynamodb";
import type { AwsClients } from "../aws";
import { allPages, reading, type Reading } from "./reading";

export type Tags = Readonly<Record<string, string>>;

/** What only the replica's own region tells of it. */
export interface LiveReplica {
  readonly recovery: Reading<PointInTimeRecoveryDescription>;
  readonly tags: Reading<Tags>;
}

/** By region; those alone that are asked for. */
export async function readReplicas(
  { dynamodbIn }: Pick<AwsClients, "dynamodbIn">,
  { TableName: name = "", TableArn: arn = "", Replicas = [] }: TableDescription,
  regions: readonly string[],
): Promise<ReadonlyMap<string, LiveReplica>> {
  const present = Replicas.map(({ RegionName = "" }) => RegionName).filter((region) =>
    regions.includes(region),
  );
  return new Map(
    await Promise.all(
      present.map(async (region) => {
        const client = dynamodbIn(region);
        const [recovery, tags] = await Promise.all([
          readRecovery(client, name),
          readTags(client, inRegion(arn, region)),
        ]);
        client.destroy();
        return [region, { recovery, tags }] as const;
      }),
    ),
  );
}

export const readRecovery = (
  client: DynamoDBClient,
  name: string,
): Promise<Reading<PointInTimeRecoveryDescription>> =>
  reading(
    client
      .send(new DescribeContinuousBackupsCommand({ TableName: name }))
      .then((reply) => reply.ContinuousBackupsDescription?.PointInTimeRecoveryDescription ?? {}),
  );

export const readTags = (client: DynamoDBClient, arn: string): Promise<Reading<Tags>> =>
  reading(
    allPages(async (NextToken) => {
      const page = await client.send(new ListTagsOfResourceCommand({ ResourceArn: arn, NextToken }));
      return { items: page.Tags, next: page.NextToken };
    }).then((tags) => Object.fromEntries(tags.map(({ Key = "", Value = "" }) => [Key, Value]))),
  );

/** A replica has the table's ARN but for the region. */
const inRegion = (arn: string, region: string): string => {
  const [prefix, partition, service, , ...rest] = arn.split(":");
  return [prefix, partition, service, region, ...rest].join(":");
};
