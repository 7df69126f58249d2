/** The file that lists what of a source is not in the table: a JSON object a line. */

import {
  closeSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { CouldNotTell, describeError } from "../errors";
import type { Place, Rejection } from "./rejection";

const firstBytes = '{"file":';

export class RejectsFile {
  /** Of what was written. */
  bytes = 0;

  private constructor(
    readonly path: string,
    private readonly descriptor: number,
  ) {}

  /** @throws CouldNotTell when it cannot be written, or holds something else. */
  static open(path: string): RejectsFile {
    let descriptor: number;
    try {
      mkdirSync(dirname(path), { recursive: true });
      // Opened to be read, too, and not emptied.
      descriptor = openSync(path, "a+");
    } catch (error) {
      throw new CouldNotTell(`${path} cannot be written: ${describeError(error)}. Name another --rejects.`);
    }
    const begin = Buffer.alloc(firstBytes.length);
    const length = readSync(descriptor, begin, 0, begin.length, 0);
    if (length > 0 && begin.toString() !== firstBytes) {
      closeSync(descriptor);
      throw new CouldNotTell(`${path} is there and lists no rejects. Name another file with --rejects.`);
    }
    return new RejectsFile(path, descriptor);
  }

  /** Whether it still holds as many bytes as an earlier run has written. */
  holds(bytes: number): boolean {
    return fstatSync(this.descriptor).size >= bytes;
  }

  /** Keeps the first bytes alone. */
  cut(bytes: number): void {
    ftruncateSync(this.descriptor, bytes);
    this.bytes = bytes;
  }

  add(place: Place, rejection: Rejection): void {
    this.bytes += writeSync(this.descriptor, `${JSON.stringify({ ...place, ...rejection })}\n`);
  }

  /** Leaves no empty file. */
  close(): void {
    const { size } = fstatSync(this.descriptor);
    closeSync(this.descriptor);
    if (size === 0) rmSync(this.path, { force: true });
  }
}
