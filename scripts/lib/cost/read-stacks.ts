/** The resources of an environment, from its stacks as they synthesize. Loads all of cdktf: imported where it is needed. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildApp } from "../../../stacks/app";
import type { Settings } from "../../../stacks/settings";
import { SystemStack } from "../../../stacks/system-stack";
import type { EnvironmentName } from "../../../tables/naming";
import type { Values } from "../plan/planned-stack";
import type { Resource } from "./fixed";
import type { StackResources } from "./installed";

/** Every stack's resources; references to others stand in them as `${type.id.attribute}`. Nothing is kept on disk. */
export function readStacks(settings: Settings, environment: EnvironmentName): readonly StackResources[] {
  const outdir = mkdtempSync(join(tmpdir(), "cost-"));
  try {
    const stacks = buildApp(settings, { outdir }, environment).node.children;
    return stacks
      .filter((stack) => stack instanceof SystemStack)
      .map((stack) => ({
        stack: stack.stackId,
        system: stack.system,
        resources: resourcesOf(stack.toTerraform() as { readonly resource?: ByType }),
      }));
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

type ByType = Readonly<Record<string, Readonly<Record<string, Values>>>>;

const resourcesOf = ({ resource = {} }: { readonly resource?: ByType }): readonly Resource[] =>
  Object.entries(resource).flatMap(([type, ofType]) =>
    Object.values(ofType).map((values) => ({ type, values })),
  );
