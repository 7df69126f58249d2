import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { Construct } from "constructs";
import type { ServicesStack } from "../services-stack";
import { policyDocument } from "./policy-document";
import { roleBoundary } from "./role-boundary";
import type { Statement } from "./table-statements";

export interface ServiceRoleProps {
  readonly name: string;
  readonly description: string;
  /** Who assumes it, such as `states`. */
  readonly service: "bedrock" | "scheduler" | "states";
  /**
   * What the service acts for: without it, anyone's resource in the service could use the role (AWS: "The
   * confused deputy problem").
   */
  readonly sourceArn: string;
  readonly statements: readonly Statement[];
}

/** The role that a service of AWS assumes for one resource of ours. */
export class ServiceRole extends Construct {
  readonly arn: string;
  /** A service may check at creation what its role allows: depend on this. */
  readonly grants: IamRolePolicy;

  /** @param logicalId of the role and of its policy. */
  constructor(scope: Construct, stack: ServicesStack, logicalId: string, props: ServiceRoleProps) {
    super(scope, "role");
    const role = new IamRole(this, "role", {
      name: props.name,
      description: props.description,
      ...roleBoundary(stack),
      assumeRolePolicy: policyDocument([
        {
          Effect: "Allow",
          Action: ["sts:AssumeRole"],
          Principal: { Service: `${props.service}.amazonaws.com` },
          Condition: {
            StringEquals: { "aws:SourceAccount": stack.accountId },
            ArnLike: { "aws:SourceArn": props.sourceArn },
          },
        },
      ]),
    });
    role.overrideLogicalId(logicalId);
    this.grants = new IamRolePolicy(this, "grants", {
      name: "grants",
      role: role.name,
      policy: policyDocument(props.statements),
    });
    this.grants.overrideLogicalId(logicalId);
    this.arn = role.arn;
  }
}
