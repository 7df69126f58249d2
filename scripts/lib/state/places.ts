/** Where states lie: in files, or in the environment's bucket. */

import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { tmpdir } from "node:os";
import { App } from "cdktf";
import { EnvironmentStack } from "../../../stacks/environment-stack";
import type { Environment } from "../../../stacks/environments";
import type { BootstrapId, StackId } from "../../../stacks/naming";
import type { Settings } from "../../../stacks/settings";
import { Refused } from "../refused";
import { readState, type StateDocument } from "./state-document";

/** @param settings of variables that `withStateFolder` has made: the folder is absolute. */
export const localStateFile = ({ stateFolder }: Pick<Settings, "stateFolder">, stack: string): string =>
  join(stateFolder, `${stack}.tfstate`);

export const readLocalState = (file: string): StateDocument | undefined =>
  existsSync(file) ? readState(readFileSync(file, "utf8"), file) : undefined;

/**
 * Terraform says by a file beside a state that it works on it; one that was killed leaves that behind.
 *
 * @throws Refused then.
 */
export function requireUnused(file: string): void {
  const lock = join(dirname(file), `.${basename(file)}.lock.info`);
  if (!existsSync(lock)) return;
  throw new Refused(
    `Terraform works on ${file}: nothing was changed. Wait until it has ended. If nothing runs, it was killed: ` +
      `delete ${lock}.`,
  );
}

/** Keeps a file that is no longer the state, under a name that says since when. */
export function setAside(file: string, now: Date = new Date()): string {
  const stamp = now.toISOString().replaceAll(/[:.]/g, "-");
  const backup = `${file}.moved-${stamp}`;
  renameSync(file, backup);
  return backup;
}

/** At once, or not at all; readable for its owner alone, since states hold secrets. */
export function writeStateFile(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  const partial = `${file}.partial`;
  rmSync(partial, { force: true });
  writeFileSync(partial, text, { mode: 0o600 });
  renameSync(partial, file);
}

/** A stack's backend, as its synthesized configuration has it. */
export function backendOf(id: StackId | BootstrapId, environment: Environment, settings: Settings): object {
  const outdir = mkdtempSync(join(tmpdir(), "backend-"));
  try {
    const stack = new EnvironmentStack(new App({ outdir }), { id, environment, settings, tags: {} });
    const { terraform } = stack.toTerraform() as { readonly terraform: { readonly backend: object } };
    return terraform.backend;
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
