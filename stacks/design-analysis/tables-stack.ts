import type { Construct } from "constructs";
import { designAnalysisTracking } from "../../tables/design-analysis-tracking";
import { AccessPolicy } from "../constructs/access-policy";
import { SystemKey } from "../constructs/system-key";
import { Table } from "../constructs/table";
import type { Environment } from "../environments";
import type { Settings } from "../settings";
import { TablesStack } from "../tables-stack";

export class DesignAnalysisTablesStack extends TablesStack {
  constructor(scope: Construct, environment: Environment, settings: Settings) {
    super(scope, { system: "design-analysis", environment, settings });
    const key = new SystemKey(this);
    const tracking = new Table(this, designAnalysisTracking, { key });
    // Document 004 also asks for Scan and CreateTable: requests are listed by the index, and Terraform
    // creates the table.
    new AccessPolicy(this, "DesignAnalysisDynamoDBAccess", {
      description: "Progress of design analyses, for the analysis service",
      statements: tracking.statementsFor(
        "GetItem",
        "Query",
        "PutItem",
        "UpdateItem",
        "DeleteItem",
        "DescribeTable",
      ),
    });
  }
}
