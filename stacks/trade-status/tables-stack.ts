import type { Construct } from "constructs";
import { tradeProcessingStatus } from "../../tables/trade-processing-status";
import { AccessPolicy } from "../constructs/access-policy";
import { SystemKey } from "../constructs/system-key";
import { Table } from "../constructs/table";
import type { Environment } from "../environments";
import type { Settings } from "../settings";
import { TablesStack } from "../tables-stack";

export class TradeStatusTablesStack extends TablesStack {
  constructor(scope: Construct, environment: Environment, settings: Settings) {
    super(scope, { system: "trade-status", environment, settings });
    const key = new SystemKey(this);
    const status = new Table(this, tradeProcessingStatus, { key });
    new AccessPolicy(this, "agentcore_dynamodb_access", {
      description: "Status of trade-matching sessions, for the orchestrator",
      statements: status.statementsFor("GetItem", "PutItem", "UpdateItem"),
      role: this.environment.existingRoles.agentcore,
    });
  }
}
