import type { App } from "cdktf";
import { buildApp } from "../../../stacks/app";
import type { Variables } from "../../../stacks/environments";
import { ServicesStack } from "../../../stacks/services-stack";
import { loadSettings } from "../../../stacks/settings";
import type { EnvironmentName } from "../../../tables/naming";
import type { Api } from "../../local/gateway/api";
import { readApis } from "../../local/gateway/read-apis";

/** The HTTP APIs of the environment `local`, synthesized into a folder. */
export function synthesizeApis(variables: Variables, outdir: string): readonly Api[] {
  const app = buildApp(loadSettings(variables), { outdir });
  app.synth();
  return readApis(outdir, servicesStackIds(app, "local"));
}

const servicesStackIds = (app: App, environment: EnvironmentName): readonly string[] =>
  app.node.children
    .filter((child) => child instanceof ServicesStack)
    .filter((stack) => stack.environment.name === environment)
    .map((stack) => stack.node.id);
