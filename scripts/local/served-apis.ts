/** The HTTP APIs of the environment `local`, as the stacks declare them. */

import { join } from "node:path";
import { buildApp } from "../../stacks/app";
import type { StackId } from "../../stacks/naming";
import { ServicesStack } from "../../stacks/services-stack";
import { loadSettings } from "../../stacks/settings";
import { systems, type System } from "../../tables/systems";
import type { Api } from "./gateway/api";
import { readApis, readFunctions, type StackFunction } from "./gateway/read-apis";
import { startGateway, type Gateway } from "./gateway/start-gateway";
import type { LocalAws } from "./local-aws";

/** Document 004's port. */
export const defaultApiPort = 8000;

/** The environment whose APIs are served. */
const servedEnvironment = "local";

export interface Synthesized {
  /** Services stacks of the served environment, also one that has no API. */
  readonly services: readonly StackId[];
  readonly apis: readonly Api[];
  readonly functions: readonly StackFunction[];
}

/** Synthesizes all stacks into a folder, and reads from there what is to be served of some systems. */
export function synthesize(
  variables: NodeJS.ProcessEnv,
  outdir: string,
  ofSystems: readonly System[] = systems,
): Synthesized {
  const app = buildApp(loadSettings(variables), { outdir });
  app.synth();
  const services = app.node.children
    .filter(
      (stack): stack is ServicesStack =>
        stack instanceof ServicesStack &&
        stack.environment.name === servedEnvironment &&
        ofSystems.includes(stack.system),
    )
    .map(({ stackId }) => stackId);
  return { services, apis: readApis(outdir, services), functions: readFunctions(outdir, services) };
}

/**
 * Serves the APIs beside a local AWS; to be stopped before it.
 *
 * @param port 0 for a free one.
 * @throws CouldNotTell when the port is taken.
 */
export function serveApis(
  { endpoint, folder }: LocalAws,
  {
    apis,
    port,
    logs = folder,
  }: { readonly apis: readonly Api[]; readonly port: number; readonly logs?: string },
): Promise<Gateway> {
  return startGateway({
    apis,
    port,
    endpoint,
    folder: join(folder, "gateway"),
    log: join(logs, "functions.log"),
  });
}
