/** Applies a stack's plan, tells how far it is, and never cuts Terraform off. */

import { appendFileSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { PlannedStack } from "../plan/planned-stack";
import { readMessage, textOf, type Message } from "../plan-messages";
import { runToFinish } from "../run-to-finish";
import { failure, planFileOf, shortLived, stackLog, type StackRuns } from "../stack-runs";

export interface ApplyProgress {
  readonly done: number;
  /** A replacement counts twice: something goes, something comes. */
  readonly total: number;
  /** What Terraform is at, such as `aws_kms_key.key creating`. */
  readonly current: readonly string[];
}

const doing: Readonly<Record<string, string>> = {
  create: "creating",
  update: "changing",
  delete: "destroying",
  read: "reading",
};

/** How many steps an apply takes. */
export const stepsOf = ({ changes }: PlannedStack): number =>
  changes.reduce((sum, { action }) => sum + (action === "replace" ? 2 : action === "forget" ? 0 : 1), 0);

/** Follows the messages of `terraform apply -json`. */
export class ApplyFollower {
  private readonly running = new Map<string, string>();
  private done = 0;

  constructor(private readonly total: number) {}

  /** @returns whether the message changes what is told. */
  take({ type, hook }: Message): boolean {
    const address = hook?.resource?.addr;
    if (address === undefined) return false;
    if (type === "apply_start") {
      this.running.set(address, doing[hook?.action ?? ""] ?? "applying");
      return true;
    }
    if (type === "apply_complete") this.done += 1;
    else if (type !== "apply_errored") return false;
    return this.running.delete(address);
  }

  get progress(): ApplyProgress {
    return {
      done: this.done,
      total: Math.max(this.total, this.done),
      current: [...this.running].map(([address, verb]) => `${address} ${verb}`),
    };
  }
}

/**
 * Applies exactly what was planned. When the signal is aborted, or this process dies, Terraform is interrupted: it
 * finishes or gives up what is in flight, writes its state and releases its lock.
 *
 * @throws TerraformFailed; the signal's reason when Terraform has ended because of it.
 */
export async function applyToFinish(
  runs: StackRuns,
  stack: string,
  { steps, onProgress }: { readonly steps: number; readonly onProgress: (progress: ApplyProgress) => void },
): Promise<void> {
  const log = stackLog(runs, stack);
  const cwd = join(runs.synthesized, "stacks", stack);
  const output = join(cwd, "apply.jsonl");
  const args = ["apply", "-json", "-no-color", planFileOf(runs, stack)];
  mkdirSync(runs.logs, { recursive: true });
  rmSync(output, { force: true });
  appendFileSync(log, `$ ${[runs.binary, ...args].join(" ")}\n`);
  const follower = new ApplyFollower(steps);
  const texts: string[] = [];
  const code = await runToFinish(runs.binary, args, {
    cwd,
    env: { ...shortLived, ...runs.variables, TF_INPUT: "0" },
    ...(runs.signal && { signal: runs.signal }),
    output,
    beginsWith: '"apply_start"',
    onLine: (line) => {
      const message = readMessage(line);
      const text = message === undefined ? line : textOf(message);
      texts.push(text);
      appendFileSync(log, `${text}\n`);
      if (message !== undefined && follower.take(message)) onProgress(follower.progress);
    },
  });
  if (code !== 0) {
    runs.signal?.throwIfAborted();
    throw failure(
      runs,
      { stack, phase: "apply" },
      { code, stdout: [...killed(code), ...texts].join("\n"), stderr: "" },
    );
  }
}

/** The shell tells a signal by 128 and its number; without a code the shell itself was killed. */
const killed = (code: number): readonly string[] =>
  code > 128 || code < 0
    ? [
        "Error: Terraform was killed before it could write its state: what it was creating may exist without " +
          "its knowledge (docs/runbooks/deploy.md, After a crash)",
      ]
    : [];
