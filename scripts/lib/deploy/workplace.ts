/** What stands between a command's options and Terraform: the stacks synthesized, the tools found, the account checked. */

import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { loadEnvironments, type Environment } from "../../../stacks/environments";
import { loopbackEndpoint } from "../../../stacks/local-endpoint";
import type { StackId } from "../../../stacks/naming";
import type { EnvironmentName } from "../../../tables/naming";
import { makeOwnFolder } from "../../local/abandoned-folders";
import { accountOf } from "../account";
import { awsClients, type AwsClients, type AwsOptions } from "../aws";
import type { CommitAside } from "../commits";
import { CouldNotTell } from "../errors";
import { localFolder } from "../paths";
import type { StackRuns } from "../stack-runs";
import { withStateFolder } from "../state-folder";
import { fetchProvider, prepareTerraform } from "../terraform";
import { selectStacks } from "./select-stacks";

export { selectStacks };

export interface Workplace {
  readonly environment: Environment;
  /** Of the credentials, as AWS says. */
  readonly accountId: string;
  readonly stacks: readonly StackId[];
  readonly runs: StackRuns;
  readonly clients: AwsClients;
  /** Of this process alone and closed to other users: plans hold values, secret ones too. */
  readonly folder: string;
  /** Such as `1.11.4`. */
  readonly terraformVersion: string;
  /**
   * Removes stacks and plans; the logs too when all went well.
   *
   * @returns states that Terraform could not store in their backend, kept below .local: to be pushed by hand.
   */
  close(end?: { readonly allWentWell: boolean }): Promise<readonly string[]>;
}

export interface WorkplaceOptions {
  readonly env: EnvironmentName;
  /** As people typed them; all of the environment's where there are none. */
  readonly stacks: readonly string[];
  readonly aws: AwsOptions;
  readonly variables: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  /** Stacks of another commit instead of the working tree's. */
  readonly from?: CommitAside;
}

/**
 * Synthesizes the working tree for an environment into a folder of its own, and finds Terraform and its provider.
 * Nothing of an account is touched.
 *
 * @throws CouldNotTell for a stack that is not there, another region than the environment's, credentials that are
 * missing or another account's, a missing tool; SettingError for a malformed setting.
 */
export async function openWorkplace(options: WorkplaceOptions): Promise<Workplace> {
  const { env, aws, signal, from } = options;
  const variables = forTerraform(withStateFolder(options.variables), aws);
  const environment = loadEnvironments(variables)[env];
  const stacks = selectStacks(options.stacks, env);
  requireRegion(environment, aws);
  const clients = awsClients(environment, aws, variables);
  const accountId = await accountOf(clients, signal);

  const folder = makeOwnFolder("deploy");
  try {
    chmodSync(folder, 0o700);
    const logs = makeLogFolder();
    const terraform = await prepareTerraform(folder, variables, signal);
    const forInit = { ...variables, ...terraform.environment };
    const fetched = await fetchProvider(terraform, folder, forInit, signal);
    const synthesized = from?.synthesized ?? (await synthesize(variables, env, folder));
    signal.throwIfAborted();
    return {
      environment,
      accountId,
      stacks,
      runs: {
        synthesized,
        binary: terraform.binary,
        variables: { ...forInit, ...fetched },
        logs,
        signal,
        releasesLocks: true,
      },
      clients,
      folder,
      terraformVersion: terraform.version,
      close: ({ allWentWell } = { allWentWell: false }) => {
        const kept = keepErroredStates(synthesized);
        rmSync(folder, { recursive: true, force: true });
        if (allWentWell || readdirSync(logs).length === 0) rmSync(logs, { recursive: true, force: true });
        return Promise.resolve(kept);
      },
    };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/** Terraform's provider and its S3 backend know of a profile only through the variable. */
function forTerraform(variables: NodeJS.ProcessEnv, { profile }: AwsOptions): NodeJS.ProcessEnv {
  const isLocal = loopbackEndpoint(variables) !== undefined;
  return profile === undefined || isLocal ? variables : { ...variables, AWS_PROFILE: profile };
}

/** Another region would be planned on the state of this one: every resource would seem to be gone. */
function requireRegion({ name, region }: Environment, aws: AwsOptions): void {
  if (aws.region === undefined || aws.region === region) return;
  throw new CouldNotTell(
    `The stacks of ${name} are in ${region}: leave out --region ${aws.region}. ` +
      `An environment's region is set by ${name.toUpperCase()}_REGION, before its first deployment.`,
  );
}

function makeLogFolder(): string {
  const below = join(localFolder, "logs");
  mkdirSync(below, { recursive: true });
  return mkdtempSync(join(below, `deploy-${process.pid}-`));
}

async function synthesize(
  variables: NodeJS.ProcessEnv,
  env: EnvironmentName,
  folder: string,
): Promise<string> {
  // Imported here: help and wrong usage need no stacks.
  const { buildApp } = await import("../../../stacks/app");
  const { loadSettings } = await import("../../../stacks/settings");
  const outdir = join(folder, "cdktf.out");
  buildApp(loadSettings(variables), { outdir }, env).synth();
  return outdir;
}

/** Terraform writes a state that its backend does not take beside the stack (Terraform: "Recovering from state push failures"). */
function keepErroredStates(synthesized: string): readonly string[] {
  const keptStates = join(localFolder, "errored-states");
  const stacks = join(synthesized, "stacks");
  if (!existsSync(stacks)) return [];
  return readdirSync(stacks).flatMap((stack) => {
    const errored = join(stacks, stack, "errored.tfstate");
    if (!existsSync(errored)) return [];
    mkdirSync(keptStates, { recursive: true, mode: 0o700 });
    const kept = join(keptStates, `${stack}-${new Date().toISOString().replaceAll(":", "-")}.tfstate`);
    renameSync(errored, kept);
    chmodSync(kept, 0o600);
    return [kept];
  });
}
