import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity";
import { TerraformOutput } from "cdktf";
import type { Construct } from "constructs";
import { EnvironmentStack } from "../environment-stack";
import type { Environment } from "../environments";
import { bootstrapId, type BootstrapId } from "../naming";
import type { Settings } from "../settings";
import { forgetProvider, PipelineRoles } from "./pipeline-roles";
import { ManagedPolicy } from "./managed-policy";
import { StateBucket } from "./state-bucket";
import { verifyPolicies } from "./verify-policy";

export interface BootstrapProps {
  readonly environment: Environment;
  readonly settings: Settings;
  /** The bucket's name; the stack's own state lies there when the environment's `stateBucket` is set, too. */
  readonly stateBucket: string;
  /** Addresses of what exists without being in the state, and what AWS knows each by: brought into it. */
  readonly adopt?: ReadonlyMap<string, string>;
}

/**
 * What has to be there before the stacks of an environment: the bucket of their states, the policies of those who verify
 * them, and the roles with which a pipeline plans and applies them. It is no part of the app: a person applies it, with rights that the pipeline
 * has not (docs/runbooks/bootstrap.md).
 */
export class BootstrapStack extends EnvironmentStack<BootstrapId> {
  constructor(scope: Construct, { environment, settings, stateBucket, adopt = new Map() }: BootstrapProps) {
    const id = bootstrapId(environment.name);
    super(scope, { id, environment, settings, tags: bootstrapTags(environment) });
    new StateBucket(this, stateBucket, adopt.has(bucketAddress));
    new TerraformOutput(this, "state_bucket", { value: stateBucket });
    const { accountId } = new DataAwsCallerIdentity(this, "caller");
    const verifying = verifyPolicies({ environment, accountId }).map(
      (policy) => new ManagedPolicy(this, { ...policy, adopt }).arn,
    );
    new TerraformOutput(this, "verify_policy_arns", { value: verifying });
    if (environment.pipeline?.provider !== "own") forgetProvider(this);
    if (environment.pipeline === undefined) return;
    const { pipeline } = environment;
    new PipelineRoles(this, { pipeline, accountId, stateBucket, adopt });
  }
}

export const bucketAddress = "aws_s3_bucket.state";

/** By these the bootstrap knows what it has made, when its state does not. */
export const bootstrapTags = ({ name, tag }: Environment): Readonly<Record<string, string>> => ({
  Stack: bootstrapId(name),
  Environment: tag,
  ManagedBy: "cdktf",
});
