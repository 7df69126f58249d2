/** Brands of CSV files, also of those that are none. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SourceRow } from "../../functions/brand-processing/brand-row";
import { CsvSource } from "../../scripts/lib/populate-brands/csv-source";
import { csvOf, fields, manyBrands, starbucks } from "../support/brand-source";

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), "brands-"))));
afterAll(() => rmSync(folder, { recursive: true }));

const { signal } = new AbortController();
const header = "brandid,brandname,sector\n";

function fileOf(content: string | Buffer): string {
  const path = join(folder, "brands.csv");
  writeFileSync(path, content);
  return path;
}

async function read(content: string | Buffer): Promise<readonly SourceRow[]> {
  const rows: SourceRow[] = [];
  for await (const row of CsvSource.open(fileOf(content)).rows(signal)) rows.push(row);
  return rows;
}

const named = (place: number, brandname: string | null, sector: string | null = "Retail", brandid = "1") => ({
  kind: "fields",
  place,
  fields: { brandid, brandname, sector },
});

it("reads what Athena's console has downloaded", async () => {
  const rows = await read(csvOf([starbucks, fields("7", 'The "one", two', null)]));
  expect(rows).toEqual([
    { kind: "fields", place: 2, fields: starbucks },
    named(3, 'The "one", two', null, "7"),
  ]);
});

it("knows NULL from an empty text, as Athena writes them", async () => {
  expect(await read(`${header}1,,""\n`)).toEqual([named(2, null, "")]);
});

it.each([
  ["a byte order mark", "\uFEFFbrandid,brandname,sector\n1,Aldi,Retail\n"],
  ["a byte order mark before a quote", '\uFEFF"brandid","brandname","sector"\n1,Aldi,Retail\n'],
  ["lines of Windows", "brandid,brandname,sector\r\n1,Aldi,Retail\r\n"],
  ["no line end at its end", `${header}1,Aldi,Retail`],
  ["empty lines behind", `${header}1,Aldi,Retail\n\n\n`],
])("takes a file with %s", async (_, content) => {
  expect(await read(content)).toEqual([named(2, "Aldi")]);
});

it("counts lines where texts have line ends in quotes", async () => {
  const rows = await read(
    `${header}1,"Al\ndi\r\nSüd",Retail\n\n2,Lidl\n3,Rewe,Retail,more\n1,Penny,Retail\n`,
  );
  expect(rows).toEqual([
    named(2, "Al\ndi\r\nSüd"),
    { kind: "unreadable", place: 6, code: "wrong-columns", reason: "It has 2 columns, not 3." },
    { kind: "unreadable", place: 7, code: "wrong-columns", reason: "It has 4 columns, not 3." },
    named(8, "Penny"),
  ]);
});

it("reads a field of 1 MB, which is judged as any other", async () => {
  const [row, next] = await read(`${header}1,${"x".repeat(1_000_000)},Retail\n1,Aldi,Retail\n`);
  expect(row).toMatchObject({ kind: "fields", place: 2 });
  expect(next).toEqual(named(3, "Aldi"));
});

it("finds what is not UTF-8 in its line, and goes on", async () => {
  const content = Buffer.concat([
    Buffer.from(`${header}1,M`),
    Buffer.from([0xfc]),
    Buffer.from("ller,Retail\n1,Aldi,Retail\n"),
  ]);
  expect(await read(content)).toMatchObject([
    { kind: "unreadable", place: 2, code: "not-utf-8" },
    { kind: "fields", place: 3 },
  ]);
});

it.each([
  ["a quote that is not closed", `${header}1,Aldi,Retail\n1,"Lidl,Retail\n1,Rewe,Retail\n`],
  ["text behind a quote", `${header}1,Aldi,Retail\n1,"Lidl" Süd,Retail\n1,Rewe,Retail\n`],
  ["a quote within a text", `${header}1,Aldi,Retail\n1,Li"dl,Retail\n`],
  [
    "a line of more than 4 MB",
    `${header}1,Aldi,Retail\n1,"${"x".repeat(5_000_000)}",Retail\n1,Rewe,Retail\n`,
  ],
])("keeps what came before %s, and says that the rest was not read", async (_, content) => {
  expect(await read(content)).toMatchObject([
    { kind: "fields", place: 2 },
    { kind: "unreadable", place: 3, code: "broken-csv" },
  ]);
});

it.each([
  ["nothing", ""],
  ["a byte order mark alone", "\uFEFF"],
  ["no header", "12345,Starbucks,Food & Beverage\n"],
  ["columns in another order", "brandname,brandid,sector\nStarbucks,12345,Retail\n"],
  ["more columns", "brandid,brandname,sector,country\n"],
  ["semicolons", "brandid;brandname;sector\n"],
  ["a text that is no CSV", '{ "brandid": 12345 }\n'],
  ["bytes", Buffer.from(Array.from({ length: 5_000 }, (_, index) => (index * 197 + 31) % 256))],
  ["one line without end", "x".repeat(6_000_000)],
])("refuses a file that holds %s", async (_, content) => {
  await expect(read(content)).rejects.toThrow("does not begin with the line brandid,brandname,sector");
});

it.each([
  ["a folder", () => folder],
  ["nothing that is there", () => join(folder, "no-such.csv")],
])("refuses %s", (_, path) => {
  expect(() => CsvSource.open(path())).toThrow(/cannot be read \(.*\)\. Name a CSV file\.$/);
});

it("can be read again, and stops when it is interrupted", async () => {
  const source = CsvSource.open(fileOf(csvOf(manyBrands(300))));
  const count = async (signal: AbortSignal, stop?: () => void) => {
    let rows = 0;
    for await (const row of source.rows(signal)) {
      rows += 1;
      if (row.place === 100) stop?.();
    }
    return rows;
  };
  expect(await count(signal)).toBe(300);
  expect(source.fraction()).toBe(1);
  expect(await count(signal)).toBe(300);
  const controller = new AbortController();
  await expect(count(controller.signal, () => controller.abort(new Error("Interrupted.")))).rejects.toThrow(
    "Interrupted.",
  );
});
