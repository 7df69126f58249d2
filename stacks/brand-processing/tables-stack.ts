import type { Construct } from "constructs";
import { brandProcessingStatus } from "../../tables/brand-processing-status";
import { AccessPolicy } from "../constructs/access-policy";
import { SystemKey } from "../constructs/system-key";
import { Table } from "../constructs/table";
import type { Environment } from "../environments";
import type { Settings } from "../settings";
import { TablesStack } from "../tables-stack";

export class BrandProcessingTablesStack extends TablesStack {
  constructor(scope: Construct, environment: Environment, settings: Settings) {
    super(scope, { system: "brand-processing", environment, settings });
    const key = new SystemKey(this);
    const status = new Table(this, brandProcessingStatus, { key });
    // Document 000: the Lambdas of the conversational agent list brands by status and claim them.
    new AccessPolicy(this, "brand_processing_dynamodb_access", {
      description: "Brands by status, and their transitions, for the conversational agent's Lambdas",
      statements: status.statementsFor("GetItem", "Query", "PutItem", "UpdateItem"),
    });
  }
}
