/** The states of an environment's stacks, from their files into the bucket or back. */

import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Environment } from "../../../stacks/environments";
import type { StackId } from "../../../stacks/naming";
import type { Settings } from "../../../stacks/settings";
import { Refused } from "../refused";
import { stackLog, TerraformFailed, type StackRuns } from "../stack-runs";
import { copyToBucket, copyToFile, judge } from "./copy";
import { backendOf, localStateFile, setAside } from "./places";
import { countResources } from "./state-document";
import { connect, type StateCommands } from "./terraform-state";

export interface MoveOptions {
  /** With a state bucket. */
  readonly environment: Environment;
  /** Of variables that `withStateFolder` has made. */
  readonly settings: Settings;
  readonly stacks: readonly StackId[];
  /** Its folder is this command's own. */
  readonly runs: StackRuns & { readonly signal: AbortSignal };
  /** cdktf's output, whose stacks may still be connected with their files. */
  readonly output: string;
  readonly back: boolean;
  readonly dryRun: boolean;
  readonly onStack: (stack: StackId) => void;
}

export interface MovedStack {
  readonly stack: StackId;
  readonly outcome: "moved" | "would move" | "moved already" | "no state" | "refused" | "failed";
  /** That Terraform manages by it. */
  readonly resources?: number;
  /** The file, under its new name. */
  readonly backup?: string;
  readonly error?: string;
}

/** One after the other; what is refused or fails leaves the others their turn. */
export async function moveStates(options: MoveOptions): Promise<readonly MovedStack[]> {
  const { runs, stacks, environment, settings } = options;
  // One folder for all: Terraform then finds the provider that it wants of a state only once.
  const folder = join(runs.synthesized, "move-state");
  mkdirSync(folder, { recursive: true });
  const moved: MovedStack[] = [];
  for (const stack of stacks) {
    options.onStack(stack);
    const backend = backendOf(stack, environment, settings);
    writeFileSync(join(folder, "main.tf.json"), JSON.stringify({ terraform: { backend } }));
    const commands = { ...runs, stack, folder, log: stackLog(runs, stack) };
    moved.push(await oneByItself(stack, () => move(options, stack, commands)));
  }
  return moved;
}

async function move(
  { settings, back, dryRun, output }: MoveOptions,
  stack: StackId,
  commands: StateCommands,
): Promise<MovedStack> {
  const file = localStateFile(settings, stack);
  await connect(commands);
  if (back) {
    const copied = await copyToFile(commands, file, dryRun);
    if (copied === undefined) return { stack, outcome: "no state" };
    if (!dryRun) forgetBackend(output, stack);
    return { stack, outcome: dryRun ? "would move" : "moved", resources: countResources(copied) };
  }
  const judgement = await judge(commands, file);
  if (judgement.kind === "no state") return { stack, outcome: "no state" };
  const { resources } = judgement;
  if (judgement.kind === "moved already") return { stack, outcome: "moved already", resources };
  if (dryRun) return { stack, outcome: "would move", resources };
  if (judgement.kind === "to copy") await copyToBucket(commands, file);
  const backup = setAside(file);
  forgetBackend(output, stack);
  return { stack, outcome: "moved", resources, backup };
}

async function oneByItself(stack: StackId, step: () => Promise<MovedStack>): Promise<MovedStack> {
  try {
    return await step();
  } catch (error) {
    if (error instanceof Refused) return { stack, outcome: "refused", error: error.message };
    if (error instanceof TerraformFailed) return { stack, outcome: "failed", error: error.message };
    throw error;
  }
}

/** Terraform would ask for the state to be moved, of a folder that was connected with the other place. */
function forgetBackend(output: string, stack: StackId): void {
  const record = join(output, "stacks", stack, ".terraform", "terraform.tfstate");
  try {
    const text = readFileSync(record, "utf8");
    // It holds a backend's settings and nothing else; whatever does is left alone.
    if (text.includes('"backend":') && !/"resources":\s*\[\s*\{/.test(text)) rmSync(record);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}
