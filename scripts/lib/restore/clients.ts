import { ApplicationAutoScalingClient } from "@aws-sdk/client-application-auto-scaling";
import type { Environment } from "../../../stacks/environments";
import { awsClients, awsConfiguration, type AwsClients, type AwsOptions } from "../aws";

/** What a restore calls: table, key, account and the autoscaler. */
export interface RestoreClients extends AwsClients {
  readonly autoscaling: ApplicationAutoScalingClient;
}

/** @throws CouldNotTell as awsConfiguration does. */
export const restoreClients = (
  environment: Environment,
  options: AwsOptions,
  variables: NodeJS.ProcessEnv,
): RestoreClients => ({
  ...awsClients(environment, options, variables),
  autoscaling: new ApplicationAutoScalingClient(awsConfiguration(environment, options, variables)),
});
