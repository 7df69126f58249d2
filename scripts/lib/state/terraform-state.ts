/** Terraform's commands on a state and its backend, in a folder that holds a configuration. */

import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { isStackId, parseStackId } from "../../../stacks/naming";
import { Refused } from "../refused";
import { run, type Outcome } from "../process";
import { shortLived, TerraformFailed } from "../stack-runs";
import { describeStateLock, readStateLock } from "../state-lock";
import { firstErrorLine } from "../terraform";
import { readState, type StateDocument } from "./state-document";

export interface StateCommands {
  readonly folder: string;
  /** Whose state it is, for errors. */
  readonly stack: string;
  readonly binary: string;
  readonly variables: NodeJS.ProcessEnv;
  readonly log: string;
  readonly signal?: AbortSignal;
}

/** Connects the folder with its backend, whatever it was connected with before. */
export async function connect(commands: StateCommands): Promise<void> {
  await terraform(commands, "init", ["init", "-reconfigure", "-no-color"]);
}

export async function pull(commands: StateCommands): Promise<PulledState | undefined> {
  const { stdout } = await terraform(commands, "reading the state", ["state", "pull"]);
  const document = readState(stdout, `The state of ${commands.stack} in its backend`);
  return document && { document, text: stdout };
}

export interface PulledState {
  readonly document: StateDocument;
  readonly text: string;
}

/** Terraform itself refuses a state of another lineage than the one that is there, and an older one. */
export async function push(commands: StateCommands, file: string): Promise<void> {
  await terraform(commands, "writing the state", ["state", "push", file]);
}

/** Without that refusal: only over a state that is known to hold nothing else. */
export async function pushOver(commands: StateCommands, file: string): Promise<void> {
  await terraform(commands, "writing the state", ["state", "push", "-force", file]);
}

/** A plan as Terraform tells it to people; of sensitive values it says that they are. */
export async function showPlan(commands: StateCommands, plan: string): Promise<string> {
  const { stdout } = await terraform(commands, "show", ["show", "-no-color", plan]);
  return stdout;
}

/** @throws Refused while another run holds the state; TerraformFailed. */
async function terraform(
  { folder, stack, binary, variables, log, signal }: StateCommands,
  phase: string,
  args: readonly string[],
): Promise<Outcome> {
  mkdirSync(dirname(log), { recursive: true });
  // States and plans hold values that belong into no log.
  const isSilent = args[0] === "state" || args[0] === "show";
  const outcome = await run(binary, args, {
    cwd: folder,
    env: { ...shortLived, ...variables, TF_INPUT: "0" },
    ...(!isSilent && { log }),
    ...(signal && { signal }),
  });
  if (outcome.code === 0) return outcome;
  const text = plain(`${outcome.stderr}\n${outcome.stdout}`);
  if (text.includes("Error acquiring the state lock")) throw new Refused(locked(stack, text));
  throw new TerraformFailed(stack, phase, firstErrorLine({ ...outcome, stderr: text, stdout: "" }), log);
}

function locked(stack: string, text: string): string {
  const unlock = (id: string) =>
    isStackId(stack)
      ? `npm run deploy -- --env ${parseStackId(stack).environment} ${stack} --unlock ${id}`
      : `terraform force-unlock ${id}`;
  return `${describeStateLock(stack, readStateLock(text), unlock)} Nothing was changed.`;
}

const plain = (text: string): string => text.replaceAll(/\u001B\[[0-9;]*m/g, "");
