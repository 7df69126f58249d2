import type { Construct } from "constructs";
import { Dashboard } from "./constructs/dashboard";
import type { DashboardProps } from "./monitoring/dashboard";
import type { WatchedFunction } from "./monitoring/function-alarms";
import { SystemStack, type SystemStackProps } from "./system-stack";

/** What the dashboard shows beside the tables: the stack's constructs say what they are. */
type Watched = { -readonly [Part in "apiId" | "workflowArn"]?: NonNullable<DashboardProps[Part]> } & {
  readonly functions: WatchedFunction[];
};

/**
 * What can be rebuilt of a system: Lambdas, roles, APIs. Destroying it touches no table; logs and dead letters
 * go with it.
 */
export class ServicesStack extends SystemStack {
  readonly watched: Watched = { functions: [] };

  constructor(scope: Construct, props: Omit<SystemStackProps, "layer">) {
    super(scope, { ...props, layer: "services" });
    new Dashboard(this);
  }
}
