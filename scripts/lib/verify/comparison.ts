import type { Environment } from "../../../stacks/environments";
import type { TableSpec } from "../../../tables/table-spec";
import { unknown, type Difference } from "./finding";
import type { LiveTable } from "./live-table";
import { Unread, type Reading } from "./reading";

/** Where a table is to be. */
export interface Place {
  readonly region: string;
  /** Where it is known. */
  readonly accountId?: string | undefined;
}

/** A table as it is, beside what says how it ought to be. */
export interface Comparison {
  readonly spec: TableSpec;
  readonly environment: Environment;
  /** Physical name, which is another than the spec's of a table that was restored. */
  readonly name: string;
  readonly place: Place;
  readonly live: LiveTable;
}

/** Checks one aspect, or says that it could not be read. */
export function whenRead<T>(
  path: string,
  value: Reading<T>,
  check: (value: T) => readonly Difference[],
): readonly Difference[] {
  if (!(value instanceof Unread)) return check(value);
  return [unknown(path, "an answer from AWS", value.reason, "Check the rights to describe it.")];
}
