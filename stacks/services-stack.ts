import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity";
import type { Construct } from "constructs";
import { SystemStack, type SystemStackProps } from "./system-stack";

/**
 * What can be rebuilt of a system: Lambdas, roles, APIs. Destroying it touches no table; logs and dead letters
 * go with it.
 */
export class ServicesStack extends SystemStack {
  /** Known when the plan is made: ARNs of tables and keys are put together with it. */
  readonly accountId: string;

  constructor(scope: Construct, props: Omit<SystemStackProps, "layer">) {
    super(scope, { ...props, layer: "services" });
    const caller = new DataAwsCallerIdentity(this, "caller");
    caller.overrideLogicalId("caller");
    this.accountId = caller.accountId;
  }
}
