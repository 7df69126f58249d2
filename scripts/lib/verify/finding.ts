/** A difference between a table and its spec, or something that could not be looked at. */
export interface Finding {
  /** Physical name. */
  readonly table: string;
  /**
   * declared: the spec says otherwise. undeclared: the spec says nothing of it. unknown: it could not be
   * read, so it is neither right nor wrong.
   */
  readonly tier: "declared" | "undeclared" | "unknown";
  /** What differs, as a path into the table: `indexes.job-index.projection`. */
  readonly path: string;
  readonly expected: string;
  readonly actual: string;
  readonly remedy: string;
}

/** A finding before its table is known. */
export type Difference = Omit<Finding, "table">;

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
