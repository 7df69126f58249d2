import { App, Testing } from "cdktf";
import { BrandProcessingServicesStack } from "../../stacks/brand-processing/services-stack";
import type { Variables } from "../../stacks/environments";
import { loadSettings } from "../../stacks/settings";
import type { EnvironmentName } from "../../tables/naming";
import { resource, statements, type Block, type StackDocument } from "./synthesis";

/** With Athena, which production may go without. */
export const athena = {
  PROD_ATHENA_DATABASE: "brands",
  PROD_ATHENA_WORKGROUP: "brand-processing",
  PROD_ATHENA_OUTPUT: "s3://brand-results/athena/",
  PROD_ATHENA_DATA: "s3://brand-data/tables/",
};

/** The services of brand processing alone: the whole app takes many times as long. */
export function brandServices(variables: Variables = {}, name: EnvironmentName = "prod"): StackDocument {
  const settings = loadSettings(variables);
  const stack = new BrandProcessingServicesStack(new App(), settings.environments[name], settings);
  return JSON.parse(Testing.synth(stack, true)) as StackDocument;
}

export const account = "${data.aws_caller_identity.caller.account_id}";

export const functionIds = ["agent", "generate", "populate", "sweep", "workflow"] as const;

export const variablesOf = (document: StackDocument, id: string): Readonly<Record<string, string>> =>
  (
    resource(document, "aws_lambda_function", id)["environment"] as {
      readonly variables: Readonly<Record<string, string>>;
    }
  ).variables;

/** Who assumes a role, and for what. */
export const trustOf = (document: StackDocument, id: string): readonly unknown[] =>
  (
    JSON.parse(resource(document, "aws_iam_role", id)["assume_role_policy"] as string) as {
      readonly Statement: readonly unknown[];
    }
  ).Statement;

/** Every statement of every role and policy. */
export const allStatements = (document: StackDocument) =>
  ["aws_iam_role_policy", "aws_iam_policy"].flatMap((type) =>
    Object.values(document.resource[type] ?? {}).flatMap((policy: Block) => statements(policy)),
  );
