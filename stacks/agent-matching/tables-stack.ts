import type { Construct } from "constructs";
import { agentConversations } from "../../tables/agent-conversations";
import { agentProfiles } from "../../tables/agent-profiles";
import { AccessPolicy } from "../constructs/access-policy";
import { SystemKey } from "../constructs/system-key";
import { Table } from "../constructs/table";
import type { Environment } from "../environments";
import type { Settings } from "../settings";
import { TablesStack } from "../tables-stack";

export class AgentMatchingTablesStack extends TablesStack {
  constructor(scope: Construct, environment: Environment, settings: Settings) {
    super(scope, { system: "agent-matching", environment, settings });
    const key = new SystemKey(this);
    const profiles = new Table(this, agentProfiles, { key });
    const conversations = new Table(this, agentConversations, { key });
    // Document 002: the server that ran on JSON files lists and matches profiles, so it scans those.
    new AccessPolicy(this, "agent_matching_dynamodb_access", {
      description: "Agent profiles and conversations, for the matching server",
      statements: [
        ...profiles.statementsFor("GetItem", "Query", "Scan", "PutItem", "DeleteItem", "DescribeTable"),
        ...conversations.statementsFor("GetItem", "Query", "PutItem", "DeleteItem", "DescribeTable"),
      ],
    });
  }
}
