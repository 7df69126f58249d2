/** What a job of the pipeline knows of the environments: the repository's variables, handed over as one JSON text. */

import { loadEnvironments } from "../../../stacks/environments";
import { pipelineRoleName } from "../../../stacks/naming";
import { settingPrefix } from "../../../stacks/setting-reader";
import { environmentNames, type EnvironmentName } from "../../../tables/naming";
import { CouldNotTell } from "../errors";

/** Those with an account, in the order in which a change reaches them. */
export type PipelineEnvironment = Exclude<EnvironmentName, "local">;
export const pipelineEnvironments: readonly PipelineEnvironment[] = ["dev", "staging", "prod"];

export type Role = "plan" | "apply";

/** Variables of other tools and of the runner itself are none of an environment's. */
const settingName = new RegExp(`^(${pipelineEnvironments.map(settingPrefix).join("|")})_[A-Z][A-Z0-9_]*$`);

/**
 * The settings among the variables, by name.
 *
 * @param json an object of texts, such as `toJSON(vars)`; an empty text where there are none.
 * @throws CouldNotTell when it is something else, or a value has several lines: the file that a job's variables are
 * written to has one a line.
 */
export function readSettings(json: string): Readonly<Record<string, string>> {
  const variables = parse(json || "{}");
  const settings = Object.entries(variables).filter(([name]) => settingName.test(name));
  for (const [name, value] of settings) {
    if (/[\r\n\0]/.test(value)) throw new CouldNotTell(`The variable ${name} has more than one line.`);
  }
  return Object.fromEntries(settings);
}

function parse(json: string): Readonly<Record<string, string>> {
  let variables: unknown;
  try {
    variables = JSON.parse(json);
  } catch {
    variables = undefined;
  }
  const isTexts =
    typeof variables === "object" &&
    variables !== null &&
    Object.values(variables).every((value) => typeof value === "string");
  if (!isTexts) throw new CouldNotTell("SETTINGS must be the repository's variables: ${{ toJSON(vars) }}.");
  return variables as Readonly<Record<string, string>>;
}

/** Without them a pipeline would plan in any account, or with a state that ends with the job. */
const required = ["ACCOUNT_ID", "STATE_BUCKET"] as const;

export const isConfigured = (
  environment: PipelineEnvironment,
  settings: Readonly<Record<string, string>>,
): boolean => required.every((name) => settings[`${settingPrefix(environment)}_${name}`]);

export interface Credentials {
  readonly roleArn: string;
  readonly region: string;
}

/**
 * Which role a job assumes, and where.
 *
 * @throws CouldNotTell when account, state bucket or repository are not set: without the last, a plan takes the
 * boundary off every role, which the apply role may not do; SettingError for a malformed setting.
 */
export function credentialsFor(
  role: Role,
  environment: PipelineEnvironment,
  settings: Readonly<Record<string, string>>,
): Credentials {
  const { accountId, region, stateBucket, pipeline } = loadEnvironments(settings)[environment];
  if (accountId === undefined || stateBucket === undefined) {
    const names = required.map((name) => `${settingPrefix(environment)}_${name}`).join(" and ");
    throw new CouldNotTell(`Set the variables ${names} first (docs/pipelines.md).`);
  }
  if (pipeline === undefined) {
    throw new CouldNotTell(
      `Set the variable ${settingPrefix(environment)}_PIPELINE_REPOSITORY as the bootstrap has it: without it a plan ` +
        "takes the boundary off every role (docs/pipelines.md).",
    );
  }
  return { roleArn: `arn:aws:iam::${accountId}:role/${pipelineRoleName(role, environment)}`, region };
}

/** @throws CouldNotTell for another environment than those with an account. */
export function environmentOf(name: string | undefined): PipelineEnvironment {
  const found = pipelineEnvironments.find((environment) => environment === name);
  if (found !== undefined) return found;
  const known = environmentNames.filter((environment) => environment !== "local").join(", ");
  throw new CouldNotTell(`ENVIRONMENT must be one of ${known}; found "${name ?? ""}".`);
}
