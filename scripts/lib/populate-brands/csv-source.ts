/** Brands of a CSV file, as a result of Athena is downloaded; streamed, and read again for the verification. */

import { closeSync, createReadStream, openSync, readSync, realpathSync, statSync } from "node:fs";
import { CsvError, parse } from "csv-parse";
import {
  brandColumns,
  SourceError,
  type BrandSource,
  type SourceRow,
} from "../../../functions/brand-processing/brand-row";
import { CouldNotTell, describeError } from "../errors";

/** Of one record: a quote that is never closed must not take the rest of the file into memory. */
const recordBytes = 4 * 1024 * 1024;
const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

export class CsvSource implements BrandSource {
  readonly unit = "line";
  private read = 0;

  private constructor(
    readonly path: string,
    private readonly bytes: number,
    private readonly start: number,
  ) {}

  /** @throws CouldNotTell when it is no file that can be read. */
  static open(path: string): CsvSource {
    try {
      const real = realpathSync(path);
      const stats = statSync(real);
      // A pipe could not be read a second time.
      if (!stats.isFile()) throw new CouldNotTell("it is no file");
      const descriptor = openSync(real, "r");
      const first = Buffer.alloc(byteOrderMark.length);
      readSync(descriptor, first, 0, first.length, 0);
      closeSync(descriptor);
      return new CsvSource(real, stats.size, first.equals(byteOrderMark) ? first.length : 0);
    } catch (error) {
      throw new CouldNotTell(`${path} cannot be read (${describeError(error)}). Name a CSV file.`);
    }
  }

  fraction(): number {
    return this.bytes === 0 ? 1 : Math.min(1, this.read / this.bytes);
  }

  async *rows(signal: AbortSignal): AsyncGenerator<SourceRow> {
    const file = createReadStream(this.path, { start: this.start });
    const parser = parse({
      // Bytes, so that what is not UTF-8 is found rather than replaced.
      encoding: null,
      info: true,
      relax_column_count: true,
      record_delimiter: ["\r\n", "\n"],
      max_record_size: recordBytes,
      cast: (value, { quoting }) => (value.length === 0 && !quoting ? null : value),
    });
    file.once("error", (error) => parser.destroy(error));
    file.pipe(parser);
    let line = 0;
    try {
      for await (const { record, info } of parser as AsyncIterable<Parsed>) {
        signal.throwIfAborted();
        this.read = this.start + info.bytes;
        const place = line + 1;
        line = info.lines;
        if (place === 1) this.checkHeader(record);
        // An empty line.
        else if (record.length > 1 || record[0] !== null) yield rowOf(place, record);
      }
    } catch (error) {
      if (!(error instanceof CsvError)) throw error;
      if (line === 0) this.checkHeader([]);
      yield { kind: "unreadable", place: line + 1, ...brokenCsv };
      return;
    } finally {
      file.destroy();
      parser.destroy();
    }
    if (line === 0) this.checkHeader([]);
  }

  private checkHeader(record: Parsed["record"]): void {
    const names = record.map((field) => field?.toString("utf8"));
    if (names.length === brandColumns.length && brandColumns.every((name, index) => names[index] === name))
      return;
    throw new SourceError(
      `${this.path} does not begin with the line ${brandColumns.join(",")}: name the CSV file of the brands' query.`,
    );
  }
}

interface Parsed {
  readonly record: readonly (Buffer | null)[];
  /** Of the record's end. */
  readonly info: { readonly lines: number; readonly bytes: number };
}

const brokenCsv = {
  code: "broken-csv",
  reason: "Its quotes do not match, or it is longer than 4 MB: from here on nothing was read. Correct it.",
} as const;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function rowOf(place: number, record: Parsed["record"]): SourceRow {
  if (record.length !== brandColumns.length) {
    const reason = `It has ${record.length} columns, not ${brandColumns.length}.`;
    return { kind: "unreadable", place, code: "wrong-columns", reason };
  }
  try {
    const [brandid = null, brandname = null, sector = null] = record.map(
      (field) => field && utf8.decode(field),
    );
    return { kind: "fields", place, fields: { brandid, brandname, sector } };
  } catch {
    return {
      kind: "unreadable",
      place,
      code: "not-utf-8",
      reason: "It is not UTF-8. Save the file as that.",
    };
  }
}
