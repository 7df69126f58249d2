import { App, Testing } from "cdktf";
import { NodeFunction } from "../../stacks/constructs/node-function";
import { ServicesStack } from "../../stacks/services-stack";
import { loadSettings } from "../../stacks/settings";
import type { StackDocument } from "./synthesis";

/** An empty services stack, for a test of a construct. */
export function emptyStack(): ServicesStack {
  const settings = loadSettings({});
  return new ServicesStack(new App(), {
    system: "design-analysis",
    environment: settings.environments.prod,
    settings,
  });
}

/** Some function in it. */
export const someFunction = (stack: ServicesStack, id = "read"): NodeFunction =>
  new NodeFunction(stack, id, {
    description: "Status and list of design analyses",
    entry: "functions/design-analysis/read.ts",
    environment: {},
    reservedConcurrency: 20,
  });

export const documentOf = (stack: ServicesStack): StackDocument =>
  JSON.parse(Testing.synth(stack)) as StackDocument;
