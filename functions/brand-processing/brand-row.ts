/** The rows that a population reads, and what is a brand among them. */

import { createHash } from "node:crypto";
import { textLimitBytes } from "../shared/bounded-text";
import { wellFormed } from "../shared/well-formed";
import { isBrandId } from "./store";

/** The columns of the source, in this order (document 000). */
export const brandColumns = ["brandid", "brandname", "sector"] as const;
export type BrandColumn = (typeof brandColumns)[number];

/** As a row came: NULL is null. */
export type SourceFields = Readonly<Record<BrandColumn, string | null>>;

export type SourceRow = { /** From 1, in the source's unit. */ readonly place: number } & (
  | { readonly kind: "fields"; readonly fields: SourceFields }
  | { readonly kind: "unreadable"; readonly code: RejectionCode; readonly reason: string }
);

/** Where brands come from. It gives the same rows in the same order each time, unless it was changed. */
export interface BrandSource {
  /** What places count: rows of a result, or lines of a file. */
  readonly unit: "row" | "line";
  /** @throws SourceError when it does not hold brands; what reading it throws. */
  rows(signal: AbortSignal): AsyncIterable<SourceRow>;
  /** How much of it has been read, between 0 and 1, where that is known. */
  fraction?(): number;
}

/** A source that cannot be read as brands; its message says what to do. */
export class SourceError extends Error {
  override readonly name = "SourceError";
}

export type RejectionCode =
  | "no-id"
  | "bad-id"
  | "too-long"
  | "contradicts"
  | "not-utf-8"
  | "wrong-columns"
  /** Everything behind it is lost, too. */
  | "broken-csv";

/** A row that is not in the table, and why: never with its content. */
export interface Rejection {
  /** `row 7`, or `line 7`. */
  readonly place: string;
  readonly code: RejectionCode;
  /** Where it is known. */
  readonly brandid?: number;
  readonly reason: string;
}

/** A brand as Athena knows it. */
export interface SourceBrand {
  readonly brandid: number;
  readonly brandname: string;
  /** Empty where Athena has none: a model describes a brand by its name. */
  readonly sector: string;
}

export type BrandRow =
  | { readonly kind: "brand"; readonly brand: SourceBrand }
  /** Of brands_to_check alone: `brand` does not name it. No model could describe it. */
  | { readonly kind: "missing"; readonly brandid: number }
  /** The same brand once more. */
  | { readonly kind: "repeated" }
  | { readonly kind: "rejected"; readonly rejection: Rejection };

/**
 * Ids of a run are remembered, with 32 bits for name and sector: some 50 bytes a brand, so that this many take
 * 100 MB.
 */
export const mostBrands = 2_000_000;

/** Judges the rows of one source from its start: of several rows with one id, the first counts. */
export class RowJudge {
  private readonly seen = new Map<number, number>();

  constructor(
    private readonly unit: BrandSource["unit"],
    private readonly most = mostBrands,
  ) {}

  /** @throws SourceError when there are too many brands to remember. */
  judge(row: SourceRow): BrandRow {
    const rejected = (code: RejectionCode, reason: string, brandid?: number): BrandRow => ({
      kind: "rejected",
      rejection: {
        place: `${this.unit} ${row.place}`,
        code,
        ...(brandid !== undefined && { brandid }),
        reason,
      },
    });
    if (row.kind === "unreadable") return rejected(row.code, row.reason);
    const id = row.fields.brandid;
    if (id === null || id === "") return rejected("no-id", "It has no brandid.");
    const brandid = idOf(id);
    if (brandid === undefined) {
      return rejected("bad-id", "Its brandid must be a whole number from 1 to 9007199254740991, as digits.");
    }
    const brandname = wellFormed(row.fields.brandname ?? "");
    const sector = wellFormed(row.fields.sector ?? "");
    for (const [name, text] of Object.entries({ brandname, sector })) {
      if (Buffer.byteLength(text) > textLimitBytes) {
        return rejected("too-long", `Its ${name} is longer than ${textLimitBytes} bytes.`, brandid);
      }
    }
    const print = fingerprint(brandname, sector);
    const earlier = this.seen.get(brandid);
    if (earlier === print) return { kind: "repeated" };
    if (earlier !== undefined) {
      return rejected("contradicts", "An earlier one has its brandid and another name or sector.", brandid);
    }
    if (this.seen.size >= this.most) {
      throw new SourceError(
        `There are more than ${this.most} brands: populate them in parts, from CSV files.`,
      );
    }
    this.seen.set(brandid, print);
    if (brandname.trim() === "") return { kind: "missing", brandid };
    return { kind: "brand", brand: { brandid, brandname, sector: sector.trim() === "" ? "" : sector } };
  }
}

/** As Athena writes a whole number: no sign, no leading zero, no fraction, no exponent. */
function idOf(text: string): number | undefined {
  if (!/^[1-9]\d{0,15}$/.test(text)) return undefined;
  const id = Number(text);
  return isBrandId(id) ? id : undefined;
}

/** A small integer, which a map holds without another object. */
const fingerprint = (brandname: string, sector: string): number =>
  createHash("sha1").update(brandname).update("\0").update(sector).digest().readInt32BE();
