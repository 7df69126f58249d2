/** Reading brands: pages and counts within bounds, and whatever other programs have written. */

import { Brands, mostCountPages } from "../../../functions/brand-processing/brands";
import { Starter } from "../../../functions/brand-processing/starter";
import { readBrand } from "../../../functions/brand-processing/store";
import { brandProcessingStatus } from "../../../tables/brand-processing-status";
import {
  brandItem,
  coffee,
  executionArn,
  putBrand,
  putBrands,
  storedBrand,
  TestExecutions,
} from "../../support/brands";
import { startEmulatedTable, type EmulatedTable } from "../../support/emulated-table";
import { stubClient } from "../../support/stub-client";

let table: EmulatedTable;
let brands: Brands;
beforeAll(async () => {
  table = await startEmulatedTable(brandProcessingStatus);
  brands = new Brands({ tableName: table.name, client: table.client });
});
afterAll(() => table.stop());

const at = (second: number) => new Date(Date.UTC(2026, 1, 15, 12, 0, second)).toISOString();

describe("a list", () => {
  beforeAll(() =>
    putBrands(
      table,
      Array.from({ length: 130 }, (_, index) =>
        brandItem({ brandid: 1 + index, status: "completed", metadata: coffee, updated_at: at(500 - index) }),
      ),
    ),
  );

  it("has the oldest change first, and says whether there are more", async () => {
    const { brands: oldest, more } = await brands.list("completed", 3);
    expect(oldest.map(({ brandid }) => brandid)).toEqual([130, 129, 128]);
    expect(oldest[0]).toMatchObject({ brandname: "Starbucks", metadata: coffee });
    expect(more).toBe(true);
  });

  it("has 100 brands at most, and one at least", async () => {
    expect((await brands.list("completed", 10_000)).brands).toHaveLength(100);
    expect((await brands.list("completed", 0)).brands).toHaveLength(1);
  });

  it("that has all says so, and an empty one, too", async () => {
    await putBrands(table, [
      brandItem({ brandid: 501, status: "retry" }),
      brandItem({ brandid: 502, status: "retry" }),
    ]);
    expect(await brands.list("retry", 2)).toMatchObject({ more: false, brands: [{}, {}] });
    expect(await brands.list("processing", 5)).toEqual({ more: false, brands: [] });
  });

  it("leaves out numbers that are nobody's, and goes on behind them", async () => {
    await putBrands(table, [
      ...[-5, 0.5, 0].map((brandid) => brandItem({ brandid, status: "failed", updated_at: at(1) })),
      brandItem({ brandid: 601, status: "failed", updated_at: at(2) }),
    ]);
    const { brands: found, more } = await brands.list("failed", 1);
    expect(found.map(({ brandid }) => brandid)).toEqual([601]);
    expect(more).toBe(false);
  });

  it("ends after its pages, however many hold nothing", async () => {
    let pages = 0;
    const client = stubClient(() => ((pages += 1), { Items: [], LastEvaluatedKey: { brandid: pages } }));
    const empty = new Brands({ tableName: table.name, client });
    expect(await empty.list("failed", 25)).toEqual({ brands: [], more: true });
    expect(pages).toBe(10);
  });
});

describe("a count", () => {
  const endless = (milliseconds: number) => {
    let time = 0;
    const client = stubClient(
      () => ((time += milliseconds), { Count: 1_000, LastEvaluatedKey: { brandid: 1 } }),
    );
    return new Brands({ tableName: table.name, client, now: () => time });
  };

  it("is exact when it has seen all", async () => {
    expect(await brands.count("completed")).toEqual({ count: 130, exact: true });
    expect(await brands.count("unprocessed")).toEqual({ count: 0, exact: true });
  });

  it("is not exact beyond its pages, or its five seconds", async () => {
    expect(await endless(1).count("failed")).toEqual({ count: 1_000 * mostCountPages, exact: false });
    expect(await endless(1_000).count("failed")).toEqual({ count: 5_000, exact: false });
    expect(await endless(60_000).count("failed")).toEqual({ count: 1_000, exact: false });
  });
});

describe("a brand", () => {
  it("is found by its number, and no other is", async () => {
    await putBrand(table, brandItem());
    expect(await brands.find(12345)).toEqual(brandItem());
    expect(await brands.find(99999)).toBeUndefined();
    for (const brandid of [0, -1, 1.5, NaN, Infinity, 2 ** 53])
      expect(await brands.find(brandid)).toBeUndefined();
  });

  const odd = "The status is none of unprocessed, processing, completed, failed, retry.";
  const withoutStatus = Object.fromEntries(
    Object.entries(brandItem({ brandid: 701 })).filter(([name]) => name !== "status"),
  );

  it.each(["done", "Processing", "", "__proto__", 7, null, undefined])(
    "whose status is %j counts as failed",
    (status) => {
      expect(readBrand({ ...withoutStatus, status })).toMatchObject({ status: "failed", last_error: odd });
    },
  );

  it.each([{ ...withoutStatus, status: "done" }, withoutStatus])(
    "with a status that is none is nobody's to begin, and is tried again by its number",
    async (item) => {
      await putBrand(table, item);
      const executions = new TestExecutions();
      const starter = new Starter({
        tableName: table.name,
        client: table.client,
        executions,
        mostRetries: 3,
      });
      const begun = async () =>
        (await starter.startAll(100)).flatMap((one) => ("brand" in one ? one.brand : []));
      expect((await begun()).map(({ brandid }) => brandid)).not.toContain(701);
      expect(await starter.start(701)).toMatchObject({ outcome: "started" });
      expect(await storedBrand(table, 701)).toMatchObject({ status: "processing", retry_count: 1 });
    },
  );

  it.each([
    ["retry_count", "3", 3],
    ["retry_count", null, 0],
    ["retry_count", undefined, 0],
    // Above every limit: it is not tried again.
    ["retry_count", "two", 101],
    ["retry_count", -3, 101],
    ["retry_count", 1.5, 101],
    ["workflow_execution_arn", 7, null],
    ["last_error", { at: "claim" }, null],
    ["brandname", null, ""],
    ["sector", ["Food"], ""],
    ["created_at", 1771156800, ""],
    ["metadata", { summary: 1 }, undefined],
    ["metadata", "none", undefined],
  ])("whose %s is %j is read as if it were %j", (name, value, expected) => {
    expect(readBrand({ ...brandItem(), [name]: value })).toEqual({ ...brandItem(), [name]: expected });
  });

  it("keeps what another program has stored beside", async () => {
    await putBrand(table, { ...brandItem({ brandid: 702 }), owner: "marketing" });
    const executions = new TestExecutions();
    const starter = new Starter({ tableName: table.name, client: table.client, executions, mostRetries: 3 });
    await starter.start(702);
    expect(await storedBrand(table, 702)).toMatchObject({
      owner: "marketing",
      workflow_execution_arn: executionArn("brand-702-attempt-1-20260215T120000Z"),
    });
  });
});
