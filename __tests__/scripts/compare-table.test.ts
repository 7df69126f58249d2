/** The verifier's comparisons on AWS's own answers, without a call: also what moto cannot be made to say. */

import { Unread } from "../../scripts/lib/verify/reading";
import type { LiveTable } from "../../scripts/lib/verify/live-table";
import { loadEnvironments } from "../../stacks/environments";
import { tableTags } from "../../stacks/naming";
import { agentProfiles } from "../../tables/agent-profiles";
import { onDemand } from "../../tables/capacity";
import { designAnalysisTracking } from "../../tables/design-analysis-tracking";
import { tradeProcessingStatus } from "../../tables/trade-processing-status";
import { defineSpoiled } from "../support/definition";
import { described, differences, key } from "../support/live-table";

const { dev, prod } = loadEnvironments({});

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
      "a key that is gone",
      () => ({ key: undefined }),
      { path: "encryption.keyState", expected: "Enabled", actual: "absent" },
    ],
    [
      "a key that is not rotated",
      () => ({ rotation: false }),
      { path: "encryption.keyRotation", expected: "on", actual: "off" },
    ],
    [
      "a key that DynamoDB has lost access to",
      (live: LiveTable) => ({
        description: {
          ...live.description,
          SSEDescription: {
            ...live.description.SSEDescription,
            InaccessibleEncryptionDateTime: new Date("2026-11-01T10:00:00Z"),
          },
        },
      }),
      { path: "encryption.access", actual: "none since 2026-11-01T10:00:00.000Z" },
    ],
    [
      "a table of another account",
      described({ TableArn: "arn:aws:dynamodb:us-east-1:999999999999:table/status" }),
      { path: "arn", actual: "arn:aws:dynamodb:us-east-1:999999999999:table/status" },
    ],
    [
      "a table of another region",
      described({ TableArn: "arn:aws:dynamodb:eu-west-1:123456789012:table/status" }),
      { path: "arn", actual: "arn:aws:dynamodb:eu-west-1:123456789012:table/status" },
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
    const unprotected = described({ DeletionProtectionEnabled: false });
    expect(differences(tradeProcessingStatus, unprotected, prod)).toMatchObject([
      { path: "deletionProtection", expected: "on", actual: "off" },
    ]);
  });

  it("another key, and that it does not work either", () => {
    const other = { SSEDescription: { SSEType: "KMS" as const, KMSMasterKeyArn: `${key.Arn}0` } };
    const found = differences(tradeProcessingStatus, (live) => ({
      ...described(other)(live),
      key: { ...key, Arn: `${key.Arn}0`, KeyState: "Disabled" },
    }));
    expect(found).toMatchObject([
      { path: "encryption.key", expected: key.Arn, actual: `${key.Arn}0` },
      { path: "encryption.keyState", actual: "Disabled" },
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

  it("a table that AWS moves to another key", () => {
    const moving = { Status: "UPDATING" as const, SSEType: "KMS" as const, KMSMasterKeyArn: `${key.Arn}0` };
    expect(differences(tradeProcessingStatus, described({ SSEDescription: moving }))).toMatchObject([
      { tier: "unknown", path: "encryption.status", actual: "UPDATING" },
    ]);
  });

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
    ["rotation", "encryption.keyRotation"],
    ["resourcePolicy", "resourcePolicy"],
    ["kinesis", "kinesisDestinations"],
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
