/** What may be attached to a table, and its copies: without a call, as AWS answers. */

import type { ReplicaDescription } from "@aws-sdk/client-dynamodb";
import { findingsOf } from "../../scripts/lib/verify/finding";
import { Unread } from "../../scripts/lib/verify/reading";
import { loadEnvironments } from "../../stacks/environments";
import { tableTags } from "../../stacks/naming";
import { conversations } from "../../tables/conversations";
import { designAnalysisTracking } from "../../tables/design-analysis-tracking";
import type { TableSpec } from "../../tables/table-spec";
import { tradeProcessingStatus } from "../../tables/trade-processing-status";
import { described, differences } from "../support/live-table";

const { dev } = loadEnvironments({});
const denied = new Unread("AccessDeniedException: not authorized");

describe("what nobody declared is found so, with its severity:", () => {
  const policyOf = (principal: unknown, condition?: object) => () => ({
    resourcePolicy: JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "ReadThem",
          Effect: "Allow",
          Principal: principal,
          Action: "dynamodb:GetItem",
          Resource: "*",
          ...(condition && { Condition: condition }),
        },
      ],
    }),
  });

  it.each([
    [
      "a policy for everyone",
      policyOf("*"),
      {
        path: "resourcePolicy.public",
        severity: "critical",
        actual: expect.stringContaining("AWS *") as unknown,
      },
    ],
    [
      "a policy for another account",
      policyOf({ AWS: "arn:aws:iam::999999999999:root" }),
      { path: "resourcePolicy.public", severity: "critical" },
    ],
    [
      "a policy for everyone in our account",
      policyOf("*", { StringEquals: { "aws:PrincipalAccount": "123456789012" } }),
      { path: "resourcePolicy", severity: "major", actual: "a policy that lets in named principals" },
    ],
    [
      "a policy for a role",
      policyOf({ AWS: "arn:aws:iam::123456789012:role/reporting" }),
      { path: "resourcePolicy", severity: "major" },
    ],
    [
      "a stream",
      described({ StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_IMAGE" } }),
      { path: "stream", severity: "major", actual: "NEW_IMAGE" },
    ],
    [
      "contributor insights of the table",
      () => ({ contributorInsights: new Map([["table", "ENABLED"]]) }),
      { path: "contributorInsights.table", severity: "minor", actual: "ENABLED" },
    ],
    [
      "contributor insights of an index that are on their way",
      () => ({ contributorInsights: new Map([["indexes.created_at-index", "ENABLING"]]) }),
      {
        path: "contributorInsights.indexes.created_at-index",
        severity: "minor",
        remedy: expect.stringContaining("--index-name created_at-index ") as unknown,
      },
    ],
    [
      "a Kinesis stream",
      () => ({
        kinesis: [
          {
            StreamArn: "arn:aws:kinesis:us-east-1:123456789012:stream/statuses",
            DestinationStatus: "ACTIVE",
          } as const,
        ],
      }),
      { path: "kinesisDestinations.statuses", severity: "major" },
    ],
    [
      "the class of tables that are seldom read",
      described({ TableClassSummary: { TableClass: "STANDARD_INFREQUENT_ACCESS" } }),
      { path: "tableClass", severity: "minor", actual: "STANDARD_INFREQUENT_ACCESS" },
    ],
    [
      "a replica",
      described({ Replicas: [{ RegionName: "eu-west-1", ReplicaStatus: "ACTIVE" }] }),
      { path: "replicas.eu-west-1", severity: "major", actual: "a replica, ACTIVE" },
    ],
  ] as const)("%s", (_, change, finding) => {
    const found = findingsOf({ kind: "table", name: "status" }, differences(designAnalysisTracking, change));
    expect(found).toMatchObject([{ tier: "undeclared", expected: "absent", ...finding }]);
  });

  it.each([
    ["insights that are off", () => ({ contributorInsights: new Map([["table", "DISABLING"]]) })],
    [
      "a Kinesis stream that is taken off",
      () => ({ kinesis: [{ StreamArn: "arn:x/statuses", DestinationStatus: "DISABLED" } as const] }),
    ],
    ["a class that is AWS's default", described({ TableClassSummary: { TableClass: "STANDARD" } })],
    ["a table that is its own replica", described({ Replicas: [{ RegionName: "us-east-1" }] })],
    ["a stream that was taken off", described({ StreamSpecification: { StreamEnabled: false } })],
  ])("but not %s", (_, change) => {
    expect(differences(designAnalysisTracking, change)).toEqual([]);
  });
});

describe("a declared stream", () => {
  const spec: TableSpec = { ...conversations, stream: "NEW_AND_OLD_IMAGES" };

  it.each([
    [{ StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" }, []],
    [{ StreamEnabled: true, StreamViewType: "KEYS_ONLY" }, [{ tier: "declared", actual: "KEYS_ONLY" }]],
    [undefined, [{ tier: "declared", path: "stream", expected: "NEW_AND_OLD_IMAGES", actual: "off" }]],
  ] as const)("that is %j", (StreamSpecification, expected) => {
    expect(differences(spec, described({ StreamSpecification }))).toMatchObject(expected);
  });
});

describe("a declared replica", () => {
  const replicaKey = "arn:aws:kms:eu-west-1:123456789012:key/0e7c1b7a-53a6-4d1f-94d4-2d7a4f2b7a11";
  const spec: TableSpec = {
    ...tradeProcessingStatus,
    stream: "NEW_AND_OLD_IMAGES",
    replicas: [{ region: "eu-west-1", keyArns: { dev: replicaKey } }],
  };
  const replica: ReplicaDescription = {
    RegionName: "eu-west-1",
    ReplicaStatus: "ACTIVE",
    KMSMasterKeyId: replicaKey,
  };
  const settings = {
    recovery: { PointInTimeRecoveryStatus: "ENABLED" as const, RecoveryPeriodInDays: 35 },
    tags: tableTags(spec, dev),
  };
  const withReplica = (change: Partial<ReplicaDescription>, changed: Partial<typeof settings> = {}) =>
    differences(spec, (live) => ({
      description: {
        ...live.description,
        StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
        Replicas: [{ ...replica, ...change }],
      },
      replicas: new Map([["eu-west-1", { ...settings, ...changed }]]),
    }));

  it("is in spec as the stack makes it", () => {
    expect(withReplica({})).toEqual([]);
  });

  it.each([
    [{ RegionName: "eu-west-2" }, {}, ["replicas.eu-west-1", "replicas.eu-west-2"]],
    [{ ReplicaStatus: "REGION_DISABLED" as const }, {}, ["replicas.eu-west-1.status"]],
    [{ KMSMasterKeyId: `${replicaKey}0` }, {}, ["replicas.eu-west-1.key"]],
    [{}, { recovery: { PointInTimeRecoveryStatus: "DISABLED" } }, ["replicas.eu-west-1.pointInTimeRecovery"]],
    [{}, { tags: { ...settings.tags, System: "portal" } }, ["replicas.eu-west-1.tags.System"]],
  ])("with %j and %j is not", (change, changed, paths) => {
    expect(withReplica(change, changed as Partial<typeof settings>).map(({ path }) => path)).toEqual(paths);
  });

  it("that AWS is still making is unknown, as is what its region does not tell", () => {
    expect(withReplica({ ReplicaStatus: "CREATING" })).toMatchObject([
      { tier: "unknown", path: "replicas.eu-west-1.status" },
    ]);
    expect(withReplica({}, { tags: denied as unknown as typeof settings.tags })).toMatchObject([
      { tier: "unknown", path: "replicas.eu-west-1.tags" },
    ]);
  });
});
