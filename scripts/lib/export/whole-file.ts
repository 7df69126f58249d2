import { existsSync, statSync } from "node:fs";
import { link, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { CouldNotTell, reasonOf } from "../errors";
import { Refused } from "../refused";
import type { Write } from "./scan";

/** @throws CouldNotTell for what can be no file: no name, or a folder. */
export function requireFileName(path: string): void {
  const isFolder = path.endsWith("/") || (existsSync(path) && statSync(path).isDirectory());
  if (path !== "" && !isFolder) return;
  const found = path === "" ? "--to names no file" : `${path} is a folder`;
  throw new CouldNotTell(`${found}: give the name of a file, or - for stdout.`);
}

/** @throws Refused when the file is there and must not be replaced. */
export function refuseOverwrite(path: string, force: boolean): void {
  if (force || !existsSync(path)) return;
  throw new Refused(isThere(path));
}

const isThere = (path: string): string =>
  `${path} is there already. Give another name, or --force to replace it.`;

/**
 * Writes a file that is there whole or not at all: beside its place, and put there when it is on the disk. Only
 * its owner may read it, since items may be personal.
 *
 * @throws Refused when the file came up meanwhile; CouldNotTell when it cannot be written.
 */
export async function writeWhole<T>(
  path: string,
  force: boolean,
  fill: (write: Write) => Promise<T>,
): Promise<T> {
  refuseOverwrite(path, force);
  const partial = join(dirname(path), `.${basename(path)}.${process.pid}.partial`);
  const cannot = (error: unknown): never => {
    throw new CouldNotTell(`${path} cannot be written: ${reasonOf(error)}.`);
  };
  const file = await open(partial, "wx", 0o600).catch(cannot);
  try {
    const result = await fill((text) => file.appendFile(text).catch(cannot));
    await file.sync().catch(cannot);
    await file.close();
    if (force) await rename(partial, path).catch(cannot);
    else await linkInto(partial, path);
    return result;
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(partial, { force: true });
    throw error;
  }
}

/** A link, unlike a rename, replaces nothing: a file that came up meanwhile stays. */
async function linkInto(partial: string, path: string): Promise<void> {
  await link(partial, path).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") throw new Refused(isThere(path));
    throw new CouldNotTell(
      `${path} cannot be written: ${reasonOf(error)}. Where the file system has no links, give --force.`,
    );
  });
  await rm(partial);
}
