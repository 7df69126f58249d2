/** Which stacks the working tree changes against a commit: by what is synthesized, not by which files differ. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildApp } from "../../../stacks/app";
import { stacksOf } from "../../../stacks/naming";
import { loadSettings } from "../../../stacks/settings";
import { environmentNames, type EnvironmentName } from "../../../tables/naming";
import { resolveCommit, synthesizeCommit, type Commit } from "../commits";
import { CouldNotTell } from "../errors";
import { withStateFolder } from "../state-folder";
import { compareOutputs, type Difference } from "./compare-output";

export type Affected = ({ readonly kind: "compared" } | NotCompared) &
  Difference & {
    readonly base: Commit;
  };

/** The base cannot be built: every stack counts as changed. */
interface NotCompared {
  readonly kind: "all";
  readonly reason: string;
}

/**
 * Synthesizes a commit aside and the working tree, with the same variables, and compares them.
 *
 * @param environment its stacks only; those of all by default.
 * @throws CouldNotTell when there is no such commit; SettingError for a malformed variable.
 */
export async function findAffected(
  name: string,
  {
    environment,
    variables,
    signal,
  }: {
    readonly environment?: EnvironmentName;
    readonly variables: NodeJS.ProcessEnv;
    readonly signal?: AbortSignal;
  },
): Promise<Affected> {
  const base = await resolveCommit(name, signal);
  const folder = mkdtempSync(join(tmpdir(), "affected-"));
  try {
    const newer = join(folder, "cdktf.out");
    buildApp(loadSettings(withStateFolder(variables)), { outdir: newer }).synth();
    signal?.throwIfAborted();
    const aside = await synthesizeCommit(base, join(folder, "base"), variables, signal).catch(reasonWhyNot);
    if (typeof aside === "string") {
      const changed = environmentNames.filter((one) => isOf(environment, one)).flatMap(stacksOf);
      return { kind: "all", reason: aside, base, changed: changed.sort(), added: [], removed: [] };
    }
    return { kind: "compared", base, ...only(environment, compareOutputs(aside.synthesized, newer)) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }

  function reasonWhyNot(error: unknown): string {
    signal?.throwIfAborted();
    if (error instanceof CouldNotTell) return error.message;
    throw error;
  }
}

const isOf = (wanted: EnvironmentName | undefined, environment: EnvironmentName): boolean =>
  wanted === undefined || wanted === environment;

function only(environment: EnvironmentName | undefined, difference: Difference): Difference {
  if (environment === undefined) return difference;
  const isWanted = (stack: string) => stack.endsWith(`-${environment}`);
  const { changed, added, removed } = difference;
  return {
    changed: changed.filter(isWanted),
    added: added.filter(isWanted),
    removed: removed.filter(isWanted),
  };
}
