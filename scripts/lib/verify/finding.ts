import type { StackId } from "../../../stacks/naming";
import { significanceOf } from "./significance";

/** What can be looked at. */
export type SubjectKind =
  | "table"
  | "key"
  | "access policy"
  | "function"
  | "role"
  | "api"
  | "workflow"
  | "schedule"
  | "queue"
  | "agent"
  | "alarm"
  | "topic"
  | "dashboard"
  | "trail"
  | "bucket"
  | "log group";

/** Something deployed that is held against what the repository says of it. */
export interface Subject {
  readonly stack: StackId;
  readonly kind: SubjectKind;
  /** Physical name. */
  readonly name: string;
}

/**
 * declared: the repository says otherwise. undeclared: it says nothing of it. unknown: it could not be read, so it
 * is neither right nor wrong.
 */
export type Tier = "declared" | "undeclared" | "unknown";

/** critical: data or access is at stake now. major: a safeguard is off. minor: the rest. */
export type Severity = "critical" | "major" | "minor";

/** A difference between what is deployed and what is declared, or something that could not be looked at. */
export interface Finding {
  /** Physical name of what differs. */
  readonly subject: string;
  readonly tier: Tier;
  readonly severity: Severity;
  /** What differs, as a path into the subject: `indexes.job-index.projection`. */
  readonly path: string;
  readonly expected: string;
  readonly actual: string;
  readonly remedy: string;
  /** Where it is explained: a page of this repository or of AWS. */
  readonly ref: string;
}

/** A finding before its subject is known. */
export type Difference = Omit<Finding, "subject" | "severity" | "ref">;

/** The findings of a subject: what a difference means is looked up by kind and path. */
export const findingsOf = (
  { kind, name }: Pick<Subject, "kind" | "name">,
  differences: readonly Difference[],
): readonly Finding[] =>
  differences.map((difference) => ({ subject: name, ...difference, ...significanceOf(kind, difference) }));

const reapply = "Deploy the table's stack.";

/** A declared value that is not what is there. */
export const declared = (
  path: string,
  expected: string | number,
  actual: string | number,
  remedy = reapply,
): Difference => ({ tier: "declared", path, expected: String(expected), actual: String(actual), remedy });

export const undeclared = (path: string, actual: string, remedy: string): Difference => ({
  tier: "undeclared",
  path,
  expected: "absent",
  actual,
  remedy,
});

/** Something that could not be looked at: neither right nor wrong. */
export const unknown = (path: string, expected: string, actual: string, remedy: string): Difference => ({
  tier: "unknown",
  path,
  expected,
  actual,
  remedy,
});

/** One difference when two values differ, none when they are the same. */
export const compare = (
  path: string,
  expected: string | number,
  actual: string | number | undefined,
  remedy?: string,
): readonly Difference[] =>
  expected === actual ? [] : [declared(path, expected, actual ?? "absent", remedy)];
