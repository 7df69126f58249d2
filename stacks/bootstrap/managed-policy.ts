import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import { Construct } from "constructs";
import type { PipelineStatement } from "./pipeline-statements";

export interface ManagedPolicyProps {
  /** Logical id, which stays whatever the constructs are called. */
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly statements: readonly PipelineStatement[];
  /** Addresses of what exists without being in the state, and what AWS knows each by. */
  readonly adopt: ReadonlyMap<string, string>;
}

/** A managed policy of the bootstrap; one that an earlier run has made is brought into the state. */
export class ManagedPolicy extends Construct {
  readonly arn: string;

  constructor(scope: Construct, { id, name, description, statements, adopt }: ManagedPolicyProps) {
    super(scope, `${id}-policy`);
    const policy = new IamPolicy(this, "policy", {
      name,
      description,
      policy: JSON.stringify({ Version: "2012-10-17", Statement: statements }),
    });
    policy.overrideLogicalId(id);
    const adopted = adopt.get(`aws_iam_policy.${id}`);
    if (adopted !== undefined) policy.importFrom(adopted);
    this.arn = policy.arn;
  }

  /** @param id logical id of the attachment. */
  attachTo(role: string, id: string): void {
    new IamRolePolicyAttachment(this, `${id}-attachment`, { role, policyArn: this.arn }).overrideLogicalId(
      id,
    );
  }
}
