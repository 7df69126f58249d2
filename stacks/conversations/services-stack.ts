import type { Construct } from "constructs";
import { conversations } from "../../tables/conversations";
import { AccessPolicy } from "../constructs/access-policy";
import { HttpApi } from "../constructs/http-api";
import { ImportedTable } from "../constructs/imported-table";
import { NodeFunction } from "../constructs/node-function";
import type { Environment } from "../environments";
import { ServicesStack } from "../services-stack";
import type { Settings } from "../settings";

export class ConversationsServicesStack extends ServicesStack {
  constructor(scope: Construct, environment: Environment, settings: Settings) {
    super(scope, { system: "conversations", environment, settings });
    const table = new ImportedTable(this, conversations);
    const shared = {
      environment: { DYNAMODB_TABLE_NAME: table.physicalName },
      reservedConcurrency: 20,
      // An answer has up to 4 MB of messages.
      memory: 512,
    };
    const read = new NodeFunction(this, "read", {
      ...shared,
      description: "A user's conversations, and the list of them",
      entry: "functions/conversations/read.ts",
    });
    table.grantReadData(read, "GetItem", "Query", { query: "user_id-created_at-index" });

    const write = new NodeFunction(this, "write", {
      ...shared,
      description: "Creating, continuing, renaming and deleting a user's conversations",
      entry: "functions/conversations/write.ts",
    });
    table.grantReadData(write, "GetItem", "Query");
    table.grantWriteData(write, "PutItem", "UpdateItem", "DeleteItem");

    const reading = { to: read, for: "people" } as const;
    const writing = { to: write, for: "people" } as const;
    const api = new HttpApi(this, {
      description: "Conversations of the production assistant",
      routes: {
        "GET /conversations": reading,
        "GET /conversations/{conversation_id}": reading,
        "POST /conversations": writing,
        "POST /conversations/{conversation_id}/messages": writing,
        "PATCH /conversations/{conversation_id}": writing,
        "DELETE /conversations/{conversation_id}": writing,
      },
    });
    // Where all come with tokens, there is nothing that a policy could allow.
    if (api.takesSignatures) {
      new AccessPolicy(this, "ConversationsApiAccess", {
        description: "Calling the API of conversations, as the IAM principal whose conversations they are",
        statements: [api.invokeStatement()],
      });
    }
  }
}
