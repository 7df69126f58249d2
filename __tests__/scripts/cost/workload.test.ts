/** Workload files: those that are shipped, and what is said of defective ones. */

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { defaultWorkload } from "../../../scripts/lib/cost/documents";
import { loadWorkload, parseWorkload } from "../../../scripts/lib/cost/workload";
import { root } from "../../../scripts/lib/paths";
import { catalogue } from "../../../tables/catalogue";

const folder = join(root, "scripts/workloads");

it.each(readdirSync(folder))("%s is in order", (file) => {
  const { tables } = loadWorkload(join(folder, file));
  expect(Object.keys(tables).length).toBeGreaterThan(0);
});

it("the default has every table", () => {
  expect(Object.keys(loadWorkload(defaultWorkload).tables).sort()).toEqual(
    catalogue.map(({ id }) => id).sort(),
  );
});

const index = "overall_status-created_at-index";
const table = { items: 10, itemBytes: 2_000 };
const read = { what: "a client follows an analysis", perMonth: 10 };
const write = { what: "a step ends", perMonth: 10, kind: "update", changes: ["updated_at"] };
const workload = (changes: object) => ({
  schemaVersion: 1,
  name: "analyses",
  describes: "100 a day",
  tables: { "design-analysis-tracking": { ...table, ...changes } },
});
const path = "tables.design-analysis-tracking";

describe("a defective workload is refused, with the field, its limit and the value:", () => {
  it.each([
    [{ items: -1 }, `${path}.items must be a whole number from 0 to 1000000000000; found -1`],
    [{ itemBytes: 1.5 }, `${path}.itemBytes must be a whole number from 1 to 409600; found 1.5`],
    [{ itemBytes: 409_601 }, `${path}.itemBytes must be a whole number from 1 to 409600; found 409601`],
    [{ ttl: 3 }, `${path}.ttl is not known here: leave it out, or correct its name`],
    [{ reads: [{ ...read, perMonth: "9" }] }, `${path}.reads.0.perMonth must be a whole number from 0 to`],
    [{ reads: [{ ...read, bytes: 2_000_000 }] }, "from 0 to 1048576; found 2000000"],
    [
      { reads: [{ ...read, consistency: "weak" }] },
      `${path}.reads.0.consistency must be one of eventual, strong, transactional; found "weak"`,
    ],
    [
      { reads: [read, { ...read, index: "by-owner" }] },
      `${path}.reads.1.index is no index of the table; it has ${index}; found "by-owner"`,
    ],
    [
      { reads: [{ ...read, index, consistency: "strong" }] },
      `${path}.reads.0.consistency must be eventual on a global index; found "strong"`,
    ],
    [
      { writes: [{ ...write, kind: "upsert" }] },
      `${path}.writes.0.kind must be create, update or delete; found "upsert"`,
    ],
    [{ writes: [{ ...write, changes: [] }] }, `${path}.writes.0.changes must name an attribute; found []`],
    [
      { writes: [{ ...write, changes: ["updatedAt"] }] },
      `${path}.writes.0.changes must name attributes of the table; found "updatedAt"`,
    ],
    [{ entryBytes: { "by-owner": 3 } }, `${path}.entryBytes.by-owner is no index of the table`],
    [{ hours: [1, 2, 3] }, `${path}.hours must have 24 weights, from midnight on; found [1,2,3]`],
    [{ hours: Array<number>(24).fill(0) }, `${path}.hours must not all be 0`],
    [
      { provisioned: { read: 0, write: 1 } },
      `${path}.provisioned.read must be a whole number from 1 to 40000`,
    ],
  ])("%j", (changes, sentence) => {
    expect(() => parseWorkload(workload(changes), "mine.json")).toThrow(
      expect.objectContaining({
        name: "CouldNotTell",
        message: expect.stringContaining(sentence) as string,
      }) as Error,
    );
  });

  it("another version, and a table that is none", () => {
    const tables = { orders: table };
    expect(() => parseWorkload({ ...workload({}), tables }, "mine.json")).toThrow(
      "tables.orders is no table; use brand-processing-status, conversations,",
    );
    expect(() => parseWorkload({ ...workload({}), schemaVersion: 2 }, "mine.json")).toThrow(
      "schemaVersion must be 1; found 2",
    );
    expect(() => parseWorkload([], "mine.json")).toThrow("The workload mine.json is defective:");
  });

  it("a field that is missing", () => {
    const tables = { "design-analysis-tracking": { itemBytes: 2_000 } };
    expect(() => parseWorkload({ ...workload({}), tables }, "mine.json")).toThrow(`${path}.items is missing`);
  });

  it("several faults at once", () => {
    expect(() => parseWorkload(workload({ items: -1, callers: 0 }), "mine.json")).toThrow(
      /items must[^\n]*\n {2}tables[^\n]*callers must be a whole number from 1 to 10000; found 0/,
    );
  });

  it("no JSON, and no file", () => {
    expect(() => loadWorkload(join(root, "README.md"))).toThrow(/README\.md cannot be read: /);
    expect(() => loadWorkload("nowhere.json")).toThrow(/nowhere\.json cannot be read: .*ENOENT/);
  });
});
