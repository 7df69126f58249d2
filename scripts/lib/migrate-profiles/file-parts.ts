/** What one file holds: a profile, or an array of them, read piece by piece. */

import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { basename } from "node:path";
import { arrayParts, type ArrayPart, type ArrayPosition } from "./array-elements";
import { textLimitBytes, type Candidate } from "./profile-of";
import { idOfFile } from "./profile-file";
import type { Rejection } from "./rejection";

export interface FileIdentity {
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
}

/** How far an array has been read, of which file. */
export interface FilePosition {
  readonly array: ArrayPosition;
  readonly file: FileIdentity;
}

interface Part {
  /** Absent where the file is no array. */
  readonly element?: number;
  /** Behind it; absent where the file is done. */
  readonly position?: FilePosition;
}

export type FilePart =
  | (Part & { readonly kind: "candidate"; readonly candidate: Candidate })
  | (Part & { readonly kind: "rejected"; readonly rejection: Rejection })
  | { readonly kind: "end" }
  /** It is not the file that the position is of. */
  | { readonly kind: "changed" };

const chunkBytes = 64 * 1024;

/** Files are read one after the other, and at once: asking the disk takes less than waiting for a thread. */
export function* fileParts(path: string, from: FilePosition | undefined): Generator<FilePart> {
  let descriptor: number;
  try {
    descriptor = openSync(path, "r");
  } catch (error) {
    yield unreadable(error);
    return;
  }
  try {
    const { size, mtime } = fstatSync(descriptor);
    const file = { size, modified: mtime.getTime() };
    if (from !== undefined && !isSame(from.file, file)) yield { kind: "changed" };
    else yield* partsOf({ descriptor, file, mtime, id: idOfFile(basename(path)) }, from);
  } catch (error) {
    // Of this file alone, whatever it is: the others are read all the same.
    yield unreadable(error);
  } finally {
    closeSync(descriptor);
  }
}

interface OpenFile {
  readonly descriptor: number;
  readonly file: FileIdentity;
  readonly mtime: Date;
  readonly id: string;
}

function* partsOf(open: OpenFile, from: FilePosition | undefined): Generator<FilePart> {
  const begin = from === undefined ? firstCharacter(open) : undefined;
  if (from === undefined && begin?.character !== "[") {
    yield whole(open);
    return;
  }
  const start = from?.array.bytes ?? begin?.offset ?? 0;
  const chunks = chunksFrom(open.descriptor, start);
  for (const part of arrayParts(chunks, { start, from: from?.array, limitBytes: textLimitBytes })) {
    yield fromArray(part, open);
  }
  yield { kind: "end" };
}

function fromArray(part: ArrayPart, { file, mtime }: OpenFile): FilePart {
  const element = part.index;
  switch (part.kind) {
    case "element": {
      const candidate = { bytes: part.bytes, id: undefined, modified: mtime };
      return { kind: "candidate", candidate, element, position: { array: part.after, file } };
    }
    case "oversized":
      return { kind: "rejected", rejection: tooLarge, element, position: { array: part.after, file } };
    case "broken": {
      const reason = `The array cannot be read from here to its end: ${part.reason}.`;
      return { kind: "rejected", rejection: { code: "broken-array", reason }, element };
    }
  }
}

function whole({ descriptor, file, mtime, id }: OpenFile): FilePart {
  if (file.size > textLimitBytes) return { kind: "rejected", rejection: tooLarge };
  const bytes = Buffer.concat(Array.from(chunksFrom(descriptor, 0), (chunk) => Buffer.from(chunk)));
  return { kind: "candidate", candidate: { bytes, id, modified: mtime } };
}

/** The first one that is neither space nor a byte order mark. */
function firstCharacter({
  descriptor,
}: OpenFile): { readonly character: string; readonly offset: number } | undefined {
  let offset = 0;
  for (const chunk of chunksFrom(descriptor, 0)) {
    const text = chunk.toString("latin1");
    const at = offset === 0 && text.startsWith(byteOrderMark) ? byteOrderMark.length : 0;
    const found = text.slice(at).search(/[^ \t\r\n]/);
    if (found >= 0) return { character: text.charAt(at + found), offset: offset + at + found };
    offset += chunk.length;
  }
  return undefined;
}

/** Its bytes, each as a character. */
const byteOrderMark = "\u00EF\u00BB\u00BF";

/** Each chunk stands until the next one is asked for. */
function* chunksFrom(descriptor: number, start: number): Generator<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(chunkBytes);
  let offset = start;
  for (;;) {
    const length = readSync(descriptor, buffer, 0, chunkBytes, offset);
    if (length === 0) return;
    offset += length;
    yield buffer.subarray(0, length);
  }
}

const isSame = (one: FileIdentity, other: FileIdentity): boolean =>
  one.size === other.size && one.modified === other.modified;

const unreadable = (error: unknown): FilePart => {
  const { code, name } = error as NodeJS.ErrnoException;
  const reason = `It cannot be read: ${code ?? name}.`;
  return { kind: "rejected", rejection: { code: "unreadable", reason } };
};

const tooLarge: Rejection = {
  code: "too-large",
  reason: `Its text is longer than ${textLimitBytes / 1024 / 1024} MB, more than an item can hold.`,
};
