import type { AthenaRow } from "../../scripts/local/athena-results";
import {
  brandColumns,
  type BrandSource,
  type SourceFields,
  type SourceRow,
} from "../../functions/brand-processing/brand-row";

/** Of document 000. */
export const starbucks: SourceFields = {
  brandid: "12345",
  brandname: "Starbucks",
  sector: "Food & Beverage",
};

export const fields = (
  brandid: string | null,
  brandname: string | null,
  sector: string | null = "Retail",
): SourceFields => ({ brandid, brandname, sector });

/** A source in memory, as a result of Athena is read. */
export function sourceOf(...rows: readonly SourceFields[]): BrandSource {
  return {
    unit: "row",
    async *rows(): AsyncGenerator<SourceRow> {
      for (const [index, row] of rows.entries()) {
        await Promise.resolve();
        yield { kind: "fields", place: index + 1, fields: row };
      }
    },
  };
}

/** As many brands as asked for, from an id on; one in a thousand has no name, one in fifty no sector. */
export function* manyBrands(count: number, from = 1): Generator<SourceFields> {
  for (let id = from; id < from + count; id += 1) {
    const brandname = id % 1_000 === 0 ? null : `Brand ${id}, "the one"`;
    yield fields(String(id), brandname, id % 50 === 7 ? null : "Food & Beverage");
  }
}

/** Rows as Athena gives them, with their header. */
export const athenaRows = (brands: Iterable<SourceFields>): readonly AthenaRow[] => [
  brandColumns,
  ...Array.from(brands, ({ brandid, brandname, sector }) => [brandid, brandname, sector]),
];

/** As a result is downloaded: every text in quotes, NULL as nothing. */
export function csvOf(brands: Iterable<SourceFields>): string {
  const cell = (text: string | null) => (text === null ? "" : `"${text.replaceAll('"', '""')}"`);
  return athenaRows(brands)
    .map((row) => `${row.map(cell).join(",")}\n`)
    .join("");
}
