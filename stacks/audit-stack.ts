import type { Construct } from "constructs";
import { tablesOf } from "../tables/catalogue";
import { AuditTrail } from "./constructs/audit-trail";
import type { Environment } from "./environments";
import type { AuditedSystem } from "./naming";
import type { Settings } from "./settings";
import { SystemStack } from "./system-stack";

export interface AuditStackProps {
  readonly system: AuditedSystem;
  readonly environment: Environment;
  readonly settings: Settings;
}

/**
 * Who read and changed a system's items. A stack of its own: a trail that went with the services, or with the tables,
 * would be gone just when somebody asks what happened to them.
 */
export class AuditStack extends SystemStack {
  constructor(scope: Construct, props: AuditStackProps) {
    super(scope, { ...props, layer: "audit" });
    new AuditTrail(this, { system: props.system, tables: tablesOf(props.system) });
  }
}
