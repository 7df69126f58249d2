/** The folder that a rollback fills: a file is written whole or not at all. */

import {
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { CouldNotTell, describeError } from "../errors";
import { isSameJson } from "./exact-json";
import type { ProfileFile } from "./profile-content";

/** `same`: it says the same, however it is written. */
export type FileState = "same" | "absent" | "different";

/** No migration reads it. What a kill leaves of it is written over. */
const partialName = ".profile.partial";

export class ProfileFolder {
  constructor(private readonly path: string) {}

  /**
   * Makes the folder where there is none.
   *
   * @returns its path without symbolic links.
   * @throws CouldNotTell when it cannot be made.
   */
  static make(path: string): string {
    try {
      mkdirSync(path, { recursive: true });
      return realpathSync(path);
    } catch (error) {
      throw new CouldNotTell(`${path} cannot be made (${describeError(error)}). Name another folder.`);
    }
  }

  look({ name, text }: ProfileFile): FileState {
    let bytes: Buffer;
    try {
      bytes = readFileSync(join(this.path, name));
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === "ENOENT" ? "absent" : "different";
    }
    return isSameJson(bytes.toString("utf8"), text) ? "same" : "different";
  }

  /**
   * Gives a file that says the same the profile's time, which a new migration may take from it.
   *
   * @throws CouldNotTell when the folder does not take it.
   */
  keepTime({ name, modified }: ProfileFile): void {
    if (modified === undefined) return;
    const path = join(this.path, name);
    try {
      if (statSync(path).mtime.getTime() !== modified.getTime()) utimesSync(path, modified, modified);
    } catch (error) {
      throw this.failed(error);
    }
  }

  /** @throws CouldNotTell when the folder does not take it. */
  write({ name, text, modified }: ProfileFile): void {
    const partial = join(this.path, partialName);
    try {
      rmSync(partial, { force: true });
      // Its owner's alone, as exports are: profiles are personal.
      writeFileSync(partial, text, { mode: 0o600 });
      if (modified !== undefined) utimesSync(partial, modified, modified);
      renameSync(partial, join(this.path, name));
    } catch (error) {
      throw this.failed(error);
    }
  }

  private failed(error: unknown): CouldNotTell {
    return new CouldNotTell(
      `${this.path} takes no more files: ${describeError(error)}. Put that right and run the same command again.`,
    );
  }
}
