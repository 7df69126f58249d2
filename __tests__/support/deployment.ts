import { join } from "node:path";
import { awsClients, type AwsClients } from "../../scripts/lib/aws";
import { apply, init, plan, shortLived, type StackRuns } from "../../scripts/lib/stack-runs";
import { fetchProvider } from "../../scripts/lib/terraform";
import { startLocalAws, type LocalAws } from "../../scripts/local/local-aws";
import { buildApp } from "../../stacks/app";
import { loadEnvironments, type Environment } from "../../stacks/environments";
import { loadSettings } from "../../stacks/settings";
import type { EnvironmentName } from "../../tables/naming";
import { lightTerraform } from "./light-terraform/light-terraform";
import { cleanVariables } from "./scripts";

/** A local AWS with the app synthesized for it: what a test of real plans starts from. */
export interface Deployment {
  readonly aws: LocalAws;
  readonly runs: StackRuns;
  /** For scripts that a test starts: Terraform finds its provider as `npm run local` has it. */
  readonly variables: NodeJS.ProcessEnv;
  deploy(...stacks: readonly string[]): Promise<void>;
  environment(name: EnvironmentName): Environment;
  clients(name: EnvironmentName): AwsClients;
  stop(): Promise<void>;
}

/** @param settings variables of the environments, such as DEV_JWT_ISSUER. */
export async function startDeployment(settings: NodeJS.ProcessEnv = {}): Promise<Deployment> {
  const aws = await startLocalAws({ variables: cleanVariables(await lightTerraform()) });
  const variables = cleanVariables({ ...shortLived, ...aws.variables, ...settings });
  const fetched = await fetchProvider(aws.terraform, aws.folder, variables);
  const runs: StackRuns = {
    synthesized: join(aws.folder, "cdktf.out"),
    binary: aws.terraform.binary,
    variables: { ...variables, ...fetched },
    logs: join(aws.folder, "logs"),
  };
  buildApp(loadSettings(variables), { outdir: runs.synthesized }).synth();
  const environment = (name: EnvironmentName) => loadEnvironments(variables)[name];
  return {
    aws,
    runs,
    variables,
    environment,
    clients: (name) => awsClients(environment(name), {}, variables),
    async deploy(...stacks) {
      await Promise.all(
        stacks.map(async (stack) => {
          await init(runs, stack);
          await plan(runs, stack);
          await apply(runs, stack);
        }),
      );
    },
    stop: () => aws.stop(),
  };
}
