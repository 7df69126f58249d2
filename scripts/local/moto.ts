import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CouldNotTell, describeError } from "../lib/errors";
import { findExecutable } from "../lib/executables";
import { root, toolsFolder } from "../lib/paths";
import { killGroup, run } from "../lib/process";
import { freePort } from "./ports";

/** Startup takes half a second with warm disk caches; a cold, busy machine can take much longer. */
const startupMilliseconds = 60_000;
const pollMilliseconds = 50;
const stopMilliseconds = 5_000;

/**
 * Runs moto until its stdin closes. The kernel closes that when this process ends, however it ends, so a
 * crash leaves no server behind.
 */
const untilStdinCloses = [
  "exec 3<&0",
  '"$@" </dev/null & server=$!',
  "(cat <&3 >/dev/null; kill $server 2>/dev/null) & watch=$!",
  "wait $server; status=$?",
  "kill $watch 2>/dev/null; wait",
  "exit $status",
].join("\n");

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
  const venv = join(variables["TOOLS_FOLDER"] || toolsFolder, "moto");
  const found = findExecutable("moto_server", variables, join(venv, "bin"));
  if (found !== undefined) return found;
  const byHand = `Install it with: pipx install "moto[server]==5.2.1" (README, "Prerequisites").`;
  const python = findExecutable("python3", variables);
  if (python === undefined) throw new CouldNotTell(`moto is missing, and so is python3. ${byHand}`);
  console.error("Installing moto, the local AWS …");
  const requirements = join(root, "scripts/local/requirements.txt");
  const options = { env: variables, ...(signal && { signal }) };
  for (const [command, ...args] of [
    [python, "-m", "venv", venv],
    [join(venv, "bin/pip"), "install", "--quiet", "--retries", "1", "--requirement", requirements],
  ] as const) {
    const { code, stderr } = await run(command, args, options);
    if (code !== 0) {
      const reason = stderr.trim().split("\n").at(-1) ?? `exit code ${code}`;
      throw new CouldNotTell(`moto is missing and could not be installed (${reason}). ${byHand}`);
    }
  }
  return join(venv, "bin/moto_server");
}

/** Starts moto on a free port of the loopback interface and waits until it answers. */
export async function startMoto(binary: string, log: string, signal?: AbortSignal): Promise<Moto> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const file = openSync(log, "w");
  const args = ["-c", untilStdinCloses, "moto", binary, "-H", "127.0.0.1", "-p", String(port)];
  const child = spawn("sh", args, { detached: true, stdio: ["pipe", file, file] });
  closeSync(file);
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const moto = {
    url,
    async stop() {
      child.stdin?.end();
      const deadline = setTimeout(() => killGroup(child.pid, "SIGKILL"), stopMilliseconds);
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
    if (child.exitCode !== null) {
      throw new CouldNotTell(`moto ended while starting: ${lastLine(log)}.`);
    }
    try {
      const response = await fetch(`${url}/moto-api/data.json`, { signal: AbortSignal.timeout(2_000) });
      if (response.ok) return;
      last = `HTTP ${response.status}`;
    } catch (error) {
      last = describeError(error);
    }
    await sleep(pollMilliseconds);
  }
  throw new CouldNotTell(`moto did not answer within ${startupMilliseconds / 1000} s (${last}).`);
}

const lastLine = (log: string): string => readFileSync(log, "utf8").trim().split("\n").at(-1) ?? "";
