import { IamOpenidConnectProvider } from "@cdktf/provider-aws/lib/iam-openid-connect-provider";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { TerraformOutput } from "cdktf";
import { Construct } from "constructs";
import type { EnvironmentStack } from "../environment-stack";
import { pipelineRoleName, roleBoundaryName } from "../naming";
import { ManagedPolicy } from "./managed-policy";
import { pipelineStatements, type PipelineRole, type PolicyParts } from "./pipeline-statements";
import { boundaryStatements } from "./role-boundary";
import type { Pipeline } from "./settings";

/** GitHub's issuer, as IAM names its provider. */
export const tokenIssuer = "token.actions.githubusercontent.com";
/** What `aws-actions/configure-aws-credentials` asks a token for. */
const audience = "sts.amazonaws.com";

const providerAddress = "aws_iam_openid_connect_provider.github";

/**
 * Lets a provider that an earlier run has made stay in the account when the settings no longer have it: other
 * environments may have come to rely on it, and prevent_destroy goes with the resource (Terraform: "removed block").
 */
export const forgetProvider = (stack: EnvironmentStack): void =>
  stack.addOverride("removed", [{ from: providerAddress, lifecycle: { destroy: false } }]);

export interface PipelineRolesProps {
  readonly pipeline: Pipeline;
  readonly accountId: string;
  readonly stateBucket: string;
  /** Addresses of what exists, of an earlier run that was cut off, and what AWS knows each by. */
  readonly adopt: ReadonlyMap<string, string>;
}

/** The identities of the pipeline: tokens of GitHub, a role that plans, one that applies, and what bounds it. */
export class PipelineRoles extends Construct {
  constructor(
    private readonly stack: EnvironmentStack,
    private readonly props: PipelineRolesProps,
  ) {
    super(stack, "pipeline");
    const { pipeline, accountId, adopt } = props;
    const { environment } = stack;
    const { name } = environment;
    new ManagedPolicy(this, {
      id: "boundary",
      name: roleBoundaryName(name),
      adopt,
      description: `The most that roles of the services stacks can do in ${name}`,
      statements: boundaryStatements({ environment, accountId }),
    });
    const provider = this.provider();
    this.role("plan", provider, subjects(pipeline, { kind: "plan" }));
    this.role("apply", provider, subjects(pipeline, { kind: "apply", environment: name }));
  }

  /** @returns its ARN, whoever owns it. */
  private provider(): string {
    const { pipeline, accountId, adopt } = this.props;
    const arn = `arn:aws:iam::${accountId}:oidc-provider/${tokenIssuer}`;
    if (pipeline.provider === "existing") return arn;
    const provider = new IamOpenidConnectProvider(this, "provider", {
      url: `https://${tokenIssuer}`,
      clientIdList: [audience],
      lifecycle: { preventDestroy: true },
    });
    provider.overrideLogicalId("github");
    const adopted = adopt.get(providerAddress);
    if (adopted !== undefined) provider.importFrom(adopted);
    return provider.arn;
  }

  private role(kind: PipelineRole, provider: string, allowed: readonly string[]): void {
    const { accountId, stateBucket, adopt } = this.props;
    const { environment } = this.stack;
    const name = pipelineRoleName(kind, environment.name);
    const role = new IamRole(this, `${kind}-role`, {
      name,
      description: `The pipeline ${kind === "plan" ? "plans" : "applies"} the stacks of ${environment.name}`,
      assumeRolePolicy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Action: "sts:AssumeRoleWithWebIdentity",
            Principal: { Federated: provider },
            // Equal, never like: a wildcard would let in repositories of others.
            Condition: {
              StringEquals: { [`${tokenIssuer}:aud`]: audience, [`${tokenIssuer}:sub`]: allowed },
            },
          },
        ],
      }),
    });
    role.overrideLogicalId(kind);
    const adopted = adopt.get(`aws_iam_role.${kind}`);
    if (adopted !== undefined) role.importFrom(adopted);
    const parts = pipelineStatements(kind, { environment, accountId, stateBucket });
    for (const part of Object.keys(parts) as (keyof PolicyParts)[]) {
      const id = `${kind}_${part}`;
      new ManagedPolicy(this, {
        id,
        name: `${name}-${part}`,
        adopt,
        description: `What the pipeline's ${kind} role may do: ${part}`,
        statements: parts[part],
      }).attachTo(role.name, id);
    }
    new TerraformOutput(this, `${kind}-arn`, { value: role.arn }).overrideLogicalId(`${kind}_role_arn`);
  }
}

type Use = { readonly kind: "plan" } | { readonly kind: "apply"; readonly environment: string };

/**
 * Whose tokens a role takes (GitHub: "OpenID Connect reference", subject claims). A job with an environment has no
 * branch in its subject: which branches may use that environment, GitHub's own protection rules say.
 */
function subjects({ repository, branch }: Pipeline, use: Use): readonly string[] {
  switch (use.kind) {
    case "plan":
      return [`repo:${repository}:pull_request`, `repo:${repository}:ref:refs/heads/${branch}`];
    case "apply":
      return [`repo:${repository}:environment:${use.environment}`];
  }
}
