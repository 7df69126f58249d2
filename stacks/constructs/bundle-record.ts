/** What a bundle was made of. Bundling took two thirds of every synthesis, and mostly the same came out. */

import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** Where the bundles' sources lie: esbuild finds an import by the names that are there. */
const sourceFolders = ["functions", "tables"];
/** What is installed, by npm's own account. Without it nothing is known of the packages, and nothing recorded. */
const installed = "node_modules/.package-lock.json";
/** That, and how bundles are made of it. */
const makers = [
  "package.json",
  installed,
  "stacks/constructs/function-bundle.ts",
  "stacks/constructs/bundle-record.ts",
];

interface Recorded {
  readonly makers: string;
  /** Hash by path from the root, as esbuild names it. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly zip: string;
}

/**
 * Says whether a zip would be made the same again: from the same bytes of every file in it, found among the
 * same names, by the same packages. Times do not count.
 */
export class BundleRecord {
  private readonly hashes = new Map<string, string>();
  private makersHash: string | undefined;

  /**
   * @param root folder of the repository.
   * @param begun before the first file is read; milliseconds since 1970.
   */
  constructor(
    private readonly root: string,
    private readonly begun = Date.now(),
  ) {}

  /** The zip beside a record; nothing when it has to be made again. */
  find(zip: string): Uint8Array | undefined {
    try {
      const recorded = JSON.parse(readFileSync(recordOf(zip), "utf8")) as Recorded;
      const bytes = readFileSync(zip);
      const isSame =
        recorded.makers === this.hashOfMakers() &&
        recorded.zip === hashOf(bytes) &&
        Object.entries(recorded.inputs).every(([path, hash]) => this.hashOfFile(path) === hash);
      return isSame ? bytes : undefined;
    } catch {
      // Never made, or half of it was removed.
      return undefined;
    }
  }

  /**
   * Written after the zip: one that another process makes at the same time does not fit it. Nothing is recorded
   * of files that are changed meanwhile: it is unknown which of their contents is in the zip.
   */
  write(zip: string, bytes: Uint8Array, inputs: readonly string[]): void {
    const made = makers.filter((path) => existsSync(join(this.root, path)));
    if (!made.includes(installed) || [...inputs, ...made].some(this.isChanged)) return;
    const recorded: Recorded = {
      makers: this.hashOfMakers(),
      inputs: Object.fromEntries(inputs.map((path) => [path, this.hashOfFile(path)])),
      zip: hashOf(bytes),
    };
    const unfinished = `${recordOf(zip)}.${process.pid}`;
    writeFileSync(unfinished, JSON.stringify(recorded));
    renameSync(unfinished, recordOf(zip));
  }

  /** By the time of the inode: `mv`, `cp -p`, tar and npm give a file a time of modification from long ago. */
  private readonly isChanged = (path: string): boolean => {
    const { ctimeMs = Infinity } = statSync(resolve(this.root, path), { throwIfNoEntry: false }) ?? {};
    return ctimeMs >= this.begun;
  };

  private hashOfFile(path: string): string {
    const hash = this.hashes.get(path) ?? hashOf(readFileSync(resolve(this.root, path)));
    this.hashes.set(path, hash);
    return hash;
  }

  private hashOfMakers(): string {
    this.makersHash ??= hashOf(JSON.stringify([process.version, ...this.names(), ...this.contents()]));
    return this.makersHash;
  }

  private readonly names = () =>
    sourceFolders.map((folder) =>
      readdirSync(join(this.root, folder), { recursive: true, encoding: "utf8" }).sort(),
    );
  private readonly contents = () =>
    makers.map((path) => (existsSync(join(this.root, path)) ? this.hashOfFile(path) : ""));
}

const recordOf = (zip: string): string => `${zip}.json`;

const hashOf = (bytes: Uint8Array | string): string => createHash("sha256").update(bytes).digest("hex");
