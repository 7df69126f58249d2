import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { Interrupted } from "./errors";

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Ends the process, and everything that it started, when it is aborted. */
  readonly signal?: AbortSignal;
  /** Appends all output to this file. */
  readonly log?: string;
}

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How long an interrupted process may take to end by itself. */
const graceMilliseconds = 10_000;

/**
 * Runs a program to its end. It gets a process group of its own: Ctrl-C reaches it once, through the signal,
 * and what it leaves behind is killed with it.
 *
 * @throws Interrupted when the signal was aborted; Error when the program cannot be started.
 */
export async function run(
  command: string,
  args: readonly string[],
  { cwd, env, signal, log }: RunOptions = {},
): Promise<Outcome> {
  signal?.throwIfAborted();
  const child = spawn(command, args, { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const file = log === undefined ? undefined : createWriteStream(log, { flags: "a" });
  file?.write(`$ ${[command, ...args].join(" ")}\n`);
  const output = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream].setEncoding("utf8").on("data", (chunk: string) => {
      output[stream] += chunk;
      file?.write(chunk);
    });
  }

  let deadline: NodeJS.Timeout | undefined;
  const interrupt = () => {
    killGroup(child.pid, "SIGINT");
    deadline = setTimeout(() => killGroup(child.pid, "SIGKILL"), graceMilliseconds);
  };
  signal?.addEventListener("abort", interrupt, { once: true });
  try {
    const code = await new Promise<number>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (exitCode) => resolve(exitCode ?? -1));
    });
    if (signal?.aborted) {
      killGroup(child.pid, "SIGKILL");
      throw signal.reason instanceof Error ? signal.reason : new Interrupted("SIGTERM");
    }
    return { code, ...output };
  } finally {
    signal?.removeEventListener("abort", interrupt);
    clearTimeout(deadline);
    file?.end();
  }
}

/** Signals a process and its children; nothing happens when they have gone. */
export function killGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
