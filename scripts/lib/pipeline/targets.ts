/** Which environments a run of the pipeline goes through, and which of their stacks. */

import { isConfigured, pipelineEnvironments, type PipelineEnvironment } from "./environment-settings";

export interface Target {
  readonly environment: PipelineEnvironment;
  /** Ids by spaces; empty for all. */
  readonly stacks: string;
}

/** An output of a job, as JSON: GitHub takes `include` as its matrix. */
export interface Targets {
  readonly include: readonly Target[];
  /** Affected, but without account or state bucket. */
  readonly skipped: readonly PipelineEnvironment[];
  /** Stacks that the change takes away: nothing plans them. */
  readonly removed: readonly string[];
}

/** What of `npm run affected -- --json` counts here. */
export interface AffectedDocument {
  readonly stacks: readonly string[];
  readonly removed: readonly string[];
}

type Settings = Readonly<Record<string, string>>;

/** The environments with stacks that a change affects. */
export function affectedTargets({ stacks, removed }: AffectedDocument, settings: Settings): Targets {
  const isOf = (environment: string) => (stack: string) => stack.endsWith(`-${environment}`);
  const targets = pipelineEnvironments
    .map((environment) => ({ environment, stacks: stacks.filter(isOf(environment)).join(" ") }))
    .filter((target) => target.stacks !== "");
  return {
    include: targets.filter(({ environment }) => isConfigured(environment, settings)),
    skipped: targets
      .filter(({ environment }) => !isConfigured(environment, settings))
      .map(({ environment }) => environment),
    removed: removed.filter((stack) => !isOf("local")(stack)),
  };
}

/** Every environment that is configured, with all of its stacks. */
export const allTargets = (settings: Settings): Targets => ({
  include: pipelineEnvironments
    .filter((environment) => isConfigured(environment, settings))
    .map((environment) => ({ environment, stacks: "" })),
  skipped: [],
  removed: [],
});
