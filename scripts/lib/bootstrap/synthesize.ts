import { readFileSync } from "node:fs";
import { join } from "node:path";
import { App } from "cdktf";
import { BootstrapStack } from "../../../stacks/bootstrap/bootstrap-stack";
import type { Environment } from "../../../stacks/environments";
import type { Settings } from "../../../stacks/settings";

/** Where the bootstrap's own state lies: in a file, until there is a bucket. */
export type StatePlace = "file" | "bucket";

export interface Synthesis {
  readonly environment: Environment;
  readonly settings: Settings;
  readonly stateBucket: string;
  readonly place: StatePlace;
  readonly adopt?: ReadonlyMap<string, string>;
}

/** Resources by type and logical id. */
export type Resources = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;

/**
 * Synthesizes the bootstrap stack by itself.
 *
 * @param outdir takes `stacks/bootstrap-<env>`.
 */
export function synthesizeBootstrap(synthesis: Synthesis, outdir: string): Resources {
  const { place, stateBucket, environment: whole, ...others } = synthesis;
  const environment = Object.assign({}, whole, { stateBucket: place === "bucket" ? stateBucket : undefined });
  const app = new App({ outdir });
  const { stackId } = new BootstrapStack(app, { ...others, environment, stateBucket });
  app.synth();
  const document = readFileSync(join(outdir, "stacks", stackId, "cdk.tf.json"), "utf8");
  return (JSON.parse(document) as { readonly resource: Resources }).resource;
}
