/** What a difference means: how bad it is, and where it is explained. */

import type { Difference, Finding, SubjectKind } from "./finding";
import { ofStacks } from "./stacks/significance";

export type Significance = Pick<Finding, "severity" | "ref">;

const aws = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide";
const changes = "docs/runbooks/change-a-table.md";

const kms = "https://docs.aws.amazon.com/kms/latest/developerguide";

/** By path or the longest beginning of it that is here. What is not here is minor. */
const ofTables: Readonly<Record<string, Significance>> = {
  existence: { severity: "critical", ref: "docs/runbooks/restore-a-table.md" },
  arn: { severity: "critical", ref: "docs/environments.md" },
  status: { severity: "critical", ref: `${aws}/HowItWorks.html` },
  partitionKey: { severity: "critical", ref: changes },
  sortKey: { severity: "critical", ref: changes },
  attributes: { severity: "critical", ref: changes },
  encryption: { severity: "critical", ref: `${aws}/EncryptionAtRest.html` },
  "encryption.access": { severity: "critical", ref: "docs/runbooks/key-disabled.md" },
  "encryption.keyState": { severity: "critical", ref: "docs/runbooks/key-disabled.md" },
  "encryption.keyRotation": { severity: "major", ref: `${kms}/rotate-keys.html` },
  // Whoever it names reads and writes past the access policies.
  resourcePolicy: { severity: "major", ref: `${aws}/access-control-resource-based.html` },
  "resourcePolicy.public": { severity: "critical", ref: `${aws}/access-control-resource-based.html` },
  pointInTimeRecovery: { severity: "major", ref: `${aws}/Point-in-time-recovery.html` },
  deletionProtection: { severity: "major", ref: "docs/runbooks/destroy-tables.md" },
  timeToLive: { severity: "major", ref: changes },
  indexes: { severity: "major", ref: changes },
  localIndexes: { severity: "major", ref: changes },
  billingMode: { severity: "major", ref: changes },
  autoscaling: { severity: "major", ref: `${aws}/AutoScaling.html` },
  // Items leave the table by these, or stop reaching those who count on them.
  stream: { severity: "major", ref: `${aws}/Streams.html` },
  kinesisDestinations: { severity: "major", ref: `${aws}/kds.html` },
  replicas: { severity: "major", ref: `${aws}/GlobalTables.html` },
  // These cost money, and nothing else.
  tableClass: { severity: "minor", ref: `${aws}/HowItWorks.TableClasses.html` },
  contributorInsights: { severity: "minor", ref: `${aws}/contributorinsights_HowItWorks.html` },
};

/** By kind of subject. */
const significance: Readonly<Partial<Record<SubjectKind, Readonly<Record<string, Significance>>>>> = {
  table: ofTables,
  ...ofStacks,
};

export function significanceOf(kind: SubjectKind, { path }: Pick<Difference, "path">): Significance {
  const known = significance[kind] ?? {};
  const parts = path.split(".");
  const found = parts
    .map((_, index) => known[parts.slice(0, parts.length - index).join(".")])
    .find((one) => one !== undefined);
  return found ?? { severity: "minor", ref: kind === "table" ? "docs/tables.md" : "docs/runbooks/deploy.md" };
}
