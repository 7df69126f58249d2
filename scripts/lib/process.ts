import { spawn, type ChildProcess } from "node:child_process";
import { openSync, closeSync, writeSync } from "node:fs";
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
 * Runs a program in a process group that dies with its owner: the kernel closes the owner's end of stdin
 * when it ends, however it ends, and the watch then kills the group. The shell outlives a signal to the
 * group, so that it can wait for the program and leave no zombie.
 */
const guard = `
trap : INT TERM HUP
exec 3<&0
"$@" </dev/null 3<&- & program=$!
(trap '' INT TERM HUP; read -r _ <&3; kill -s KILL -- -$$) >/dev/null 2>&1 & watch=$!
wait $program; status=$?
while kill -0 $program 2>/dev/null; do wait $program; status=$?; done
kill -s KILL $watch; wait $watch 2>/dev/null
exit $status
`;

/** Starts a program that cannot outlive this process. Its group is signalled with `signalGroup`. */
export function startGuarded(
  command: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv; readonly output: "pipe" | number },
): ChildProcess {
  const { cwd, env, output } = options;
  return spawn("/bin/sh", ["-c", guard, "guard", command, ...args], {
    cwd,
    env,
    detached: true,
    stdio: ["pipe", output, output],
  });
}

/**
 * Runs a program to its end. Ctrl-C reaches it once, through the signal, and what it leaves behind is killed
 * with it.
 *
 * @returns the shell's 127 as the code when there is no such program.
 * @throws the signal's reason when it was aborted; Error when the folder is missing.
 */
export async function run(
  command: string,
  args: readonly string[],
  { cwd, env, signal, log }: RunOptions = {},
): Promise<Outcome> {
  signal?.throwIfAborted();
  const child = startGuarded(command, args, { ...(cwd && { cwd }), ...(env && { env }), output: "pipe" });
  const file = log === undefined ? undefined : openSync(log, "a");
  const record = (text: string) => file !== undefined && writeSync(file, text);
  record(`$ ${[command, ...args].join(" ")}\n`);
  const output = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream]?.setEncoding("utf8").on("data", (chunk: string) => {
      output[stream] += chunk;
      record(chunk);
    });
  }

  let deadline: NodeJS.Timeout | undefined;
  const interrupt = () => {
    signalGroup(child, "SIGTERM");
    deadline = setTimeout(() => signalGroup(child, "SIGKILL"), graceMilliseconds);
  };
  signal?.addEventListener("abort", interrupt, { once: true });
  try {
    const code = await new Promise<number>((resolve, reject) => {
      child.once("error", reject);
      // What the program leaves behind holds its output open.
      child.once("exit", () => signalGroup(child, "SIGKILL"));
      child.once("close", (exitCode) => resolve(exitCode ?? -1));
    });
    if (signal?.aborted) {
      throw signal.reason instanceof Error ? signal.reason : new Interrupted("SIGTERM");
    }
    return { code, ...output };
  } finally {
    signal?.removeEventListener("abort", interrupt);
    clearTimeout(deadline);
    if (file !== undefined) closeSync(file);
  }
}

/** Signals a guarded program and its children; nothing happens when they have gone. */
export function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
