/** Programs that must not be cut off: an apply that is killed leaves resources that its state does not know. */

import { spawn } from "node:child_process";
import { closeSync, openSync, readSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { StringDecoder } from "node:string_decoder";
import { signalGroup, type Outcome } from "./process";

/**
 * The program is interrupted (SIGINT) once, when a line comes from its owner or when the kernel closes the pipe
 * because the owner has died; then it takes the time that it needs. A second SIGINT would make Terraform give up,
 * and SIGTERM would end its provider. It writes to a file: with a pipe, the death of the owner would kill it at the
 * next line. Until it has printed what it begins with it does not listen: the shell starts it with SIGINT ignored, and
 * Terraform forgets an interrupt that comes before it applies.
 */
const guard = `
output=$1; begins=$2; shift 2
trap : INT TERM HUP
exec 3<&0
"$@" </dev/null 3<&- & program=$!
(
  trap '' INT TERM HUP
  read -r _ <&3
  while ! grep -q -e "$begins" "$output" && kill -0 $program; do sleep 1; done
  kill -s INT $program
) >/dev/null 2>&1 & watch=$!
wait $program; status=$?
while kill -0 $program 2>/dev/null; do wait $program; status=$?; done
kill -s KILL $watch 2>/dev/null; wait $watch 2>/dev/null
exit $status
`;

const readMilliseconds = 200;

export interface FinishOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Interrupts the program, which then ends by itself: nothing here ever kills it. */
  readonly signal?: AbortSignal;
  /** Takes what it prints; a new file. */
  readonly output: string;
  /** What it prints when it can be interrupted; anything by default. */
  readonly beginsWith?: string;
  readonly onLine: (line: string) => void;
}

/**
 * Runs a program to its own end, also when this process is interrupted or dies.
 *
 * @returns its exit code, also after an interrupt; the shell's 127 when there is no such program.
 */
export async function runToFinish(
  command: string,
  args: readonly string[],
  { cwd, env, signal, output, beginsWith = "", onLine }: FinishOptions,
): Promise<number> {
  signal?.throwIfAborted();
  const file = openSync(output, "wx", 0o600);
  const child = spawn("/bin/sh", ["-c", guard, "guard", resolve(output), beginsWith, command, ...args], {
    cwd,
    env,
    // A group of its own: the terminal's Ctrl-C does not reach it.
    detached: true,
    stdio: ["pipe", file, file],
  });
  closeSync(file);
  const lines = new LinesOf(output, onLine);
  const reading = setInterval(() => lines.read(), readMilliseconds);
  const interrupt = () => child.stdin?.write("\n");
  signal?.addEventListener("abort", interrupt, { once: true });
  try {
    return await new Promise<number>((end, reject) => {
      child.once("error", reject);
      child.stdin?.on("error", () => undefined);
      child.once("exit", (code) => {
        signalGroup(child, "SIGKILL");
        end(code ?? -1);
      });
    });
  } finally {
    signal?.removeEventListener("abort", interrupt);
    clearInterval(reading);
    lines.read();
    lines.close();
  }
}

/**
 * The same with the program's output as the outcome's, both streams in one.
 *
 * @throws the signal's reason when it was aborted; Error when the folder is missing.
 */
export async function collectToFinish(
  command: string,
  args: readonly string[],
  { cwd, env, signal }: Pick<FinishOptions, "cwd" | "env" | "signal">,
): Promise<Outcome> {
  const output = join(cwd, "output.jsonl");
  const lines: string[] = [];
  try {
    const onLine = (line: string) => lines.push(line);
    const code = await runToFinish(command, args, { cwd, env, output, onLine, ...(signal && { signal }) });
    signal?.throwIfAborted();
    return { code, stdout: lines.join("\n"), stderr: "" };
  } finally {
    rmSync(output, { force: true });
  }
}

/** Whole lines of a file that grows. */
class LinesOf {
  private readonly file: number;
  private readonly decoder = new StringDecoder("utf8");
  private readonly buffer = Buffer.alloc(64 * 1024);
  private rest = "";

  constructor(
    path: string,
    private readonly onLine: (line: string) => void,
  ) {
    this.file = openSync(path, "r");
  }

  read(): void {
    for (let length = this.next(); length > 0; length = this.next()) {
      const lines = (this.rest + this.decoder.write(this.buffer.subarray(0, length))).split("\n");
      this.rest = lines.pop() ?? "";
      for (const line of lines) this.onLine(line);
    }
  }

  close(): void {
    if (this.rest !== "") this.onLine(this.rest);
    closeSync(this.file);
  }

  private next(): number {
    return readSync(this.file, this.buffer, 0, this.buffer.length, null);
  }
}
