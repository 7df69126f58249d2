/** What a difference means: how bad it is, and where it is explained. */

import type { Difference, Finding, SubjectKind } from "./finding";

export type Significance = Pick<Finding, "severity" | "ref">;

const aws = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide";
const changes = "docs/runbooks/change-a-table.md";

/** By the first part of the path. What is not here is minor. */
const ofTables: Readonly<Record<string, Significance>> = {
  existence: { severity: "critical", ref: "docs/runbooks/restore-a-table.md" },
  status: { severity: "critical", ref: `${aws}/HowItWorks.html` },
  partitionKey: { severity: "critical", ref: changes },
  sortKey: { severity: "critical", ref: changes },
  attributes: { severity: "critical", ref: changes },
  encryption: { severity: "critical", ref: `${aws}/EncryptionAtRest.html` },
  pointInTimeRecovery: { severity: "major", ref: `${aws}/Point-in-time-recovery.html` },
  deletionProtection: { severity: "major", ref: "docs/runbooks/destroy-tables.md" },
  timeToLive: { severity: "major", ref: changes },
  indexes: { severity: "major", ref: changes },
  localIndexes: { severity: "major", ref: changes },
  billingMode: { severity: "major", ref: changes },
};

/** By kind of subject. */
const significance: Readonly<Partial<Record<SubjectKind, Readonly<Record<string, Significance>>>>> = {
  table: ofTables,
};

export function significanceOf(kind: SubjectKind, { path }: Pick<Difference, "path">): Significance {
  const [first = ""] = path.split(".");
  return significance[kind]?.[first] ?? { severity: "minor", ref: "docs/tables.md" };
}
