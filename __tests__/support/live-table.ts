import type { TableDescription } from "@aws-sdk/client-dynamodb";
import { compareTable } from "../../scripts/lib/verify/compare-table";
import type { Place } from "../../scripts/lib/verify/comparison";
import { declaredScalings } from "../../scripts/lib/verify/expected-scaling";
import type { LiveTable } from "../../scripts/lib/verify/live-table";
import { loadEnvironments, type Environment } from "../../stacks/environments";
import { tableName, tableTags } from "../../stacks/naming";
import { keyAttributes, type TableSpec } from "../../tables/table-spec";

const { dev } = loadEnvironments({});

const place: Place = { region: "us-east-1", accountId: "123456789012" };

export const key = {
  KeyId: "d79b93e0-6a66-43f9-95ea-6d095d3bd883",
  Arn: "arn:aws:kms:us-east-1:123456789012:key/d79b93e0-6a66-43f9-95ea-6d095d3bd883",
  KeyState: "Enabled",
} as const;

/** What AWS answers for a table that is in spec. */
export function liveTable(spec: TableSpec, environment = dev): LiveTable {
  const name = tableName(spec, environment.name);
  const keySchema = (partitionKey: string, sortKey: string | undefined) => [
    { AttributeName: partitionKey, KeyType: "HASH" as const },
    ...(sortKey ? [{ AttributeName: sortKey, KeyType: "RANGE" as const }] : []),
  ];
  const units = { ReadCapacityUnits: 10, WriteCapacityUnits: 10 };
  const description: TableDescription = {
    TableName: name,
    TableArn: `arn:aws:dynamodb:us-east-1:123456789012:table/${name}`,
    TableStatus: "ACTIVE",
    KeySchema: keySchema(spec.partitionKey, spec.sortKey),
    AttributeDefinitions: keyAttributes(spec).map((attribute) => ({
      AttributeName: attribute,
      AttributeType: "S",
    })),
    ...(spec.capacity.mode === "on-demand"
      ? { BillingModeSummary: { BillingMode: "PAY_PER_REQUEST" } }
      : // A table that was never on-demand has no summary.
        { ProvisionedThroughput: units }),
    GlobalSecondaryIndexes: Object.entries(spec.indexes).map(([index, of]) => ({
      IndexName: index,
      IndexStatus: "ACTIVE" as const,
      KeySchema: keySchema(of.partitionKey, of.sortKey),
      Projection:
        typeof of.projection === "string"
          ? { ProjectionType: of.projection }
          : { ProjectionType: "INCLUDE" as const, NonKeyAttributes: [...of.projection.include].reverse() },
      ProvisionedThroughput: units,
    })),
    // AWS raises it with the load, and never lowers it.
    WarmThroughput: { ReadUnitsPerSecond: 15_000, WriteUnitsPerSecond: 4_000, Status: "ACTIVE" },
    SSEDescription: { Status: "ENABLED", SSEType: "KMS", KMSMasterKeyArn: key.Arn },
    DeletionProtectionEnabled: environment.protected,
  };
  return {
    description,
    recovery: { PointInTimeRecoveryStatus: "ENABLED", RecoveryPeriodInDays: 35 },
    timeToLive: spec.timeToLive
      ? { TimeToLiveStatus: "ENABLED", AttributeName: spec.timeToLive.attribute }
      : { TimeToLiveStatus: "DISABLED" },
    tags: { ...tableTags(spec, environment), "aws:cloudformation:stack-name": "not ours" },
    key,
    expectedKey: key,
    rotation: true,
    resourcePolicy: undefined,
    contributorInsights: new Map([["table", "DISABLED"]]),
    kinesis: [],
    scaling: liveScaling(spec, name),
    replicas: new Map(),
  };
}

function liveScaling(spec: TableSpec, name: string): LiveTable["scaling"] {
  const all = declaredScalings(spec, name);
  const of = ({ resourceId, dimension }: (typeof all)[number]) =>
    ({ ServiceNamespace: "dynamodb", ResourceId: resourceId, ScalableDimension: dimension }) as const;
  const rest = { CreationTime: new Date(0), RoleARN: "", PolicyARN: "" };
  return {
    targets: all.map((one) => ({ ...of(one), ...rest, MinCapacity: one.min, MaxCapacity: one.max })),
    policies: all.map((one) => ({
      ...of(one),
      ...rest,
      PolicyName: one.policy,
      PolicyType: "TargetTrackingScaling",
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: one.utilization,
        PredefinedMetricSpecification: { PredefinedMetricType: one.metric },
      },
    })),
    scheduled: [],
  };
}

/** The differences when something of a table in spec is changed. */
export function differences(
  spec: TableSpec,
  change: (live: LiveTable) => Partial<LiveTable> = () => ({}),
  environment: Environment = dev,
) {
  const live = liveTable(spec, environment);
  const name = tableName(spec, environment.name);
  return compareTable({ spec, environment, name, place, live: { ...live, ...change(live) } });
}

export const described = (change: Partial<TableDescription>) => (live: LiveTable) => ({
  description: { ...live.description, ...change },
});
