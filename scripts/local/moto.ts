import { join } from "node:path";
import { CouldNotTell } from "../lib/errors";
import { findExecutable } from "../lib/executables";
import { root, toolsFolder } from "../lib/paths";
import { run } from "../lib/process";
import { startServer, type RunningServer } from "./server-process";

/**
 * Finds moto's server on the PATH or among the installed tools, and otherwise installs it there.
 *
 * @throws CouldNotTell that says how to get it, when it cannot be installed.
 */
export async function findMoto(variables: NodeJS.ProcessEnv, signal?: AbortSignal): Promise<string> {
  const venv = join(toolsFolder(variables), "moto");
  const found = findExecutable("moto_server", variables, join(venv, "bin"));
  if (found !== undefined) return found;
  const byHand = `Install it with: pipx install "moto[server]==5.2.1" (README, "Prerequisites").`;
  const python = findExecutable("python3", variables);
  if (python === undefined) throw new CouldNotTell(`moto is missing, and so is python3. ${byHand}`);
  const options = { env: variables, ...(signal && { signal }) };
  const isRecent = await run(python, ["-c", "import sys; sys.exit(sys.version_info < (3, 10))"], options);
  if (isRecent.code !== 0) {
    throw new CouldNotTell(
      `moto is missing, and ${python} is older than the Python 3.10 that it needs. ${byHand}`,
    );
  }
  console.error("Installing moto, the local AWS …");
  const requirements = join(root, "scripts/local/requirements.txt");
  for (const [command, ...args] of [
    [python, "-m", "venv", venv],
    [join(venv, "bin/pip"), "install", "--quiet", "--retries", "1", "--requirement", requirements],
  ] as const) {
    const { code, stdout, stderr } = await run(command, args, options);
    if (code !== 0) {
      // Debian's venv says on stdout that its own package is missing.
      const reason = stderr.trim().split("\n").at(-1) || stdout.trim().split("\n")[0] || `exit code ${code}`;
      throw new CouldNotTell(`moto is missing and could not be installed (${reason}). ${byHand}`);
    }
  }
  return join(venv, "bin/moto_server");
}

/** Starts moto on a free port of the loopback interface and waits until it answers. */
export const startMoto = (binary: string, log: string, signal?: AbortSignal): Promise<RunningServer> =>
  startServer(
    {
      name: "moto",
      binary,
      args: (port) => ["-H", "127.0.0.1", "-p", String(port)],
      healthPath: "/moto-api/data.json",
      isReady: ({ ok }) => ok,
      log,
    },
    signal,
  );
