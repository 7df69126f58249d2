/** What is done with tables in a month: a file of JSON, checked before anything is reckoned. */

import { readFileSync } from "node:fs";
import * as v from "valibot";
import { itemLimitBytes } from "../../../functions/shared/item-size";
import { catalogue } from "../../../tables/catalogue";
import type { TableSpec } from "../../../tables/table-spec";
import { CouldNotTell, describeError } from "../errors";
import { indexesOf } from "./sizes";
import { consistencies } from "./units";

/** DynamoDB: the most that one Query reads. */
const pageLimitBytes = 1024 * 1024;
/** Far more than any table has; keeps figures readable. */
const most = 1_000_000_000_000;
const hoursOfDay = 24;

const whole = (least: number, largest: number) => {
  const message = `must be a whole number from ${least} to ${largest}`;
  return v.pipe(
    v.number(message),
    v.integer(message),
    v.minValue(least, message),
    v.maxValue(largest, message),
  );
};
const text = v.pipe(v.string("must be text"), v.nonEmpty("must not be empty"));
const count = whole(0, most);
const bytesOfItem = whole(1, itemLimitBytes);

const read = v.strictObject({
  what: text,
  perMonth: count,
  /** An index that is queried; the table itself where it is left out. */
  index: v.optional(text),
  /** Of all that one request reads; one item, or one entry of the index, where it is left out. */
  bytes: v.optional(whole(0, pageLimitBytes)),
  consistency: v.optional(
    v.picklist(consistencies, `must be one of ${consistencies.join(", ")}`),
    "eventual",
  ),
});

const anyWrite = {
  what: text,
  perMonth: count,
  /** Of the item before or after, whichever is larger; the table's `itemBytes` where it is left out. */
  bytes: v.optional(bytesOfItem),
  transactional: v.optional(v.boolean("must be true or false"), false),
};
const write = v.variant(
  "kind",
  [
    v.strictObject({ kind: v.literal("create"), ...anyWrite }),
    v.strictObject({ kind: v.literal("delete"), ...anyWrite }),
    v.strictObject({
      kind: v.literal("update"),
      ...anyWrite,
      /** The attributes whose values change: which indexes that writes to follows from the spec. */
      changes: v.pipe(
        v.array(text, "must be a list of attributes"),
        v.minLength(1, "must name an attribute"),
      ),
    }),
  ],
  "must be create, update or delete",
);

const tableWorkload = v.strictObject({
  describes: v.optional(text),
  items: count,
  /** Without AWS's overhead; the spec's example where it is left out. */
  itemBytes: v.optional(bytesOfItem),
  /** Sizes of entries that do not follow from the example. */
  entryBytes: v.optional(v.record(text, bytesOfItem), {}),
  reads: v.optional(v.array(read, "must be a list"), []),
  writes: v.optional(v.array(write, "must be a list"), []),
  /** Items that TTL removes: free, and told. */
  ttlDeletes: v.optional(count, 0),
  /** Principals that call the table: each has the table's key decrypted for itself. */
  callers: v.optional(whole(1, 10_000), 1),
  /** How the day's load falls on its hours, as weights. */
  hours: v.optional(
    v.pipe(
      v.array(whole(0, 1_000_000), "must be a list"),
      v.length(hoursOfDay, `must have ${hoursOfDay} weights, from midnight on`),
      v.check((hours) => hours.some((weight) => weight > 0), "must not all be 0"),
    ),
  ),
  /** How many times the average of its hour the busiest minutes are. */
  peak: v.optional(whole(1, 1_000), 1),
  /** Units to reckon with in place of the spec's capacity, the same for table and indexes. */
  provisioned: v.optional(v.strictObject({ read: whole(1, 40_000), write: whole(1, 40_000) })),
});

const workload = v.strictObject({
  schemaVersion: v.literal(1, "must be 1"),
  name: text,
  describes: text,
  tables: v.record(text, tableWorkload),
});

export type TableWorkload = v.InferOutput<typeof tableWorkload>;
export type Workload = v.InferOutput<typeof workload>;
export type Write = TableWorkload["writes"][number];

/**
 * Reads a workload file.
 *
 * @throws CouldNotTell that names the file, and of each fault the field, its limit and the value.
 */
export function loadWorkload(path: string): Workload {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new CouldNotTell(`The workload ${path} cannot be read: ${describeError(error)}`);
  }
  return parseWorkload(content, path);
}

/** @throws CouldNotTell as loadWorkload does. */
export function parseWorkload(content: unknown, path: string): Workload {
  const parsed = v.safeParse(workload, content);
  const faults = parsed.success
    ? Object.entries(parsed.output.tables).flatMap(([id, table]) => strangers(id, table))
    : parsed.issues.map((issue) => `${v.getDotPath(issue) ?? "it"} ${messageOf(issue)}`);
  if (parsed.success && faults.length === 0) return parsed.output;
  throw new CouldNotTell(`The workload ${path} is defective:\n${faults.map((one) => `  ${one}`).join("\n")}`);
}

function messageOf(issue: v.BaseIssue<unknown>): string {
  const found = issue.input === undefined ? "nothing" : shortened(JSON.stringify(issue.input));
  if (issue.expected === "never") return "is not known here: leave it out, or correct its name";
  if (issue.type === "strict_object" && issue.input === undefined) return "is missing";
  const own = issue.message.startsWith("must") ? issue.message : `must be ${issue.expected ?? "given"}`;
  return `${own}; found ${found}`;
}

const shortened = (value: string): string => (value.length > 60 ? `${value.slice(0, 59)}…` : value);

/** Names that the specs do not have. */
function strangers(id: string, table: TableWorkload): readonly string[] {
  const spec = catalogue.find((one) => one.id === id);
  const known = catalogue.map((one) => one.id).join(", ");
  return spec === undefined ? [`tables.${id} is no table; use ${known}`] : [...strangersOf(spec, table)];
}

function* strangersOf(spec: TableSpec, table: TableWorkload): Iterable<string> {
  const path = `tables.${spec.id}`;
  const indexes = indexesOf(spec);
  const known = [...indexes.keys()].join(", ") || "none";
  for (const name of Object.keys(table.entryBytes)) {
    if (!indexes.has(name)) yield `${path}.entryBytes.${name} is no index of the table; it has ${known}`;
  }
  for (const [position, { index: name, consistency }] of table.reads.entries()) {
    if (name === undefined) continue;
    const index = indexes.get(name);
    if (index === undefined) {
      yield `${path}.reads.${position}.index is no index of the table; it has ${known}; found "${name}"`;
    } else if (consistency === "transactional" || (consistency === "strong" && !index.isLocal)) {
      yield `${path}.reads.${position}.consistency must be eventual on a global index; found "${consistency}"`;
    }
  }
  for (const [position, one] of table.writes.entries()) {
    const changed = one.kind === "update" ? one.changes : [];
    for (const name of changed.filter((attribute) => !(attribute in spec.attributes))) {
      yield `${path}.writes.${position}.changes must name attributes of the table; found "${name}"`;
    }
  }
}
