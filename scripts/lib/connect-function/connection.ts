/**
 * What a connection wrote and what was there before, so that it can be taken back: one file a function, in
 * the ignored folder. It holds the one variable alone.
 */

import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as v from "valibot";
import type { EnvironmentName } from "../../../tables/naming";
import { CouldNotTell } from "../errors";
import { localFolder } from "../paths";

const connection = v.strictObject({
  function: v.string(),
  variable: v.string(),
  /** null where the function did not have the variable. */
  before: v.nullable(v.string()),
  written: v.string(),
  at: v.string(),
});

export type Connection = Readonly<v.InferOutput<typeof connection>>;

/** Account and region are in the name: one environment's function may have namesakes, the local AWS's too. */
export function connectionFile(environment: EnvironmentName, arn: string): string {
  const [, , , region = "", account = "", , name = ""] = arn.split(":");
  return join(localFolder, "connections", environment, `${account}.${region}.${name}.json`);
}

/**
 * @returns nothing when none was recorded.
 * @throws CouldNotTell when the file is not what this wrote.
 */
export function readConnection(file: string): Connection | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  try {
    return v.parse(connection, JSON.parse(text));
  } catch {
    throw new CouldNotTell(
      `${file} is damaged. Set the variable by hand, or take it away, and delete the file.`,
    );
  }
}

/** Renamed into place, so that a kill leaves the old record or the new one; nothing is recorded by undefined. */
export function recordConnection(file: string, record: Connection | undefined): void {
  if (record === undefined) {
    rmSync(file, { force: true });
    return;
  }
  mkdirSync(dirname(file), { recursive: true });
  const partial = `${file}.${process.pid}`;
  writeFileSync(partial, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 });
  renameSync(partial, file);
}
