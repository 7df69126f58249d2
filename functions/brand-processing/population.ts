/**
 * Brings the brands of a source into the table: new ones as unprocessed, known ones with their name and sector,
 * and never anything else of a known one. The table is all the state that there is: a run that was stopped is
 * run again, and finds what is done.
 */

import { setTimeout as sleep } from "node:timers/promises";
import { atOnce } from "../shared/at-once";
import { Refusal } from "../shared/refusal";
import { RowJudge, type BrandRow, type BrandSource, type Rejection, type SourceBrand } from "./brand-row";
import { mostKeys, type KnownBrand, type PopulationTable, type Written } from "./population-table";

export interface PopulationProps {
  readonly source: BrandSource;
  readonly table: PopulationTable;
  readonly signal: AbortSignal;
  /** Rows that are read; all by default. */
  readonly limit?: number;
  /** Judges everything and writes nothing. */
  readonly dryRun?: boolean;
  readonly onProgress?: (counts: PopulationCounts) => void;
}

/** Each row is in one of them, but for those that are under way. */
export interface PopulationCounts {
  readonly rows: number;
  readonly added: number;
  readonly refreshed: number;
  readonly unchanged: number;
  /** Ids of brands that `brand` does not name. They are not written. */
  readonly missing: readonly number[];
  /** The same brand once more. */
  readonly repeated: number;
  readonly rejected: number;
  /** The first ones of the rejected. */
  readonly rejects: readonly Rejection[];
  /** Brands that have a name and no sector: written with an empty one. */
  readonly withoutSector: number;
}

export interface Verification {
  /** Brands that are stored with the source's name and sector. */
  readonly verified: number;
  /** Those that are not. */
  readonly different: number;
  /** The first ids of those. */
  readonly examples: readonly number[];
  /** Rows and rejects are as many as when they were written. */
  readonly isSameSource: boolean;
}

/** Two batches of keys, each with eight writes: more are no faster (docs/adr/0009). */
const chunksAtOnce = 2;
const writesAtOnce = 8;
export const mostRejectsListed = 1_000;
const mostExamples = 20;
const mostRaces = 20;

export class Population {
  private counted: Mutable<PopulationCounts> = noCounts();

  constructor(private readonly props: PopulationProps) {}

  /** So far. */
  get counts(): PopulationCounts {
    return this.counted;
  }

  /**
   * Writes what is not as the source has it. What runs is ended when the signal is aborted.
   *
   * @throws SourceError; the signal's reason; Refusal `contended`; what DynamoDB or the source throws.
   */
  async write(): Promise<PopulationCounts> {
    this.counted = noCounts();
    const { table, signal, onProgress } = this.props;
    await atOnce(this.chunks(this.counted), { most: chunksAtOnce, signal }, async (brands) => {
      const known = await table.find(brands.map(({ brandid }) => brandid));
      await atOnce(brands, { most: writesAtOnce, signal }, async (brand) => {
        this.counted[await this.settle(brand, known.get(brand.brandid))] += 1;
      });
      onProgress?.(this.counted);
    });
    return this.counted;
  }

  /** Reads the source once more, and compares what is stored with it. */
  async verify(onProgress: (verified: number) => void = () => undefined): Promise<Verification> {
    const { table, signal } = this.props;
    const again = noCounts();
    const result = { verified: 0, different: 0, examples: [] as number[] };
    await atOnce(this.chunks(again), { most: chunksAtOnce, signal }, async (brands) => {
      const known = await table.find(brands.map(({ brandid }) => brandid));
      for (const brand of brands) {
        if (isAs(known.get(brand.brandid), brand)) result.verified += 1;
        else {
          result.different += 1;
          if (result.examples.length < mostExamples) result.examples.push(brand.brandid);
        }
      }
      onProgress(result.verified);
    });
    const { counted } = this;
    const isSameSource =
      again.rows === counted.rows &&
      again.rejected === counted.rejected &&
      again.repeated === counted.repeated &&
      again.missing.length === counted.missing.length;
    return { ...result, isSameSource };
  }

  /** The brands, as many as are looked up in one call; everything else is counted. */
  private async *chunks(counts: Mutable<PopulationCounts>): AsyncGenerator<readonly SourceBrand[]> {
    const { source, signal, limit = Infinity } = this.props;
    const judge = new RowJudge(source.unit);
    let brands: SourceBrand[] = [];
    if (limit > 0) {
      for await (const row of source.rows(signal)) {
        const judged = judge.judge(row);
        count(counts, judged);
        if (judged.kind === "brand") brands.push(judged.brand);
        if (brands.length === mostKeys) {
          yield brands;
          brands = [];
        }
        if (counts.rows >= limit) break;
      }
    }
    if (brands.length > 0) yield brands;
  }

  /** Decides, writes and, when another writer came first, looks and decides again. */
  private async settle(
    brand: SourceBrand,
    known: KnownBrand | undefined,
  ): Promise<"added" | "refreshed" | "unchanged"> {
    const { table, dryRun = false, signal } = this.props;
    let present = known;
    for (let race = 1; race <= mostRaces; race += 1) {
      if (isAs(present, brand)) return "unchanged";
      const effect = present === undefined ? "added" : "refreshed";
      if (dryRun) return effect;
      const written: Written =
        present === undefined ? await table.insert(brand) : await table.refresh(present, brand);
      if (!written.lost) return effect;
      present = (await table.find([brand.brandid])).get(brand.brandid);
      // It was this call: nobody heard its answer, and it was sent again.
      if (present?.updated_at === written.version && isAs(present, brand)) return effect;
      signal.throwIfAborted();
      await sleep(Math.random() * Math.min(60, 4 * race));
    }
    throw new Refusal("contended", `Brand ${brand.brandid} is changed by others all the time. Try again.`);
  }
}

const isAs = (known: KnownBrand | undefined, { brandname, sector }: SourceBrand): boolean =>
  known?.brandname === brandname && known.sector === sector;

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K] };

const noCounts = (): Mutable<PopulationCounts> => ({
  rows: 0,
  added: 0,
  refreshed: 0,
  unchanged: 0,
  missing: [],
  repeated: 0,
  rejected: 0,
  rejects: [],
  withoutSector: 0,
});

function count(counts: Mutable<PopulationCounts>, row: BrandRow): void {
  counts.rows += 1;
  switch (row.kind) {
    case "brand":
      if (row.brand.sector === "") counts.withoutSector += 1;
      return;
    case "missing":
      counts.missing.push(row.brandid);
      return;
    case "repeated":
      counts.repeated += 1;
      return;
    case "rejected":
      counts.rejected += 1;
      if (counts.rejects.length < mostRejectsListed) counts.rejects.push(row.rejection);
  }
}
