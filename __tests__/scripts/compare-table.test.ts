/** The verifier's comparisons on AWS's own answers, without a call: also what moto cannot be made to say. */

import type { TableDescription } from "@aws-sdk/client-dynamodb";
import { compareTable } from "../../scripts/lib/verify/compare-table";
import { Unread, type LiveTable } from "../../scripts/lib/verify/live-table";
import { loadEnvironments } from "../../stacks/environments";
import { tableTags } from "../../stacks/naming";
import { agentProfiles } from "../../tables/agent-profiles";
import { onDemand } from "../../tables/capacity";
import { designAnalysisTracking } from "../../tables/design-analysis-tracking";
import { keyAttributes, type TableSpec } from "../../tables/table-spec";
import { tradeProcessingStatus } from "../../tables/trade-processing-status";
import { defineSpoiled } from "../support/definition";

const { dev, prod } = loadEnvironments({});
const key = {
  KeyId: "d79b93e0-6a66-43f9-95ea-6d095d3bd883",
  Arn: "arn:aws:kms:us-east-1:123456789012:key/d79b93e0-6a66-43f9-95ea-6d095d3bd883",
  KeyState: "Enabled",
} as const;

/** What AWS answers for a table that is in spec, in dev. */
function liveTable(spec: TableSpec): LiveTable {
  const keySchema = (partitionKey: string, sortKey: string | undefined) => [
    { AttributeName: partitionKey, KeyType: "HASH" as const },
    ...(sortKey ? [{ AttributeName: sortKey, KeyType: "RANGE" as const }] : []),
  ];
  const units = { ReadCapacityUnits: 10, WriteCapacityUnits: 10 };
  const description: TableDescription = {
    TableStatus: "ACTIVE",
    KeySchema: keySchema(spec.partitionKey, spec.sortKey),
    AttributeDefinitions: keyAttributes(spec).map((name) => ({ AttributeName: name, AttributeType: "S" })),
    ...(spec.capacity.mode === "on-demand"
      ? { BillingModeSummary: { BillingMode: "PAY_PER_REQUEST" } }
      : // A table that was never on-demand has no summary.
        { ProvisionedThroughput: units }),
    GlobalSecondaryIndexes: Object.entries(spec.indexes).map(([name, index]) => ({
      IndexName: name,
      IndexStatus: "ACTIVE" as const,
      KeySchema: keySchema(index.partitionKey, index.sortKey),
      Projection:
        typeof index.projection === "string"
          ? { ProjectionType: index.projection }
          : { ProjectionType: "INCLUDE" as const, NonKeyAttributes: [...index.projection.include].reverse() },
      ProvisionedThroughput: units,
    })),
    SSEDescription: { Status: "ENABLED", SSEType: "KMS", KMSMasterKeyArn: key.Arn },
    DeletionProtectionEnabled: false,
  };
  return {
    description,
    recovery: { PointInTimeRecoveryStatus: "ENABLED", RecoveryPeriodInDays: 35 },
    timeToLive: spec.timeToLive
      ? { TimeToLiveStatus: "ENABLED", AttributeName: spec.timeToLive.attribute }
      : { TimeToLiveStatus: "DISABLED" },
    tags: { ...tableTags(spec, dev), "aws:cloudformation:stack-name": "not ours" },
    key,
    expectedKey: key,
  };
}

/** The differences when something of a table in spec is changed. */
function differences(spec: TableSpec, change: (live: LiveTable) => Partial<LiveTable> = () => ({})) {
  const live = liveTable(spec);
  return compareTable({ spec, environment: dev, live: { ...live, ...change(live) } });
}

const described = (change: Partial<TableDescription>) => (live: LiveTable) => ({
  description: { ...live.description, ...change },
});

describe("a table is in spec", () => {
  it.each([tradeProcessingStatus, agentProfiles, designAnalysisTracking] as const)(
    "as AWS describes $id",
    (spec) => {
      expect(differences(spec)).toEqual([]);
    },
  );

  it("while AWS is still switching TTL on", () => {
    const enabling = { TimeToLiveStatus: "ENABLING", AttributeName: "expiresAt" } as const;
    expect(differences(tradeProcessingStatus, () => ({ timeToLive: enabling }))).toEqual([]);
  });

  it("when AWS reports a maximum of request units that was taken off as -1", () => {
    const none = { MaxReadRequestUnits: -1, MaxWriteRequestUnits: -1 };
    expect(differences(tradeProcessingStatus, described({ OnDemandThroughput: none }))).toEqual([]);
  });
});

describe("a difference names what, expected and actual:", () => {
  const recoveryOf = (days: number) => ({
    recovery: { PointInTimeRecoveryStatus: "ENABLED" as const, RecoveryPeriodInDays: days },
  });

  it.each([
    [
      "a table whose key DynamoDB cannot use",
      described({ TableStatus: "INACCESSIBLE_ENCRYPTION_CREDENTIALS" }),
      { path: "status", expected: "ACTIVE", actual: "INACCESSIBLE_ENCRYPTION_CREDENTIALS" },
    ],
    [
      "another partition key",
      described({ KeySchema: [{ AttributeName: "session", KeyType: "HASH" }] }),
      { path: "partitionKey", expected: "sessionId", actual: "session" },
    ],
    [
      "a sort key that nobody declared",
      described({
        KeySchema: [
          { AttributeName: "sessionId", KeyType: "HASH" },
          { AttributeName: "createdAt", KeyType: "RANGE" },
        ],
      }),
      { path: "sortKey", expected: "absent", actual: "createdAt" },
    ],
    [
      "a key of another type",
      described({ AttributeDefinitions: [{ AttributeName: "sessionId", AttributeType: "N" }] }),
      { path: "attributes.sessionId.type", expected: "S", actual: "N" },
    ],
    [
      "TTL on another attribute",
      () => ({ timeToLive: { TimeToLiveStatus: "ENABLED" as const, AttributeName: "ttl" } }),
      { path: "timeToLive", expected: "on expiresAt", actual: "on ttl" },
    ],
    [
      "a shorter recovery period",
      () => recoveryOf(7),
      { path: "pointInTimeRecovery.days", expected: "35", actual: "7" },
    ],
    [
      "AWS's own key",
      (live: LiveTable) => ({
        description: { ...live.description, SSEDescription: undefined },
        key: undefined,
      }),
      { path: "encryption.key", expected: key.Arn, actual: "the key that AWS owns" },
    ],
    [
      "another key",
      described({ SSEDescription: { SSEType: "KMS", KMSMasterKeyArn: `${key.Arn}0` } }),
      { path: "encryption.key", expected: key.Arn, actual: `${key.Arn}0` },
    ],
    [
      "a key that is about to be deleted",
      () => ({ key: { ...key, KeyState: "PendingDeletion" as const } }),
      { path: "encryption.keyState", expected: "Enabled", actual: "PendingDeletion" },
    ],
    [
      "no key behind the alias",
      () => ({ expectedKey: undefined }),
      { path: "encryption.key", actual: "no such key" },
    ],
    [
      "another tag value",
      () => ({ tags: { ...tableTags(tradeProcessingStatus, dev), Component: "Portal" } }),
      { path: "tags.Component", expected: "AgentCore", actual: "Portal" },
    ],
    [
      "a maximum of request units that nobody declared",
      described({ OnDemandThroughput: { MaxReadRequestUnits: 50 } }),
      { path: "capacity.maxReadUnits", expected: "none", actual: "50" },
    ],
  ] as const)("%s", (_, change, difference) => {
    expect(differences(tradeProcessingStatus, change)).toMatchObject([difference]);
  });

  it.each([
    ["another projection", { Projection: { ProjectionType: "KEYS_ONLY" } }, "projection", "ALL", "KEYS_ONLY"],
    [
      "another key of the index",
      { KeySchema: [{ AttributeName: "name", KeyType: "HASH" }] },
      "partitionKey",
      "job",
      "name",
    ],
    [
      "units of an index beyond the autoscaled range",
      { ProvisionedThroughput: { ReadCapacityUnits: 4, WriteCapacityUnits: 5 } },
      "capacity.read",
      "5 to 100",
      "4",
    ],
  ] as const)("%s", (_, change, path, expected, actual) => {
    const changed = differences(agentProfiles, ({ description }) => ({
      description: {
        ...description,
        GlobalSecondaryIndexes: description.GlobalSecondaryIndexes?.map((index) =>
          index.IndexName === "job-index" ? ({ ...index, ...change } as typeof index) : index,
        ),
      },
    }));
    expect(changed).toMatchObject([{ path: `indexes.job-index.${path}`, expected, actual }]);
  });

  it("missing protection where the environment has it", () => {
    const spec = tradeProcessingStatus;
    const live = { ...liveTable(spec), tags: tableTags(spec, prod) };
    expect(compareTable({ spec, environment: prod, live })).toMatchObject([
      { path: "deletionProtection", expected: "on", actual: "off" },
    ]);
  });

  it("exact units where nothing scales", () => {
    const spec = defineSpoiled({ capacity: { mode: "provisioned", read: 5, write: 10 } });
    expect(differences(spec)).toMatchObject([{ path: "capacity.read", expected: "5", actual: "10" }]);
  });

  it("a missing local index, and one that nobody declared", () => {
    const localIndexes = { "by-time": { sortKey: "created_at", projection: "ALL" } };
    const spec = defineSpoiled({ localIndexes, capacity: onDemand() });
    const live = described({ LocalSecondaryIndexes: [{ IndexName: "by-title" }] });
    expect(differences(spec, live)).toMatchObject([
      { tier: "declared", path: "localIndexes.by-time", actual: "absent" },
      { tier: "undeclared", path: "localIndexes.by-title", actual: "present" },
    ]);
  });
});

describe("what cannot be told yet is unknown, neither right nor wrong:", () => {
  it.each(["UPDATING", "CREATING"] as const)(
    "a table in %s, as the autoscaler alone puts it",
    (TableStatus) => {
      expect(differences(agentProfiles, described({ TableStatus }))).toMatchObject([
        { tier: "unknown", path: "status", actual: TableStatus },
      ]);
    },
  );

  it("an index that AWS is still filling", () => {
    const filling = { IndexStatus: "CREATING" as const, Backfilling: true };
    const found = differences(designAnalysisTracking, ({ description }) => ({
      description: {
        ...description,
        GlobalSecondaryIndexes: description.GlobalSecondaryIndexes?.map((index) => ({
          ...index,
          ...filling,
        })),
      },
    }));
    expect(found).toMatchObject([{ tier: "unknown", actual: "CREATING, backfilling" }]);
  });

  it.each([
    ["recovery", "pointInTimeRecovery"],
    ["timeToLive", "timeToLive"],
    ["tags", "tags"],
    ["expectedKey", "encryption.key"],
    ["key", "encryption.keyState"],
  ] as const)("a denied answer about %s, which hides no drift elsewhere", (aspect, path) => {
    const found = differences(tradeProcessingStatus, ({ description }) => ({
      description: { ...description, DeletionProtectionEnabled: true },
      [aspect]: new Unread("AccessDeniedException: not authorized"),
    }));
    expect(found).toHaveLength(2);
    expect(found).toContainEqual(expect.objectContaining({ tier: "unknown", path }));
    expect(found).toContainEqual(expect.objectContaining({ tier: "declared", path: "deletionProtection" }));
  });
});
