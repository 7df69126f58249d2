/** What there is after a bootstrap, and what the pipeline has to be told. */

import { verifyParts } from "../../../stacks/bootstrap/verify-policy";
import type { Environment } from "../../../stacks/environments";
import { bootstrapId, pipelineRoleName, stateKey, verifyPolicyName } from "../../../stacks/naming";
import { describePlan } from "../stack-runs";
import type { Bootstrapped } from "./bootstrap";

export interface Place {
  readonly environment: Environment;
  readonly accountId: string;
  readonly stateBucket: string;
}

/** What the pipeline has to be told: variables of the repository, by name. It knows its roles by their names. */
export function pipelineVariables({
  environment,
  accountId,
  stateBucket,
}: Place): Readonly<Record<string, string>> {
  const { name, region, pipeline } = environment;
  if (pipeline === undefined) return {};
  const prefix = name.toUpperCase();
  return {
    [`${prefix}_ACCOUNT_ID`]: accountId,
    [`${prefix}_REGION`]: region,
    [`${prefix}_STATE_BUCKET`]: stateBucket,
    [`${prefix}_PIPELINE_REPOSITORY`]: pipeline.repository,
    ...(pipeline.branch !== "main" && { [`${prefix}_PIPELINE_BRANCH`]: pipeline.branch }),
    ...(pipeline.provider === "existing" && { [`${prefix}_PIPELINE_PROVIDER`]: pipeline.provider }),
  };
}

function rolesOf({ environment: { name, pipeline }, accountId }: Place): Readonly<Record<string, string>> {
  if (pipeline === undefined) return {};
  const role = (kind: "plan" | "apply") => `arn:aws:iam::${accountId}:role/${pipelineRoleName(kind, name)}`;
  return { plan: role("plan"), apply: role("apply") };
}

const verifyPolicyArns = ({ environment, accountId }: Place): readonly string[] =>
  verifyParts.map((part) => `arn:aws:iam::${accountId}:policy/${verifyPolicyName(part, environment.name)}`);

/** For machines. */
export const documentOf = (place: Place, { outcome, plan, adopted, backup }: Bootstrapped) => ({
  outcome,
  stateBucket: place.stateBucket,
  stateKey: stateKey(bootstrapId(place.environment.name)),
  plan: { isEmpty: plan.isEmpty, ...plan.resources },
  adopted,
  ...(backup !== undefined && { backup }),
  roles: rolesOf(place),
  verifyPolicies: verifyPolicyArns(place),
  variables: pipelineVariables(place),
});

/** For people. */
export function describe(place: Place, result: Bootstrapped): string {
  const { outcome, plan, adopted, backup } = result;
  switch (outcome) {
    case "would change":
      return `Would change ${place.environment.name}: ${describePlan(plan)}. Nothing was changed: this was a dry run.`;
    case "declined":
      return "Nothing was changed.";
    case "nothing to do":
    case "done":
      return [
        outcome === "done"
          ? `Done: ${describePlan(plan)}.`
          : "There is nothing to do: all is as it should be.",
        ...(adopted.length > 0 ? [`Was there and is known now: ${adopted.join(", ")}.`] : []),
        ...(backup === undefined
          ? []
          : [`Its state has moved into the bucket; the file is kept as ${backup}.`]),
        `Who verifies ${place.environment.name} needs the policies ${verifyPolicyArns(place).join(" and ")}.`,
        ...describeVariables(place),
      ].join("\n");
  }
}

function describeVariables(place: Place): readonly string[] {
  const variables = Object.entries(pipelineVariables(place));
  const { name } = place.environment;
  if (variables.length === 0) {
    return [
      `Set ${name.toUpperCase()}_STATE_BUCKET=${place.stateBucket} wherever stacks of ${name} are planned. There are ` +
        `no roles for a pipeline: ${name.toUpperCase()}_PIPELINE_REPOSITORY is not set.`,
    ];
  }
  const { plan, apply } = rolesOf(place);
  return [
    `The pipeline plans as ${plan} and applies as ${apply}.`,
    `In GitHub, make the environment "${name}" with its reviewers and branches, and set these variables of the ` +
      "repository; set them wherever else stacks are planned, too:",
    ...variables.map(([variable, value]) => `  ${variable}=${value}`),
  ];
}
