/** Which commit the working tree is, and what another one synthesizes. */

import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { CouldNotTell } from "./errors";
import { root } from "./paths";
import { run, type Outcome } from "./process";
import { withStateFolder } from "./state-folder";

/** A commit's full id. */
export type Commit = string & { readonly brand: "Commit" };

/** A commit's stacks, synthesized with this process's settings. */
export interface CommitAside {
  readonly commit: Commit;
  /** cdktf's output folder. */
  readonly synthesized: string;
}

/**
 * The commit that a name, a tag or a shortened id means.
 *
 * @throws CouldNotTell when there is none, also in a shallow clone that lacks it.
 */
export async function resolveCommit(name: string, signal?: AbortSignal): Promise<Commit> {
  const outcome = await git(
    ["rev-parse", "--verify", "--quiet", "--end-of-options", `${name}^{commit}`],
    signal,
  );
  const commit = outcome.stdout.trim();
  if (outcome.code !== 0 || commit === "") {
    throw new CouldNotTell(
      `There is no commit "${name}" in this clone. Name a commit, a tag or a branch; ` +
        "fetch it first where the clone is shallow (git fetch --unshallow).",
    );
  }
  return commit as Commit;
}

/** The commit that is checked out, and whether a tracked or new file differs from it. */
export async function currentCommit(
  signal?: AbortSignal,
): Promise<{ readonly commit: Commit; readonly isChanged: boolean }> {
  const commit = await resolveCommit("HEAD", signal);
  const status = await git(["status", "--porcelain"], signal);
  return { commit, isChanged: status.code !== 0 || status.stdout.trim() !== "" };
}

/**
 * Checks a commit out into a folder, leaves the working tree as it is, and synthesizes its stacks there. Its own
 * packages are installed where they are others than the working tree's.
 *
 * @param folder takes `tree` and `cdktf.out`; a new one.
 * @throws CouldNotTell when the commit cannot be checked out, installed or synthesized, with the first line why.
 */
export async function synthesizeCommit(
  name: string,
  folder: string,
  variables: NodeJS.ProcessEnv,
  signal?: AbortSignal,
): Promise<CommitAside> {
  const commit = await resolveCommit(name, signal);
  const tree = join(folder, "tree");
  const synthesized = join(folder, "cdktf.out");
  mkdirSync(tree, { recursive: true });
  const index = { GIT_INDEX_FILE: join(folder, "index") };
  told(await git(["read-tree", commit], signal, index), `Commit ${commit} cannot be read`);
  told(
    await git(["checkout-index", "--all", `--prefix=${tree}/`], signal, index),
    `Commit ${commit} cannot be checked out`,
  );
  await install(tree, variables, signal);
  const outcome = await run(process.execPath, ["--import", "tsx", "main.ts"], {
    cwd: tree,
    env: { ...withStateFolder(variables), CDKTF_OUTDIR: synthesized },
    ...(signal && { signal }),
  });
  told(outcome, `Commit ${commit} cannot be synthesized`);
  return { commit, synthesized };
}

async function install(tree: string, variables: NodeJS.ProcessEnv, signal?: AbortSignal): Promise<void> {
  const lock = "package-lock.json";
  const isSame =
    existsSync(join(tree, lock)) && readFileSync(join(tree, lock)).equals(readFileSync(join(root, lock)));
  if (isSame) {
    symlinkSync(join(root, "node_modules"), join(tree, "node_modules"), "dir");
    // Bundles carry what they were made of: those that do not fit the commit are made anew.
    const bundles = ".build";
    if (existsSync(join(root, bundles)))
      cpSync(join(root, bundles), join(tree, bundles), { recursive: true });
    return;
  }
  const outcome = await run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: tree,
    env: variables,
    ...(signal && { signal }),
  });
  told(outcome, "The commit's packages cannot be installed");
}

const git = (
  args: readonly string[],
  signal?: AbortSignal,
  extra: NodeJS.ProcessEnv = {},
): Promise<Outcome> =>
  run("git", args, { cwd: root, env: { ...process.env, ...extra }, ...(signal && { signal }) });

function told({ code, stdout, stderr }: Outcome, what: string): void {
  if (code === 0) return;
  const lines = `${stderr}\n${stdout}`.split("\n").map((line) => line.trim());
  throw new CouldNotTell(`${what}: ${lines.find((line) => line !== "") ?? `exit code ${code}`}`);
}
