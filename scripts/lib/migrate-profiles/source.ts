/** What a migration reads: a folder of JSON files, or one file, in an order that a resumed run finds again. */

import { createHash } from "node:crypto";
import { opendirSync, realpathSync, statSync, type Dir, type Dirent } from "node:fs";
import { basename, dirname, join } from "node:path";
import { CouldNotTell, describeError } from "../errors";
import { fileParts, type FilePart, type FilePosition } from "./file-parts";
import { extension } from "./profile-file";
import type { Place } from "./rejection";

export interface Source {
  readonly kind: "folder" | "file";
  /** Absolute, without symbolic links. */
  readonly path: string;
}

/** How far a source has been read. */
export interface Position {
  /** Entries of the folder that are done, whatever they are. */
  readonly entries: number;
  /** Hash of their names in order: another order, or another entry, gives another. */
  readonly names: string;
  /** How far the next entry has been read: an array of which some elements are done. */
  readonly within?: FilePosition;
}

export const start: Position = { entries: 0, names: "" };

/** What is found next, and how far the source has been read behind it. */
export type Found = { readonly after: Position } & (
  | (Exclude<FilePart, { kind: "end" | "changed" }> & { readonly place: Place })
  /** A subfolder, or a file of another name; or the end of a file. */
  | { readonly kind: "passed"; readonly isIgnored: boolean }
);

/** The source is no longer what an earlier run has read: there is no going on. */
export class SourceChanged extends Error {
  override readonly name = "SourceChanged";
}

/** @throws CouldNotTell when there is neither a folder nor a file. */
export function openSource(path: string): Source {
  try {
    const real = realpathSync(path);
    const stats = statSync(real);
    if (stats.isDirectory()) return { kind: "folder", path: real };
    if (stats.isFile()) return { kind: "file", path: real };
  } catch (error) {
    throw new CouldNotTell(`${path} cannot be read (${describeError(error)}). Name a folder or a file.`);
  }
  throw new CouldNotTell(`${path} is neither a folder nor a file. Name one of the two.`);
}

/** How many entries there are to read. */
export function countEntries(source: Source): number {
  let count = 0;
  const entries = entriesOf(source);
  while (entries.next().done !== true) count += 1;
  return count;
}

/** Between 0 and 1; elements of an array count by the bytes that they take. */
export function fractionRead({ entries, within }: Position, total: number): number {
  if (total === 0) return 1;
  const part = within === undefined ? 0 : within.array.bytes / Math.max(1, within.file.size);
  return Math.min(1, (entries + part) / total);
}

/**
 * Everything that is there behind a position, one by one: neither names nor contents are collected.
 *
 * @throws SourceChanged when the position is of another order, or of a file that has changed.
 * @throws CouldNotTell when the folder cannot be read.
 */
export function* readSource(source: Source, from: Position): Generator<Found> {
  const folder = source.kind === "folder" ? source.path : dirname(source.path);
  let { entries, names } = start;
  for (const entry of entriesOf(source)) {
    const after = { entries: entries + 1, names: chained(names, entry.name) };
    if (entries >= from.entries) {
      if (entries === from.entries && names !== from.names) throw new SourceChanged();
      const within = entries === from.entries ? from.within : undefined;
      yield* entryParts(join(folder, entry.name), entry, within, { entries, names }, after);
    }
    ({ entries, names } = after);
  }
  if (entries < from.entries || (entries === from.entries && names !== from.names)) throw new SourceChanged();
}

function* entryParts(
  path: string,
  entry: Entry,
  within: FilePosition | undefined,
  before: Position,
  after: Position,
): Generator<Found> {
  if (!entry.isSource) {
    yield { kind: "passed", isIgnored: true, after };
    return;
  }
  for (const part of fileParts(path, within)) {
    switch (part.kind) {
      case "changed":
        throw new SourceChanged();
      case "end":
        yield { kind: "passed", isIgnored: false, after };
        break;
      case "candidate":
      case "rejected": {
        const { element, position } = part;
        const place = { file: entry.name, ...(element !== undefined && { element }) };
        yield { ...part, place, after: position === undefined ? after : { ...before, within: position } };
      }
    }
  }
}

interface Entry {
  readonly name: string;
  /** Otherwise it is ignored. */
  readonly isSource: boolean;
}

function* entriesOf({ kind, path }: Source): Generator<Entry> {
  if (kind === "file") {
    yield { name: basename(path), isSource: true };
    return;
  }
  const directory = openFolder(path);
  try {
    for (let entry = directory.readSync(); entry !== null; entry = directory.readSync()) {
      yield { name: entry.name, isSource: isSource(path, entry) };
    }
  } finally {
    directory.closeSync();
  }
}

/** Reads 256 names at a time. */
function openFolder(path: string): Dir {
  try {
    return opendirSync(path, { bufferSize: 256 });
  } catch (error) {
    throw new CouldNotTell(`${path} cannot be read: ${describeError(error)}.`);
  }
}

function isSource(folder: string, entry: Dirent): boolean {
  if (!entry.name.toLowerCase().endsWith(extension)) return false;
  return entry.isSymbolicLink() ? leadsToFile(join(folder, entry.name)) : entry.isFile();
}

/** A link that leads nowhere is a file that cannot be read, not one to ignore. */
function leadsToFile(link: string): boolean {
  try {
    return statSync(link).isFile();
  } catch {
    return true;
  }
}

const chained = (names: string, name: string): string =>
  createHash("sha1").update(names).update("\0").update(name).digest("base64url");
