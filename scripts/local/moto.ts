import type { ChildProcess } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CouldNotTell, describeError } from "../lib/errors";
import { findExecutable } from "../lib/executables";
import { root, toolsFolder } from "../lib/paths";
import { run, signalGroup, startGuarded } from "../lib/process";
import { freePort } from "./ports";

/** Startup takes half a second with warm disk caches; a cold, busy machine can take much longer. */
const startupMilliseconds = 60_000;
const pollMilliseconds = 50;
const stopMilliseconds = 5_000;
const portAttempts = 3;

export interface Moto {
  readonly url: string;
  stop(): Promise<void>;
}

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
export async function startMoto(binary: string, log: string, signal?: AbortSignal): Promise<Moto> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startMotoOnce(binary, log, signal);
    } catch (error) {
      // Another process took the port between its being found free and moto's opening it.
      if (!(error instanceof PortLost) || attempt === portAttempts) throw error;
    }
  }
}

class PortLost extends CouldNotTell {}

async function startMotoOnce(binary: string, log: string, signal?: AbortSignal): Promise<Moto> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const file = openSync(log, "w");
  const child = startGuarded(binary, ["-H", "127.0.0.1", "-p", String(port)], { output: file });
  closeSync(file);
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const moto = {
    url,
    async stop() {
      signalGroup(child, "SIGTERM");
      const deadline = setTimeout(() => signalGroup(child, "SIGKILL"), stopMilliseconds);
      await ended;
      clearTimeout(deadline);
    },
  };
  try {
    await untilHealthy(child, url, log, signal);
  } catch (error) {
    await moto.stop();
    throw error;
  }
  return moto;
}

async function untilHealthy(
  child: ChildProcess,
  url: string,
  log: string,
  signal?: AbortSignal,
): Promise<void> {
  const deadline = Date.now() + startupMilliseconds;
  let last = "";
  while (Date.now() < deadline) {
    signal?.throwIfAborted();
    const answers = await fetch(`${url}/moto-api/data.json`, { signal: AbortSignal.timeout(2_000) }).then(
      ({ ok, status }) => {
        last = `HTTP ${status}`;
        return ok;
      },
      (error: unknown) => {
        last = describeError(error);
        return false;
      },
    );
    // Looked at after the answer: it may have been another server's.
    if (child.exitCode !== null || child.signalCode !== null) {
      const text = readFileSync(log, "utf8");
      const message = `moto ended while starting: ${text.trim().split("\n").at(-1) ?? ""}.`;
      throw /address already in use|in use by another program/i.test(text)
        ? new PortLost(message)
        : new CouldNotTell(message);
    }
    if (answers) return;
    await sleep(pollMilliseconds);
  }
  throw new CouldNotTell(`moto did not answer within ${startupMilliseconds / 1000} s (${last}).`);
}
