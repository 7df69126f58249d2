import type { Construct } from "constructs";
import { agentConversations } from "../../tables/agent-conversations";
import { agentProfiles } from "../../tables/agent-profiles";
import { AccessPolicy } from "../constructs/access-policy";
import { HttpApi } from "../constructs/http-api";
import { ImportedTable } from "../constructs/imported-table";
import { NodeFunction } from "../constructs/node-function";
import type { Environment } from "../environments";
import { ServicesStack } from "../services-stack";
import type { Settings } from "../settings";

export class AgentMatchingServicesStack extends ServicesStack {
  constructor(scope: Construct, environment: Environment, settings: Settings) {
    super(scope, { system: "agent-matching", environment, settings });
    const profiles = new ImportedTable(this, agentProfiles);
    const conversations = new ImportedTable(this, agentConversations);
    const shared = {
      // Document 002's names; AWS_REGION, which it has beside them, Lambda sets itself.
      environment: {
        PROFILE_TABLE_NAME: profiles.physicalName,
        CONVERSATION_TABLE_NAME: conversations.physicalName,
      },
      reservedConcurrency: 20,
    };
    const read = new NodeFunction(this, "read", {
      ...shared,
      description: "Profiles, matches and conversations of agents",
      entry: "functions/agent-matching/read.ts",
      // A match ranks up to 12 MB of profiles.
      memory: 1024,
    });
    profiles.grantReadData(read, "GetItem", "Scan", { query: "job-index" }, { query: "location-index" });
    conversations.grantReadData(read, "Query", { query: "agent-conversations-index" });

    const write = new NodeFunction(this, "write", {
      ...shared,
      description: "Profiles of agents, and messages of their conversations",
      entry: "functions/agent-matching/write.ts",
    });
    profiles.grantWriteData(write, "PutItem");
    conversations.grantReadData(write, "Query");
    conversations.grantWriteData(write, "PutItem");

    const toRead = { to: read, for: "people" } as const;
    const toWrite = { to: write, for: "people" } as const;
    const api = new HttpApi(this, {
      description: "Agents, matched with requests, and their conversations",
      routes: {
        "POST /store": toWrite,
        "GET /retrieve/{id}": toRead,
        "GET /list": toRead,
        "POST /match": toRead,
        "POST /conversation": toWrite,
        "GET /conversation/{id}": toRead,
        "GET /agent/{id}/conversations": toRead,
      },
    });
    if (api.takesSignatures) {
      new AccessPolicy(this, "agent_matching_api_access", {
        description: "Calling the API of agent matching, for principals that sign",
        statements: [api.invokeStatement()],
      });
    }
  }
}
