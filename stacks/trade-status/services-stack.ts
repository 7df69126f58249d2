import type { Construct } from "constructs";
import { tradeProcessingStatus } from "../../tables/trade-processing-status";
import { AccessPolicy } from "../constructs/access-policy";
import { HttpApi } from "../constructs/http-api";
import { ImportedTable } from "../constructs/imported-table";
import { NodeFunction } from "../constructs/node-function";
import type { Environment } from "../environments";
import { ServicesStack } from "../services-stack";
import type { Settings } from "../settings";

export class TradeStatusServicesStack extends ServicesStack {
  constructor(scope: Construct, environment: Environment, settings: Settings) {
    super(scope, { system: "trade-status", environment, settings });
    const status = new ImportedTable(this, tradeProcessingStatus);
    const shared = {
      environment: { DYNAMODB_TABLE_NAME: status.physicalName },
      reservedConcurrency: 20,
    };
    const read = new NodeFunction(this, "read", {
      ...shared,
      description: "Status of a trade-matching session, for the portal",
      entry: "functions/trade-status/read.ts",
    });
    status.grantReadData(read, "GetItem");

    const write = new NodeFunction(this, "write", {
      ...shared,
      description: "Transitions of a trade-matching session, from its orchestrator",
      entry: "functions/trade-status/write.ts",
      invokedAsynchronously: true,
    });
    status.grantReadData(write, "GetItem");
    status.grantWriteData(write, "PutItem", "UpdateItem");

    const byOrchestrator = { to: write, for: "machines" } as const;
    const api = new HttpApi(this, {
      description: "Status of trade-matching sessions",
      routes: {
        "GET /status/{sessionId}": { to: read, for: "people" },
        "POST /status": byOrchestrator,
        "POST /status/{sessionId}/agents/{agent}/start": byOrchestrator,
        "POST /status/{sessionId}/agents/{agent}/complete": byOrchestrator,
        "POST /status/{sessionId}/agents/{agent}/fail": byOrchestrator,
        "POST /status/{sessionId}/complete": byOrchestrator,
        "POST /status/{sessionId}/fail": byOrchestrator,
      },
    });
    new AccessPolicy(this, "agentcore_status_writer", {
      description: "Writing the status of trade-matching sessions through the Lambda, for the orchestrator",
      statements: [
        { Sid: "InvokeTheWriter", Effect: "Allow", Action: ["lambda:InvokeFunction"], Resource: [write.arn] },
        api.invokeStatement(),
      ],
      role: environment.existingRoles.agentcore,
    });
  }
}
