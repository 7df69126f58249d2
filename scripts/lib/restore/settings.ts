import {
  TagResourceCommand,
  UpdateContinuousBackupsCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
  type GlobalSecondaryIndexUpdate,
  type TableDescription,
  type UpdateTableCommandInput,
} from "@aws-sdk/client-dynamodb";
import type { Environment } from "../../../stacks/environments";
import { tableTags } from "../../../stacks/naming";
import type { Capacity } from "../../../tables/capacity";
import type { TableSpec } from "../../../tables/table-spec";
import { capacityDifferences } from "../verify/compare-capacity";
import { scalingDifferences } from "../verify/compare-scaling";
import { scalingsOf } from "../verify/expected-scaling";
import type { LiveTable } from "../verify/live-table";
import { Unread, type Reading } from "../verify/reading";
import { putScaling } from "./autoscaling";
import type { AwsClients } from "../aws";

/** Something that a restore forgot, and how it is put back. To put it back once more changes nothing. */
export interface Setting {
  /** For people: `point-in-time recovery, 35 days`. */
  readonly what: string;
  /** @throws what AWS answers, also when the table is busy with another change. */
  readonly putBack: (clients: AwsClients) => Promise<unknown>;
}

/** A restored table as it is; what could not be read counts as not set, and is put back. */
export interface Restored {
  readonly name: string;
  readonly live: Pick<LiveTable, "description" | "recovery" | "timeToLive" | "tags" | "scaling">;
}

/**
 * What is still to be put back (AWS: "Restoring a DynamoDB table": auto scaling, tags, stream, TTL, deletion
 * protection and point-in-time recovery are to be set up by hand). Protection comes first and the autoscaler
 * last: it changes units, and needs the table at rest before.
 */
export function missingSettings(
  spec: TableSpec,
  environment: Environment,
  restored: Restored,
): readonly Setting[] {
  return [
    ...protection(environment, restored),
    ...units(spec, restored),
    ...recovery(spec, restored),
    ...tags(spec, environment, restored),
    ...stream(spec, restored),
    ...timeToLive(spec, restored),
    ...autoscaling(spec, environment, restored),
  ];
}

const known = <T extends object>(reading: Reading<T>): Partial<T> =>
  reading instanceof Unread ? {} : reading;

const update = (name: string, input: Omit<UpdateTableCommandInput, "TableName">) => (clients: AwsClients) =>
  clients.dynamodb.send(new UpdateTableCommand({ TableName: name, ...input }));

function protection(environment: Environment, { name, live }: Restored): readonly Setting[] {
  if (!environment.protected || live.description.DeletionProtectionEnabled === true) return [];
  return [{ what: "deletion protection", putBack: update(name, { DeletionProtectionEnabled: true }) }];
}

/** A restore takes mode and units of the source, which may be those of another time. */
function units(spec: TableSpec, { name, live }: Restored): readonly Setting[] {
  if (capacityDifferences(spec, live.description).length === 0) return [];
  return [{ what: describeUnits(spec.capacity), putBack: update(name, unitsOf(spec, live.description)) }];
}

const describeUnits = (capacity: Capacity): string =>
  capacity.mode === "on-demand"
    ? "on-demand billing"
    : `provisioned billing, ${capacity.read} read and ${capacity.write} write units and those of the indexes`;

/**
 * The spec's units for the table and each of its indexes that differ: AWS refuses a change to what is there
 * already (UpdateTable: "the provisioned throughput … will not change").
 */
function unitsOf(spec: TableSpec, live: TableDescription): Omit<UpdateTableCommandInput, "TableName"> {
  const isOnDemand = live.BillingModeSummary?.BillingMode === "PAY_PER_REQUEST";
  const isSameMode = isOnDemand === (spec.capacity.mode === "on-demand");
  const differing = capacityDifferences(spec, live).map(({ path }) => path);
  const differs = (path: string) => !isSameMode || differing.some((one) => one.startsWith(`${path}.`));
  const indexes = Object.entries(spec.indexes).filter(
    ([name]) =>
      live.GlobalSecondaryIndexes?.some(({ IndexName }) => IndexName === name) &&
      differs(`indexes.${name}.capacity`),
  );
  const updates: GlobalSecondaryIndexUpdate[] = indexes
    .map(([IndexName, { capacity }]) => ({ IndexName, ...throughput(capacity) }))
    // An on-demand index without maxima has nothing to be set.
    .filter((change) => Object.keys(change).length > 1)
    .map((Update) => ({ Update }));
  return {
    ...(!isSameMode && { BillingMode: isOnDemand ? "PROVISIONED" : "PAY_PER_REQUEST" }),
    ...(differs("capacity") && throughput(spec.capacity)),
    ...(updates.length > 0 && { GlobalSecondaryIndexUpdates: updates }),
  };
}

function throughput(
  capacity: Capacity,
): Pick<UpdateTableCommandInput, "ProvisionedThroughput" | "OnDemandThroughput"> {
  switch (capacity.mode) {
    case "provisioned":
      return {
        ProvisionedThroughput: { ReadCapacityUnits: capacity.read, WriteCapacityUnits: capacity.write },
      };
    case "on-demand": {
      const { maxReadUnits, maxWriteUnits } = capacity;
      // -1 takes a maximum off.
      const maxima = { MaxReadRequestUnits: maxReadUnits ?? -1, MaxWriteRequestUnits: maxWriteUnits ?? -1 };
      return maxReadUnits === undefined && maxWriteUnits === undefined ? {} : { OnDemandThroughput: maxima };
    }
  }
}

function recovery(spec: TableSpec, { name, live }: Restored): readonly Setting[] {
  const { PointInTimeRecoveryStatus: status, RecoveryPeriodInDays: days = spec.recoveryDays } = known(
    live.recovery,
  );
  if (status === "ENABLED" && days === spec.recoveryDays) return [];
  return [
    {
      what: `point-in-time recovery, ${spec.recoveryDays} days`,
      putBack: ({ dynamodb }) =>
        dynamodb.send(
          new UpdateContinuousBackupsCommand({
            TableName: name,
            PointInTimeRecoverySpecification: {
              PointInTimeRecoveryEnabled: true,
              RecoveryPeriodInDays: spec.recoveryDays,
            },
          }),
        ),
    },
  ];
}

function tags(spec: TableSpec, environment: Environment, { live }: Restored): readonly Setting[] {
  const there = known(live.tags);
  const missing = Object.entries(tableTags(spec, environment)).filter(([key, value]) => there[key] !== value);
  if (missing.length === 0) return [];
  return [
    {
      what: `tags ${missing.map(([key]) => key).join(", ")}`,
      putBack: ({ dynamodb }) =>
        dynamodb.send(
          new TagResourceCommand({
            ResourceArn: live.description.TableArn,
            Tags: missing.map(([Key, Value]) => ({ Key, Value })),
          }),
        ),
    },
  ];
}

function stream(spec: TableSpec, { name, live }: Restored): readonly Setting[] {
  if (spec.stream === undefined || live.description.StreamSpecification?.StreamEnabled === true) return [];
  const StreamSpecification = { StreamEnabled: true, StreamViewType: spec.stream };
  return [{ what: `stream, ${spec.stream}`, putBack: update(name, { StreamSpecification }) }];
}

function timeToLive(spec: TableSpec, { name, live }: Restored): readonly Setting[] {
  const { timeToLive: wanted } = spec;
  const { TimeToLiveStatus: status } = known(live.timeToLive);
  if (wanted?.enabled !== true || status === "ENABLED" || status === "ENABLING") return [];
  return [
    {
      what: `TTL on ${wanted.attribute}`,
      putBack: ({ dynamodb }) =>
        dynamodb.send(
          new UpdateTimeToLiveCommand({
            TableName: name,
            TimeToLiveSpecification: { Enabled: true, AttributeName: wanted.attribute },
          }),
        ),
    },
  ];
}

const autoscaling = (
  spec: TableSpec,
  environment: Environment,
  { name, live }: Restored,
): readonly Setting[] =>
  scalingsOf(spec, name, live.description)
    .filter((one) => scalingDifferences(one, live.scaling).length > 0)
    .map((one) => ({
      what: `autoscaling of ${one.index ?? "table"}, ${one.direction}, ${one.min} to ${one.max} units at ${one.utilization} %`,
      putBack: ({ autoscaling: client }) => putScaling(client, one, spec, environment),
    }));

/** What a restore of a table in spec leaves behind: nothing but keys, indexes and units. */
export function forgotten(spec: TableSpec, name: string): Restored {
  const description: TableDescription = {
    BillingModeSummary: {
      BillingMode: spec.capacity.mode === "on-demand" ? "PAY_PER_REQUEST" : "PROVISIONED",
    },
    GlobalSecondaryIndexes: Object.entries(spec.indexes).map(([IndexName, { capacity }]) => ({
      IndexName,
      ...throughput(capacity),
    })),
    ...throughput(spec.capacity),
  };
  return {
    name,
    live: {
      description,
      recovery: {},
      timeToLive: {},
      tags: {},
      scaling: { targets: [], policies: [], scheduled: [] },
    },
  };
}
