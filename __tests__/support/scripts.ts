import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { root } from "../../scripts/lib/paths";
import { run, type Outcome } from "../../scripts/lib/process";
import { bundlesVariable } from "./script-bundles";

/** Variables of this process without those that would point a script at some AWS. */
export function cleanVariables(extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(AWS_(?!CA_BUNDLE)|CDKTF_|STATE_)/.test(name),
  );
  return { ...Object.fromEntries(kept), ...extra };
}

const command = (script: string, args: readonly string[]) => [
  ...(bundles === undefined ? ["--import", "tsx", `scripts/${script}.ts`] : [join(bundles, `${script}.cjs`)]),
  ...args,
];
const bundles = process.env[bundlesVariable];

/** Runs a script of this repository as its npm command does, but for tsx (script-bundles.ts). */
export const runScript = (
  script: string,
  args: readonly string[],
  variables: NodeJS.ProcessEnv = {},
): Promise<Outcome> =>
  run(process.execPath, command(script, args), { cwd: root, env: cleanVariables(variables) });

/** A script that keeps running, and what it has printed so far. */
export interface RunningScript {
  readonly process: ChildProcess;
  readonly output: { stdout: string; stderr: string };
  readonly ended: Promise<number | null>;
  /** Waits for a text on stderr. */
  waitFor(text: string): Promise<void>;
  /** Waits for a text on stdout. */
  printed(text: string): Promise<void>;
}

export function startScript(
  script: string,
  args: readonly string[],
  variables: NodeJS.ProcessEnv = {},
): RunningScript {
  const child = spawn(process.execPath, command(script, args), {
    cwd: root,
    env: cleanVariables(variables),
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (output.stdout += chunk));
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (output.stderr += chunk));
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const wait = async (stream: "stdout" | "stderr", text: string) => {
    await Promise.race([
      new Promise<void>((resolve) => {
        const look = () => {
          if (output[stream].includes(text)) resolve();
        };
        child[stream].on("data", look);
        look();
      }),
      ended.then((code) => {
        throw new Error(`${script} ended with ${String(code)} before "${text}": ${output.stderr}`);
      }),
    ]);
  };
  return {
    process: child,
    output,
    ended,
    waitFor: (text) => wait("stderr", text),
    printed: (text) => wait("stdout", text),
  };
}
