/** Takes resources that exist into a stack's state, as a part of its plan. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Adoption, PlannedStack } from "../plan/planned-stack";
import { plan, TerraformFailed, type PlanOptions, type StackRuns } from "../stack-runs";

/** Kinds that are found by trying: Terraform says which are not there. */
const tried: Readonly<Record<string, string>> = { aws_cloudwatch_log_group: "name" };

/**
 * Plans a stack with import blocks (Terraform: "Import") for what is there, and for those of the created whose
 * existence only Terraform can tell.
 */
export async function planAdoption(
  runs: StackRuns,
  { stack, changes }: PlannedStack,
  adoptable: readonly Adoption[],
  options: PlanOptions,
): Promise<void> {
  let blocks = [...adoptable, ...changes.flatMap(triable)];
  for (;;) {
    const text = JSON.stringify({ import: blocks.map(({ address, id }) => ({ to: address, id })) }, null, 2);
    writeFileSync(join(runs.synthesized, "stacks", stack, "adopt.tf.json"), text);
    try {
      await plan(runs, stack, options);
      return;
    } catch (error) {
      const absent = error instanceof TerraformFailed ? absentIn(error.output) : new Set<string>();
      if (absent.size === 0) throw error;
      const there = blocks.filter(({ address }) => !absent.has(address));
      if (there.length === blocks.length) throw error;
      blocks = there;
    }
  }
}

function triable({ action, type, address, after }: PlannedStack["changes"][number]): readonly Adoption[] {
  const attribute = tried[type];
  const id = attribute === undefined ? undefined : after?.[attribute];
  return action === "create" && typeof id === "string" ? [{ address, id }] : [];
}

/** "While attempting to import an existing object to "aws_x.y", the provider detected that no object exists …" */
const absentIn = (output: string): ReadonlySet<string> =>
  new Set(
    [...output.matchAll(/import an existing object to\s+"([^"]+)",\s+the\s+provider\s+detected/g)].flatMap(
      ([, address]) => (address === undefined ? [] : [address]),
    ),
  );
