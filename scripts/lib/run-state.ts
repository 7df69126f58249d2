/** What an interrupted run leaves behind for the next one: below .local, by environment and place. */

import { createHash } from "node:crypto";
import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { CouldNotTell } from "./errors";

export class RunState {
  private constructor(readonly folder: string) {}

  /**
   * Takes the folder of a run for this process.
   *
   * @param parts what tells this run from others: environment, table, source or target.
   * @throws CouldNotTell while another process does the same.
   */
  static open(parent: string, parts: readonly [kind: string, ...others: string[]]): RunState {
    const hash = createHash("sha256").update(parts.join("\0")).digest("hex").slice(0, 12);
    const state = new RunState(join(parent, `${parts[0]}-${hash}`));
    mkdirSync(state.folder, { recursive: true });
    state.lock();
    return state;
  }

  /** @returns nothing when there is none, or it cannot be read. */
  load(): unknown {
    try {
      return JSON.parse(readFileSync(this.checkpoint, "utf8")) as unknown;
    } catch {
      return undefined;
    }
  }

  /** At once, or not at all: a kill in between leaves the last one. */
  save(checkpoint: object): void {
    const partial = `${this.checkpoint}.partial`;
    writeFileSync(partial, JSON.stringify(checkpoint));
    renameSync(partial, this.checkpoint);
  }

  /** Nothing is to be resumed. */
  finish(): void {
    rmSync(this.checkpoint, { force: true });
  }

  /** Lets others have it; an empty folder goes. */
  close(): void {
    rmSync(this.lockFile, { force: true });
    try {
      rmdirSync(this.folder);
    } catch {
      // It holds what the next run or a person needs.
    }
  }

  private get checkpoint(): string {
    return join(this.folder, "checkpoint.json");
  }

  private get lockFile(): string {
    return join(this.folder, "lock");
  }

  private lock(): void {
    try {
      const descriptor = openSync(this.lockFile, "wx");
      writeSync(descriptor, String(process.pid));
      closeSync(descriptor);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      const owner = Number(readFileSync(this.lockFile, "utf8"));
      if (owner !== process.pid && isRunning(owner)) {
        throw new CouldNotTell(
          `Process ${owner} does the same already. Wait for it; if it is another program, ` +
            `delete ${this.lockFile} and run this again.`,
        );
      }
      // Its owner was killed.
      writeFileSync(this.lockFile, String(process.pid));
    }
  }
}

function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
