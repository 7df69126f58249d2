/** Many synthesized stacks as the modules of one Terraform root: most of a Terraform run is the provider's schemas. */

import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PlannedStack } from "../../scripts/lib/plan/planned-stack";
import { show, TerraformFailed, type StackRuns } from "../../scripts/lib/stack-runs";
import { parseStackId, type StackId } from "../../stacks/naming";
import type { StackDocument } from "./synthesis";

/** What a module takes from a stack; anything else would be lost without a word, and is refused. */
const taken = new Set(["//", "data", "output", "provider", "resource", "terraform"]);

const rootOf = ({ synthesized }: StackRuns, name: string): string => join(synthesized, "stacks", name);

/** A stack's resources as they were synthesized. */
export const readStack = (runs: StackRuns, stack: string): StackDocument =>
  JSON.parse(readFileSync(join(rootOf(runs, stack), "cdk.tf.json"), "utf8")) as StackDocument;

export const countResources = ({ resource }: StackDocument): number =>
  Object.values(resource).reduce((sum, ofType) => sum + Object.keys(ofType).length, 0);

/**
 * Writes a root beside the stacks, for the functions of `stack-runs`: each stack is a module of its name, as it
 * was synthesized but for its backend and its provider, which have to be the same everywhere but for the values
 * of the default tags. Those of the first stack are taken for all.
 *
 * @throws Error when the stacks differ in more than that.
 */
export function joinStacks(runs: StackRuns, stacks: readonly string[], name: string): void {
  const root = rootOf(runs, name);
  const documents = stacks.map((stack) => ({ stack, document: readStack(runs, stack) }));
  const frames = new Set(documents.map(({ document }) => JSON.stringify(frameOf(document))));
  const unknown = documents.flatMap(({ document }) => Object.keys(document).filter((key) => !taken.has(key)));
  const [first] = documents;
  if (first === undefined || frames.size !== 1 || unknown.length > 0) {
    throw new Error(`The stacks cannot be joined: ${[...frames, ...unknown].join("\n")}`);
  }
  for (const { stack, document } of documents) {
    const { data, output, resource } = document;
    mkdirSync(join(root, stack), { recursive: true });
    const module = { terraform: requiredBy(document), data, output, resource };
    writeFileSync(join(root, stack, "cdk.tf.json"), JSON.stringify(module, null, 2));
    // A function's zip is named from where Terraform runs.
    const assets = join(rootOf(runs, stack), "assets");
    if (existsSync(assets)) cpSync(assets, join(root, "assets"), { recursive: true });
  }
  const joined = {
    terraform: requiredBy(first.document),
    provider: first.document.provider,
    module: Object.fromEntries(stacks.map((stack) => [stack, { source: `./${stack}` }])),
  };
  writeFileSync(join(root, "main.tf.json"), JSON.stringify(joined, null, 2));
}

/** What the plan of a joined root does to each of its stacks, without default tags: those are the first stack's. */
export async function showStacks(
  runs: StackRuns,
  stacks: readonly StackId[],
  name: string,
): Promise<readonly PlannedStack[]> {
  // Terraform is asked for the root; that it is no stack shows in the stack's name alone.
  const { changes, drift, kept, outputs, isEmpty } = await show(runs, name as StackId);
  return stacks.map((stack) => ({
    stack,
    ...parseStackId(stack),
    isEmpty,
    changes: changes
      .filter(({ address }) => address.startsWith(`module.${stack}.`))
      .map((change) => ({ ...change, ...(change.after && { after: { ...change.after, tags_all: null } }) })),
    drift,
    kept,
    outputs,
  }));
}

/** How many resources of each stack the state of a joined root holds. */
export function appliedByStack(runs: StackRuns, name: string): Readonly<Record<string, number>> {
  const state = JSON.parse(readFileSync(join(rootOf(runs, name), "terraform.tfstate"), "utf8")) as {
    readonly resources: readonly { readonly mode: string; readonly module: string }[];
  };
  const counts: Record<string, number> = {};
  for (const { module } of state.resources.filter(({ mode }) => mode === "managed")) {
    const stack = module.replace(/^module\./, "");
    counts[stack] = (counts[stack] ?? 0) + 1;
  }
  return counts;
}

/** Runs a step of Terraform; its log says in which module it failed, and is gone when the test has ended. */
export async function withLog<T>(step: Promise<T>): Promise<T> {
  return step.catch((error: unknown) => {
    if (!(error instanceof TerraformFailed)) throw error;
    throw new Error(`${error.message}\n${readFileSync(error.log, "utf8").slice(-8_000)}`);
  });
}

/** What surrounds a stack's resources, with the names of its default tags only. */
function frameOf(document: StackDocument): object {
  const providers = Object.entries(document.provider).map(([name, blocks]) => [
    name,
    blocks.map(({ default_tags, ...rest }) => ({
      ...rest,
      tags: (default_tags as readonly { readonly tags: object }[]).map(({ tags }) => Object.keys(tags)),
    })),
  ]);
  return { required: requiredBy(document), providers };
}

const requiredBy = ({ terraform: { required_providers, required_version } }: StackDocument) => ({
  required_providers,
  required_version,
});
