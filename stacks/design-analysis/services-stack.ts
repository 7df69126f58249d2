import type { Construct } from "constructs";
import { designAnalysisTracking } from "../../tables/design-analysis-tracking";
import { AccessPolicy } from "../constructs/access-policy";
import { HttpApi } from "../constructs/http-api";
import { ImportedTable } from "../constructs/imported-table";
import { NodeFunction } from "../constructs/node-function";
import type { Environment } from "../environments";
import { ServicesStack } from "../services-stack";
import type { Settings } from "../settings";

export class DesignAnalysisServicesStack extends ServicesStack {
  constructor(scope: Construct, environment: Environment, settings: Settings) {
    super(scope, { system: "design-analysis", environment, settings });
    const tracking = new ImportedTable(this, designAnalysisTracking);
    const shared = {
      environment: { DYNAMODB_TABLE_NAME: tracking.physicalName },
      reservedConcurrency: 20,
    };
    const read = new NodeFunction(this, "read", {
      ...shared,
      description: "Status and list of design analyses",
      entry: "functions/design-analysis/read.ts",
    });
    tracking.grantReadData(read, "GetItem", { query: "overall_status-created_at-index" });

    const write = new NodeFunction(this, "write", {
      ...shared,
      description: "Steps of a design analysis, from the analysis service",
      entry: "functions/design-analysis/write.ts",
    });
    tracking.grantReadData(write, "GetItem");
    tracking.grantWriteData(write, "PutItem", "UpdateItem");

    const toPeople = { to: read, for: "people" } as const;
    const byService = { to: write, for: "machines" } as const;
    const api = new HttpApi(this, {
      description: "Progress of design analyses",
      routes: {
        "GET /analysis/status/{request_id}": toPeople,
        "GET /analysis/requests": toPeople,
        "POST /analysis/requests": byService,
        "POST /analysis/requests/{request_id}/steps/{step}/start": byService,
        "POST /analysis/requests/{request_id}/steps/{step}/complete": byService,
        "POST /analysis/requests/{request_id}/steps/{step}/fail": byService,
        "POST /analysis/requests/{request_id}/steps/{step}/retry": byService,
      },
    });
    new AccessPolicy(this, "DesignAnalysisApiAccess", {
      description: "Calling the API of design analyses, for the analysis service",
      statements: [api.invokeStatement()],
    });
  }
}
