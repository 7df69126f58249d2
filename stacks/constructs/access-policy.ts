import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import { TerraformOutput } from "cdktf";
import { Construct } from "constructs";
import { perEnvironment, type AccessPolicyName } from "../naming";
import type { SystemStack } from "../system-stack";
import { policyDocument } from "./policy-document";
import type { Statement } from "./table-statements";

export interface AccessPolicyProps {
  readonly description: string;
  readonly statements: readonly Statement[];
  /** Name of a role that exists already and that others own. */
  readonly role?: string | undefined;
}

/**
 * A managed policy for a consumer outside this repository. Production keeps the name of the requirement
 * document. It is attached where the environment names the consumer's role, and otherwise waits to be.
 */
export class AccessPolicy extends Construct {
  constructor(
    stack: SystemStack,
    name: AccessPolicyName,
    { description, statements, role }: AccessPolicyProps,
  ) {
    super(stack, name);
    const policy = new IamPolicy(this, "policy", {
      name: perEnvironment(name, stack.environment.name),
      description,
      policy: policyDocument(statements),
    });
    policy.overrideLogicalId(name);
    if (role !== undefined) {
      const attachment = new IamRolePolicyAttachment(this, "attachment", { role, policyArn: policy.arn });
      attachment.overrideLogicalId(name);
    }
    new TerraformOutput(this, "arn", { value: policy.arn }).overrideLogicalId(`${name}_policy_arn`);
  }
}
