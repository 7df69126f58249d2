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
    const records = new Records();
    let line = 1;
    let failure: CsvError | undefined;
    this.read = this.start;
    // Records are taken from each piece: those that come before what is broken, too.
    for await (const piece of pieces(createReadStream(this.path, { start: this.start }))) {
      signal.throwIfAborted();
      failure = piece === undefined ? await records.end() : await records.add(piece);
      this.read += piece?.length ?? 0;
      for (const record of records.take()) {
        if (line === 1) this.checkHeader(record);
        // An empty line is none.
        else if (record.length > 1 || record[0] !== null) yield rowOf(line, record);
        line += linesOf(record);
      }
      if (failure !== undefined) break;
    }
    if (line === 1) this.checkHeader([]);
    if (failure !== undefined) yield { kind: "unreadable", place: line, ...brokenCsv };
  }

  private checkHeader(record: CsvRecord): void {
    const names = record.map((field) => field?.toString("utf8"));
    if (names.length === brandColumns.length && brandColumns.every((name, index) => names[index] === name))
      return;
    throw new SourceError(
      `${this.path} does not begin with the line ${brandColumns.join(",")}: name the CSV file of the brands' query.`,
    );
  }
}

type CsvRecord = readonly (Buffer | null)[];

/** Parses piece by piece. */
class Records {
  private parsed: CsvRecord[] = [];
  private readonly parser = parse({
    // Bytes, so that what is not UTF-8 is found rather than replaced.
    encoding: null,
    relax_column_count: true,
    record_delimiter: ["\r\n", "\n"],
    max_record_size: recordBytes,
    cast: (value, { quoting }) => (value.length === 0 && !quoting ? null : value),
    on_record: (record) => {
      // Its type is of what texts are cast to.
      this.parsed.push(record as unknown as CsvRecord);
      return null;
    },
  });

  constructor() {
    // Told by the call that meets it.
    this.parser.on("error", () => undefined);
  }

  add(piece: Buffer): Promise<CsvError | undefined> {
    return this.settled((done) => this.parser.write(piece, done));
  }

  end(): Promise<CsvError | undefined> {
    return this.settled((done) => this.parser.end(done));
  }

  take(): readonly CsvRecord[] {
    const { parsed } = this;
    this.parsed = [];
    return parsed;
  }

  private settled(begin: (done: (error?: Error | null) => void) => unknown): Promise<CsvError | undefined> {
    return new Promise((resolve, reject) => {
      begin((error) => {
        if (!error) resolve(undefined);
        else if (error instanceof CsvError) resolve(error);
        else reject(error);
      });
    });
  }
}

/** The pieces of a file, and nothing at its end. */
async function* pieces(file: AsyncIterable<unknown>): AsyncGenerator<Buffer | undefined> {
  for await (const piece of file) yield piece as Buffer;
  yield undefined;
}

const linesOf = (record: CsvRecord): number =>
  record.reduce((sum, field) => sum + (field === null ? 0 : lineEndsIn(field)), 1);

function lineEndsIn(field: Buffer): number {
  let count = 0;
  for (let at = field.indexOf(10); at !== -1; at = field.indexOf(10, at + 1)) count += 1;
  return count;
}

const brokenCsv = {
  code: "broken-csv",
  reason: "Its quotes do not match, or it is longer than 4 MB: from here on nothing was read. Correct it.",
} as const;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function rowOf(place: number, record: CsvRecord): SourceRow {
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
