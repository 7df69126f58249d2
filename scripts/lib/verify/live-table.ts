import {
  DescribeContributorInsightsCommand,
  DescribeKinesisStreamingDestinationCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  GetResourcePolicyCommand,
  PolicyNotFoundException,
  ResourceNotFoundException,
  type DynamoDBClient,
  type KinesisDataStreamDestination,
  type PointInTimeRecoveryDescription,
  type TableDescription,
  type TimeToLiveDescription,
} from "@aws-sdk/client-dynamodb";
import type { ScalableTarget } from "@aws-sdk/client-application-auto-scaling";
import type { KeyMetadata } from "@aws-sdk/client-kms";
import type { Environment } from "../../../stacks/environments";
import type { TableSpec } from "../../../tables/table-spec";
import type { AwsClients } from "../aws";
import { declaredKey, isOwnKey } from "./declared-key";
import { expectedReplicas } from "./expected-replicas";
import { scalingsOf } from "./expected-scaling";
import { KeyReader } from "./live-keys";
import { readRecovery, readReplicas, readTags, type LiveReplica, type Tags } from "./live-replicas";
import { readScaling, readTargets, scalableIds, type LiveScaling } from "./live-scaling";
import { reading, Unread, type Reading } from "./reading";

/** What AWS says of one table. An aspect that could not be read hides no other. */
export interface LiveTable {
  readonly description: TableDescription;
  readonly recovery: Reading<PointInTimeRecoveryDescription>;
  readonly timeToLive: Reading<TimeToLiveDescription>;
  readonly tags: Reading<Tags>;
  /** The key that encrypts the table; absent for AWS's own. */
  readonly key: Reading<KeyMetadata | undefined>;
  /** The key that ought to: absent when there is no such key. */
  readonly expectedKey: Reading<KeyMetadata | undefined>;
  /** Whether the key that ought to is rotated; absent where that is not ours to say, or there is no such key. */
  readonly rotation: Reading<boolean | undefined>;
  /** The table's own, as JSON. That of its stream is not looked at: no spec's consumer is another account's. */
  readonly resourcePolicy: Reading<string | undefined>;
  /** Status by what it is of: `table`, or `indexes.<name>`. */
  readonly contributorInsights: ReadonlyMap<string, Reading<string>>;
  readonly kinesis: Reading<readonly KinesisDataStreamDestination[]>;
  readonly scaling: LiveScaling;
  /** By region: of the declared ones. */
  readonly replicas: ReadonlyMap<string, LiveReplica>;
}

/** A table that is to be read: that of a spec, under whatever name. */
export interface TableToRead {
  readonly spec: TableSpec;
  readonly environment: Environment;
  readonly name: string;
}

/**
 * @returns nothing when the table does not exist.
 * @throws what AWS answers.
 */
export async function describeTable(
  client: DynamoDBClient,
  name: string,
): Promise<TableDescription | undefined> {
  try {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: name }));
    return Table?.TableArn === undefined ? undefined : Table;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

/**
 * Reads everything of one table that the verifier compares.
 *
 * @returns nothing when the table does not exist.
 * @throws what AWS answers when the table cannot be described at all.
 */
export async function readTable(clients: AwsClients, table: TableToRead): Promise<LiveTable | undefined> {
  const description = await describeTable(clients.dynamodb, table.name);
  if (description === undefined) return undefined;
  const targets = await readTargets(clients.autoscaling, scalableIds(table.spec, table.name, description));
  return readAspects(clients, table, { description, targets, keys: new KeyReader(clients.kms) });
}

/** What is read for several tables at once, or known of a table already. */
export interface Known {
  readonly description: TableDescription;
  readonly targets: Reading<readonly ScalableTarget[]>;
  readonly keys: KeyReader;
}

/** The rest of a table that is described already. */
export async function readAspects(
  clients: AwsClients,
  { spec, environment, name }: TableToRead,
  { description, targets, keys }: Known,
): Promise<LiveTable> {
  const { dynamodb } = clients;
  const arn = description.TableArn ?? "";
  const [
    recovery,
    timeToLive,
    tags,
    encryption,
    resourcePolicy,
    contributorInsights,
    kinesis,
    scaling,
    replicas,
  ] = await Promise.all([
    readRecovery(dynamodb, name),
    reading(
      dynamodb
        .send(new DescribeTimeToLiveCommand({ TableName: name }))
        .then((reply) => reply.TimeToLiveDescription ?? {}),
    ),
    readTags(dynamodb, arn),
    readEncryption(keys, { spec, environment, keyArn: description.SSEDescription?.KMSMasterKeyArn }),
    reading(readResourcePolicy(dynamodb, arn)),
    readContributorInsights(dynamodb, name, description),
    reading(
      dynamodb
        .send(new DescribeKinesisStreamingDestinationCommand({ TableName: name }))
        .then((reply) => reply.KinesisDataStreamDestinations ?? []),
    ),
    readScaling(clients.autoscaling, targets, {
      ids: scalableIds(spec, name, description),
      declared: [...new Set(scalingsOf(spec, name, description).map(({ resourceId }) => resourceId))],
    }),
    readReplicas(
      clients,
      description,
      expectedReplicas(spec, environment).map(({ region }) => region),
    ),
  ]);
  return {
    description,
    recovery,
    timeToLive,
    tags,
    ...encryption,
    resourcePolicy,
    contributorInsights,
    kinesis,
    scaling,
    replicas,
  };
}

interface Encrypted {
  readonly spec: TableSpec;
  readonly environment: Environment;
  readonly keyArn: string | undefined;
}

async function readEncryption(
  keys: KeyReader,
  { spec, environment, keyArn }: Encrypted,
): Promise<Pick<LiveTable, "key" | "expectedKey" | "rotation">> {
  const expectedKey = await keys.describe(declaredKey(spec, environment.name));
  const expectedArn = expectedKey instanceof Unread ? undefined : expectedKey?.Arn;
  const [key, rotation] = await Promise.all([
    keyArn === undefined ? undefined : keyArn === expectedArn ? expectedKey : keys.describe(keyArn),
    // Of a key that somebody else owns the repository says nothing.
    expectedArn !== undefined && isOwnKey(spec, environment.name) ? keys.isRotated(expectedArn) : undefined,
  ]);
  return { key, expectedKey, rotation };
}

async function readResourcePolicy(client: DynamoDBClient, arn: string): Promise<string | undefined> {
  try {
    return (await client.send(new GetResourcePolicyCommand({ ResourceArn: arn }))).Policy;
  } catch (error) {
    if (error instanceof PolicyNotFoundException) return undefined;
    throw error;
  }
}

async function readContributorInsights(
  client: DynamoDBClient,
  name: string,
  { GlobalSecondaryIndexes: indexes = [] }: TableDescription,
): Promise<ReadonlyMap<string, Reading<string>>> {
  const of = [undefined, ...indexes.map(({ IndexName }) => IndexName)];
  return new Map(
    await Promise.all(
      of.map(async (index) => {
        const status = await reading(
          client
            .send(new DescribeContributorInsightsCommand({ TableName: name, IndexName: index }))
            .then((reply) => reply.ContributorInsightsStatus ?? "DISABLED"),
        );
        return [index === undefined ? "table" : `indexes.${index}`, status] as const;
      }),
    ),
  );
}
