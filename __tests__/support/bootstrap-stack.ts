import { App, Testing } from "cdktf";
import { BootstrapStack } from "../../stacks/bootstrap/bootstrap-stack";
import { loadSettings } from "../../stacks/settings";
import type { EnvironmentName } from "../../tables/naming";
import { statementsOf, type JudgedStatement } from "./policies";
import type { StackDocument } from "./synthesis";

/** The bootstrap stack of an environment, as it is before it has a bucket. */
export function synthesizeBootstrap(
  name: EnvironmentName,
  variables: Readonly<Record<string, string>> = {},
): StackDocument {
  const prefix = name.toUpperCase();
  const settings = loadSettings({ [`${prefix}_PIPELINE_REPOSITORY`]: "acme/dynamodb-layer", ...variables });
  const stack = new BootstrapStack(new App(), {
    environment: settings.environments[name],
    settings,
    stateBucket: `acme-dynamodb-layer-${name}`,
  });
  return JSON.parse(Testing.synth(stack, true)) as StackDocument;
}

/** All that a role of the pipeline may do. */
export const roleStatements = (
  { resource }: StackDocument,
  role: "plan" | "apply",
): readonly JudgedStatement[] =>
  Object.entries(resource["aws_iam_policy"] ?? {})
    .filter(([id]) => id.startsWith(`${role}_`))
    .flatMap(([, policy]) => statementsOf(policy));
