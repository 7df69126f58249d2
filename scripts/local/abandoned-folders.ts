/**
 * Folders that belong to one process each, below `.local/`, with its id in their names. A process that was
 * killed could not remove its own: the next one that makes one does.
 */

import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { localFolder } from "../lib/paths";

/** Logs of failed runs are for reading, but not for ever. */
const keptLogs = 5;
const orphanMilliseconds = 24 * 3_600_000;

/** A new folder of this process alone. */
export function makeOwnFolder(kind: "aws" | "bench" | "deploy" | "dynamodb" | "verify"): string {
  mkdirSync(localFolder, { recursive: true });
  removeAbandonedFolders();
  return mkdtempSync(join(localFolder, `${kind}-${process.pid}-`));
}

/** Removes what processes left that are gone, and all but the newest of their logs. */
export function removeAbandonedFolders(below = localFolder): void {
  const logs = abandoned(join(below, "logs"), /^(?:quickstart|deploy)-(\d+)(?:-\w+)?$/);
  const oldLogs = logs.sort((one, other) => changedAt(other) - changedAt(one)).slice(keptLogs);
  // Terraform may outlive a deployment that was killed, until it has written its state.
  const deployments = abandoned(below, /^deploy-(\d+)-/).filter(
    (folder) => Date.now() - changedAt(folder) > orphanMilliseconds && !holdsState(folder),
  );
  const others = abandoned(below, /^(?:aws|bench|dynamodb|verify)-(\d+)-/);
  for (const folder of [...others, ...deployments, ...oldLogs]) remove(folder);
}

/** Folders whose names hold the id of a process that is gone. */
function abandoned(below: string, name: RegExp): string[] {
  return entriesOf(below)
    .filter((entry) => {
      const owner = name.exec(entry)?.[1];
      return owner !== undefined && !isRunning(Number(owner));
    })
    .map((entry) => join(below, entry));
}

function entriesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/** What Terraform could not store in its backend lies nowhere else. */
const holdsState = (folder: string): boolean =>
  entriesOf(join(folder, "cdktf.out/stacks")).some((stack) =>
    existsSync(join(folder, "cdktf.out/stacks", stack, "errored.tfstate")),
  );

/** Another process may have removed it meanwhile: then it is as old as can be. */
const changedAt = (folder: string): number => statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? 0;

function remove(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    // Another process removes it at the same time, or it is another user's: not worth failing for.
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
