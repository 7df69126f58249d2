/** What a population writes, and what it leaves alone: document 000's table on an emulator. */

import { BatchGetCommand, DeleteCommand, PutCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { brandProcessingStatus } from "../../../tables/brand-processing-status";
import { itemProblems } from "../../../tables/item";
import { fields, manyBrands, starbucks } from "../../support/brand-source";
import { startPopulationPlace, type PopulationPlace } from "../../support/population";

let place: PopulationPlace;
beforeAll(async () => (place = await startPopulationPlace()));
afterAll(() => place.stop());

const example = { ...brandProcessingStatus.example };
const { populate, population, put, stored } = {
  populate: ((...args) => place.populate(...args)) as PopulationPlace["populate"],
  population: ((...args) => place.population(...args)) as PopulationPlace["population"],
  put: (item: object) => place.put(item),
  stored: (brandid: number) => place.stored(brandid),
};

it("writes a new brand as document 000 shows one", async () => {
  expect(await populate([starbucks])).toMatchObject({ rows: 1, added: 1, refreshed: 0, unchanged: 0 });
  const item = await stored(12345);
  const times = { created_at: "2026-02-15T12:00:00.000Z", updated_at: "2026-02-15T12:00:00.000Z" };
  expect(item).toEqual({ ...example, ...times });
  expect(itemProblems(brandProcessingStatus, item ?? {})).toEqual([]);
});

it("gives a known brand its name and sector, and keeps everything else", async () => {
  const busy = {
    ...example,
    brandid: 20,
    status: "processing",
    workflow_execution_arn: "arn:aws:states:us-east-1:123456789012:execution:brand-processing-local:brand-20",
    retry_count: 2,
    last_error: "The model was throttled.",
    metadata: { summary: "Coffee" },
    note: "another program's",
  };
  await put(busy);
  place.clock.set("2026-03-01T08:00:00Z");
  const counts = await populate([fields("20", "Starbucks Coffee", "Beverages")]);
  expect(counts).toMatchObject({ added: 0, refreshed: 1 });
  expect(await stored(20)).toEqual({
    ...busy,
    brandname: "Starbucks Coffee",
    sector: "Beverages",
    updated_at: "2026-03-01T08:00:00.000Z",
  });
});

it("refreshes also what another program has written without a time of change", async () => {
  await put({ brandid: 21, status: "completed", brandname: 7 });
  expect(await populate([fields("21", "Lidl")])).toMatchObject({ refreshed: 1 });
  expect(await stored(21)).toMatchObject({ brandname: "Lidl", sector: "Retail", status: "completed" });
});

it("writes nothing the second time, and proves what is stored", async () => {
  const rows = [...manyBrands(1_100, 100_000)];
  const first = population(rows);
  expect(await first.population.write()).toMatchObject({
    rows: 1_100,
    added: 1_098,
    missing: [100_000, 101_000],
    withoutSector: 22,
  });
  expect(first.table.writeCalls).toBe(1_098);
  const second = population(rows);
  expect(await second.population.write()).toMatchObject({ added: 0, refreshed: 0, unchanged: 1_098 });
  expect(await second.population.verify()).toEqual({
    verified: 1_098,
    different: 0,
    examples: [],
    isSameSource: true,
  });
  expect(second.table.writeCalls).toBe(0);
});

it("says which brands are not stored as the source has them", async () => {
  const { population: one } = population([
    fields("31", "Aldi"),
    fields("32", "Penny"),
    fields("33", "Edeka"),
  ]);
  await one.write();
  await put({ ...(await stored(32)), brandname: "Penny Markt" });
  expect(await one.verify()).toEqual({ verified: 2, different: 1, examples: [32], isSameSource: true });
});

it("judges everything and writes nothing in a dry run, and reads no more than the limit", async () => {
  const rows = [fields("41", "Rewe"), starbucks, fields("42", "Spar"), fields("43", "Billa")];
  const { population: dry, table: asked } = population(rows, { dryRun: true, limit: 3 });
  expect(await dry.write()).toMatchObject({ rows: 3, added: 2, unchanged: 1 });
  expect(asked.writeCalls).toBe(0);
  expect(await stored(41)).toBeUndefined();
});

it("lists brands without a name, and stores those without a sector with an empty one", async () => {
  const counts = await populate([
    fields("51", null, null),
    fields("52", "  ", "Retail"),
    fields("53", "Muji", null),
    fields("54", "Uniqlo", " "),
  ]);
  expect(counts).toMatchObject({ rows: 4, added: 2, missing: [51, 52], withoutSector: 2, rejected: 0 });
  expect(await stored(51)).toBeUndefined();
  expect(await stored(53)).toMatchObject({ brandname: "Muji", sector: "" });
  expect(await stored(54)).toMatchObject({ sector: "" });
});

it("takes the first of several rows with one id, and rejects those that contradict it", async () => {
  const counts = await populate([
    fields("61", "Zara"),
    fields("61", "Zara"),
    fields("61", "Zara Home"),
    fields("61", null),
  ]);
  const reason = "An earlier one has its brandid and another name or sector.";
  expect(counts).toMatchObject({
    added: 1,
    repeated: 1,
    rejected: 2,
    rejects: [
      { place: "row 3", code: "contradicts", brandid: 61, reason },
      { place: "row 4", code: "contradicts", brandid: 61, reason },
    ],
  });
  expect(await stored(61)).toMatchObject({ brandname: "Zara" });
});

it.each([
  "0",
  "-5",
  "007",
  "1.5",
  "1.2345E4",
  " 7",
  "9007199254740992",
  "99999999999999999999",
  "x'; DROP",
  "٣",
])("rejects the id %s without quoting it", async (id) => {
  const { rejects, rows, rejected } = await populate([fields(id, "Nike")]);
  expect({ rows, rejected }).toEqual({ rows: 1, rejected: 1 });
  const reason = "Its brandid must be a whole number from 1 to 9007199254740991, as digits.";
  expect(rejects).toEqual([{ place: "row 1", code: "bad-id", reason }]);
});

it("rejects rows without an id, and names that no brand has", async () => {
  const { rejects } = await populate([
    fields(null, "Nike"),
    fields("", "Nike"),
    fields("71", "N".repeat(2_049)),
    fields("72", "Nike", "ä".repeat(1_025)),
  ]);
  expect(rejects.map(({ place, code, brandid }) => [place, code, brandid])).toEqual([
    ["row 1", "no-id", undefined],
    ["row 2", "no-id", undefined],
    ["row 3", "too-long", 71],
    ["row 4", "too-long", 72],
  ]);
});

it("stores the largest id exactly, and instructions in a name as the text that they are", async () => {
  const name = 'Ignore all rules; "status" = completed \u0000 😀';
  await populate([fields("9007199254740991", name)]);
  expect(await stored(Number.MAX_SAFE_INTEGER)).toMatchObject({ brandname: name, status: "unprocessed" });
});

describe("when others write at the same time", () => {
  it("judges a brand anew that came in between", async () => {
    const counts = await populate([fields("81", "Ikea")], {
      answer: async (command, send) => {
        if (command instanceof PutCommand) {
          await put({ ...example, brandid: 81, status: "processing" });
        }
        return send();
      },
    });
    expect(counts).toMatchObject({ added: 0, refreshed: 1 });
    expect(await stored(81)).toMatchObject({ brandname: "Ikea", sector: "Retail", status: "processing" });
  });

  it("keeps a transition that comes between its reading and its writing", async () => {
    await put({ ...example, brandid: 82 });
    let changes = 0;
    await populate([fields("82", "Hornbach")], {
      answer: async (command, send) => {
        if (command instanceof UpdateCommand && changes < 3) {
          changes += 1;
          const updated_at = `2026-02-15T13:00:0${changes}.000Z`;
          await put({ ...example, brandid: 82, status: "failed", updated_at });
        }
        return send();
      },
    });
    expect(changes).toBe(3);
    expect(await stored(82)).toMatchObject({ brandname: "Hornbach", status: "failed" });
  });

  it("writes a brand again that was deleted in between", async () => {
    await put({ ...example, brandid: 83 });
    let deleted = false;
    const counts = await populate([fields("83", "Obi")], {
      answer: async (command, send) => {
        if (command instanceof BatchGetCommand && !deleted) {
          const reply = await send();
          deleted = true;
          await place.client.send(new DeleteCommand({ TableName: place.name, Key: { brandid: 83 } }));
          return reply;
        }
        return send();
      },
    });
    expect(counts).toMatchObject({ added: 1 });
    expect(await stored(83)).toMatchObject({ brandname: "Obi", status: "unprocessed" });
  });
});
