import type { Construct } from "constructs";
import { conversations } from "../../tables/conversations";
import { AccessPolicy } from "../constructs/access-policy";
import { SystemKey } from "../constructs/system-key";
import { Table } from "../constructs/table";
import type { Environment } from "../environments";
import type { Settings } from "../settings";
import { TablesStack } from "../tables-stack";

export class ConversationsTablesStack extends TablesStack {
  constructor(scope: Construct, environment: Environment, settings: Settings) {
    super(scope, { system: "conversations", environment, settings });
    const key = new SystemKey(this);
    const table = new Table(this, conversations, { key });
    // Document 001 also asks for Scan; none of its operations needs one.
    new AccessPolicy(this, "DynamoDBConversationsAccess", {
      description: "Conversations of the production assistant, for the Lambda cg-production-chatbot",
      statements: table.statementsFor("GetItem", "Query", "PutItem", "UpdateItem", "DeleteItem"),
      role: this.environment.existingRoles.chatbot,
    });
  }
}
