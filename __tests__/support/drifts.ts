/** The sixteen drifts: what is changed past Terraform, how the verifier names it, and what a plan says of it. */

import {
  PutScalingPolicyCommand,
  PutScheduledActionCommand,
  RegisterScalableTargetCommand,
} from "@aws-sdk/client-application-auto-scaling";
import {
  DeleteTableCommand,
  PutResourcePolicyCommand,
  TagResourceCommand,
  UpdateContinuousBackupsCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
  type GlobalSecondaryIndexUpdate,
} from "@aws-sdk/client-dynamodb";
import { DescribeKeyCommand, DisableKeyRotationCommand } from "@aws-sdk/client-kms";
import type { AwsClients } from "../../scripts/lib/aws";
import { SystemKey } from "../../stacks/constructs/system-key";
import { Table } from "../../stacks/constructs/table";
import type { Environment } from "../../stacks/environments";
import { keyAlias, scalableId, scalingMetrics, scalingPolicyName } from "../../stacks/naming";
import type { Settings } from "../../stacks/settings";
import { TablesStack } from "../../stacks/tables-stack";
import { agentConversations } from "../../tables/agent-conversations";
import { agentProfiles } from "../../tables/agent-profiles";
import { provisioned } from "../../tables/capacity";
import { tableName } from "../../tables/naming";
import type { TableSpec } from "../../tables/table-spec";
import { tradeProcessingStatus } from "../../tables/trade-processing-status";
import type { App } from "cdktf";

/** As the catalogue has it, but with a stream, and an index whose units nothing moves: no table has either. */
export const streamedProfiles: TableSpec = {
  ...agentProfiles,
  stream: "NEW_IMAGE",
  indexes: {
    ...agentProfiles.indexes,
    "job-index": { ...agentProfiles.indexes["job-index"], capacity: provisioned({ read: 5, write: 5 }) },
  },
};

/** The tables of agent matching, with those profiles. */
export class StreamedTablesStack extends TablesStack {
  constructor(app: App, environment: Environment, settings: Settings) {
    super(app, { system: "agent-matching", environment, settings });
    const key = new SystemKey(this);
    new Table(this, streamedProfiles, { key });
    new Table(this, agentConversations, { key });
  }
}

export interface Drift {
  readonly drift: string;
  readonly spec: TableSpec;
  readonly change: (clients: AwsClients) => Promise<unknown>;
  readonly finding: object;
  /** Address and attribute, where a plan finds it. */
  readonly planned?: string;
}

const trade = tableName(tradeProcessingStatus, "dev");
const profiles = tableName(agentProfiles, "dev");
const tradeArn = `arn:aws:dynamodb:us-east-1:123456789012:table/${trade}`;

const ofTable = { ServiceNamespace: "dynamodb", ResourceId: scalableId(profiles) } as const;
const readUnits = { ...ofTable, ScalableDimension: "dynamodb:table:ReadCapacityUnits" } as const;

const tag = (Key: string, Value: string) => (clients: AwsClients) =>
  clients.dynamodb.send(new TagResourceCommand({ ResourceArn: tradeArn, Tags: [{ Key, Value }] }));
const update =
  (input: Omit<UpdateTableCommand["input"], "TableName">, TableName = profiles) =>
  ({ dynamodb }: AwsClients) =>
    dynamodb.send(new UpdateTableCommand({ TableName, ...input }));
const updateIndexes = (...GlobalSecondaryIndexUpdates: GlobalSecondaryIndexUpdate[]) => ({
  GlobalSecondaryIndexUpdates,
});
const units = (read: number, write: number) => ({
  ProvisionedThroughput: { ReadCapacityUnits: read, WriteCapacityUnits: write },
});

/** What a plan does not look at. */
export const missedByPlan: readonly Drift[] = [
  {
    drift: "units beyond the autoscaled range",
    spec: streamedProfiles,
    change: update(units(200, 10)),
    finding: { tier: "declared", path: "capacity.read", expected: "10 to 100", actual: "200" },
  },
  {
    drift: "an index that is scaled, and nobody declared so",
    spec: streamedProfiles,
    change: ({ autoscaling }) =>
      autoscaling.send(
        new RegisterScalableTargetCommand({
          ServiceNamespace: "dynamodb",
          ResourceId: scalableId(profiles, "job-index"),
          ScalableDimension: "dynamodb:index:ReadCapacityUnits",
          MinCapacity: 1,
          MaxCapacity: 1000,
        }),
      ),
    finding: {
      tier: "undeclared",
      severity: "major",
      path: "autoscaling.indexes.job-index.read",
      actual: "1 to 1000",
    },
  },
  {
    drift: "a scheduled action",
    spec: streamedProfiles,
    change: ({ autoscaling }) =>
      autoscaling.send(
        new PutScheduledActionCommand({
          ...readUnits,
          ScheduledActionName: "nights",
          Schedule: "cron(0 20 * * ? *)",
          ScalableTargetAction: { MinCapacity: 1, MaxCapacity: 2 },
        }),
      ),
    finding: {
      tier: "undeclared",
      severity: "major",
      path: "autoscaling.table.read.scheduled.nights",
      actual: "cron(0 20 * * ? *), min 1, max 2",
    },
  },
  {
    drift: "a policy that lets in everyone",
    spec: tradeProcessingStatus,
    change: ({ dynamodb }) =>
      dynamodb.send(
        new PutResourcePolicyCommand({
          ResourceArn: tradeArn,
          Policy: JSON.stringify({
            Version: "2012-10-17",
            Statement: [{ Effect: "Allow", Principal: "*", Action: "dynamodb:*", Resource: tradeArn }],
          }),
        }),
      ),
    finding: { tier: "undeclared", severity: "critical", path: "resourcePolicy.public", expected: "absent" },
  },
];

export const foundByPlan: readonly Drift[] = [
  {
    drift: "TTL off",
    spec: tradeProcessingStatus,
    change: ({ dynamodb }) =>
      dynamodb.send(
        new UpdateTimeToLiveCommand({
          TableName: trade,
          TimeToLiveSpecification: { Enabled: false, AttributeName: "expiresAt" },
        }),
      ),
    finding: { tier: "declared", path: "timeToLive", expected: "on expiresAt", actual: "off" },
    planned: "aws_dynamodb_table.trade-processing-status: ttl.0.enabled",
  },
  {
    drift: "point-in-time recovery off",
    spec: tradeProcessingStatus,
    change: ({ dynamodb }) =>
      dynamodb.send(
        new UpdateContinuousBackupsCommand({
          TableName: trade,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: false },
        }),
      ),
    finding: { tier: "declared", path: "pointInTimeRecovery", expected: "ENABLED", actual: "DISABLED" },
    planned: "aws_dynamodb_table.trade-processing-status: point_in_time_recovery.0.enabled",
  },
  {
    drift: "a tag changed",
    spec: tradeProcessingStatus,
    change: tag("Component", "Portal"),
    finding: { tier: "declared", path: "tags.Component", expected: "AgentCore", actual: "Portal" },
    planned: "aws_dynamodb_table.trade-processing-status: tags.Component",
  },
  {
    drift: "a tag added",
    spec: tradeProcessingStatus,
    change: tag("CostCenter", "4711"),
    finding: { tier: "undeclared", path: "tags.CostCenter", expected: "absent", actual: "4711" },
    planned: "aws_dynamodb_table.trade-processing-status: tags.CostCenter",
  },
  {
    drift: "deletion protection switched",
    spec: tradeProcessingStatus,
    change: update({ DeletionProtectionEnabled: true }, trade),
    finding: { tier: "declared", path: "deletionProtection", expected: "off", actual: "on" },
    planned: "aws_dynamodb_table.trade-processing-status: deletion_protection_enabled",
  },
  {
    drift: "the key's rotation off",
    spec: tradeProcessingStatus,
    change: async ({ kms }) => {
      const alias = new DescribeKeyCommand({ KeyId: keyAlias("trade-status", "dev") });
      const { KeyMetadata: key } = await kms.send(alias);
      await kms.send(new DisableKeyRotationCommand({ KeyId: key?.KeyId }));
    },
    finding: {
      tier: "declared",
      severity: "major",
      path: "encryption.keyRotation",
      expected: "on",
      actual: "off",
    },
    planned: "aws_kms_key.key: enable_key_rotation",
  },
  {
    drift: "an index's units changed",
    spec: streamedProfiles,
    change: update(updateIndexes({ Update: { IndexName: "job-index", ...units(8, 5) } })),
    finding: { tier: "declared", path: "indexes.job-index.capacity.read", expected: "5", actual: "8" },
    planned: "aws_dynamodb_table.agent-profiles: global_secondary_index.job-index.read_capacity",
  },
  {
    drift: "an index added",
    spec: streamedProfiles,
    change: update({
      AttributeDefinitions: [{ AttributeName: "name", AttributeType: "S" }],
      ...updateIndexes({
        Create: {
          IndexName: "name-index",
          KeySchema: [{ AttributeName: "name", KeyType: "HASH" }],
          Projection: { ProjectionType: "ALL" },
          ...units(5, 5),
        },
      }),
    }),
    finding: { tier: "undeclared", path: "indexes.name-index", actual: "present" },
    planned: "aws_dynamodb_table.agent-profiles: global_secondary_index.name-index",
  },
  {
    drift: "the stream off",
    spec: streamedProfiles,
    change: update({ StreamSpecification: { StreamEnabled: false } }),
    finding: {
      tier: "declared",
      severity: "major",
      path: "stream",
      expected: "NEW_IMAGE",
      actual: "off",
    },
    planned: "aws_dynamodb_table.agent-profiles: stream_enabled",
  },
  {
    drift: "the autoscaler's maximum lowered",
    spec: streamedProfiles,
    change: ({ autoscaling }) =>
      autoscaling.send(new RegisterScalableTargetCommand({ ...readUnits, MinCapacity: 10, MaxCapacity: 20 })),
    finding: {
      tier: "declared",
      severity: "major",
      path: "autoscaling.table.read",
      expected: "10 to 100",
      actual: "10 to 20",
    },
    planned: "aws_appautoscaling_target.agent-profiles__read: max_capacity",
  },
  {
    drift: "the autoscaler's target value changed",
    spec: streamedProfiles,
    change: ({ autoscaling }) =>
      autoscaling.send(
        new PutScalingPolicyCommand({
          ...readUnits,
          PolicyName: scalingPolicyName(profiles, "read"),
          PolicyType: "TargetTrackingScaling",
          TargetTrackingScalingPolicyConfiguration: {
            TargetValue: 40,
            PredefinedMetricSpecification: { PredefinedMetricType: scalingMetrics.read },
          },
        }),
      ),
    finding: {
      tier: "declared",
      path: "autoscaling.table.read.policy",
      expected: "DynamoDBReadCapacityUtilization at 70 %",
      actual: "DynamoDBReadCapacityUtilization at 40 %",
    },
    planned:
      "aws_appautoscaling_policy.agent-profiles__read: " +
      "target_tracking_scaling_policy_configuration.0.target_value",
  },
  {
    drift: "the table deleted",
    spec: agentConversations,
    change: ({ dynamodb }) =>
      dynamodb.send(new DeleteTableCommand({ TableName: tableName(agentConversations, "dev") })),
    finding: { tier: "declared", severity: "critical", path: "existence", actual: "absent" },
    planned: "aws_dynamodb_table.agent-conversations: create",
  },
];
