import { catalogue, tablesOf } from "../../tables/catalogue";
import { agentConversations } from "../../tables/agent-conversations";
import { agentProfiles } from "../../tables/agent-profiles";
import { brandProcessingStatus } from "../../tables/brand-processing-status";
import { conversations } from "../../tables/conversations";
import { designAnalysisTracking } from "../../tables/design-analysis-tracking";
import { itemProblems } from "../../tables/item";
import { environmentNames, tableName } from "../../tables/naming";
import { keyAttributes } from "../../tables/table-spec";
import { systems } from "../../tables/systems";
import { tradeProcessingStatus } from "../../tables/trade-processing-status";

const autoscaling = { max: 100, targetUtilization: 70 };

describe("the six tables are those of the requirement documents", () => {
  it("000: brands by number, listed by status and time", () => {
    expect(brandProcessingStatus).toMatchObject({
      partitionKey: "brandid",
      indexes: { "status-index": { partitionKey: "status", sortKey: "updated_at", projection: "ALL" } },
      capacity: { mode: "on-demand" },
    });
    expect(brandProcessingStatus.attributes.brandid.type).toBe("N");
    expect(brandProcessingStatus.attributes.status.values).toEqual([
      "unprocessed",
      "processing",
      "completed",
      "failed",
      "retry",
    ]);
  });

  it("001: conversations of a user, newest first by the index", () => {
    expect(conversations).toMatchObject({
      name: "cg-chatbot-conversations",
      partitionKey: "conversation_id",
      sortKey: "user_id",
      indexes: {
        "user_id-created_at-index": { partitionKey: "user_id", sortKey: "created_at", projection: "ALL" },
      },
      capacity: { mode: "on-demand" },
      tags: { Project: "CG-Production-Assistant" },
    });
  });

  it("002: profiles by job and by city, provisioned 10 and 5, autoscaled to 100 at 70 %", () => {
    const index = { mode: "provisioned", read: 5, write: 5, autoscaling };
    expect(agentProfiles).toMatchObject({
      partitionKey: "id",
      indexes: {
        "job-index": { partitionKey: "job", projection: "ALL", capacity: index },
        "location-index": { partitionKey: "location_city", projection: "ALL", capacity: index },
      },
      capacity: { mode: "provisioned", read: 10, write: 10, autoscaling },
    });
    expect(agentProfiles.sortKey).toBeUndefined();
  });

  it("002: messages of a conversation in order, and by agent", () => {
    expect(agentConversations).toMatchObject({
      partitionKey: "conversation_id",
      sortKey: "timestamp",
      indexes: {
        "agent-conversations-index": {
          partitionKey: "agent_id",
          sortKey: "timestamp",
          projection: "ALL",
          capacity: { mode: "provisioned", read: 5, write: 5, autoscaling },
        },
      },
      capacity: { mode: "provisioned", read: 10, write: 10, autoscaling },
    });
  });

  it("003: trade sessions that expire after 90 days", () => {
    expect(tradeProcessingStatus).toMatchObject({
      name: "ai-trade-matching-processing-status",
      partitionKey: "sessionId",
      indexes: {},
      capacity: { mode: "on-demand" },
      timeToLive: { attribute: "expiresAt", retentionDays: 90, enabled: true },
      tags: {
        Name: "Orchestrator Processing Status",
        Component: "AgentCore",
        Purpose: "Real-time workflow status tracking",
      },
    });
  });

  it("004: analyses by status, newest first, with what the list endpoint returns", () => {
    expect(designAnalysisTracking).toMatchObject({
      name: "design-analysis-tracking",
      partitionKey: "request_id",
      indexes: {
        "overall_status-created_at-index": {
          partitionKey: "overall_status",
          sortKey: "created_at",
          projection: { include: ["research_data", "updated_at"] },
        },
      },
      timeToLive: { attribute: "expires_at", enabled: true },
    });
    // Absent from an item that is to stay.
    expect(designAnalysisTracking.attributes.expires_at.optional).toBe(true);
    expect(Object.keys(designAnalysisTracking.tags)).toEqual(["Project", "CreatedBy"]);
  });
});

describe("the catalogue", () => {
  it("gives every system at least one table, and every table a system", () => {
    for (const system of systems) expect(tablesOf(system).length).toBeGreaterThan(0);
    expect(systems.flatMap(tablesOf)).toHaveLength(catalogue.length);
  });

  it("gives every table a name of its own in every environment", () => {
    const names = environmentNames.flatMap((environment) =>
      catalogue.map((spec) => tableName(spec, environment)),
    );
    expect(new Set(names).size).toBe(names.length);
  });

  it("keeps the documents' names in production and appends the environment elsewhere", () => {
    expect(tableName(conversations, "prod")).toBe("cg-chatbot-conversations");
    expect(tableName(conversations, "dev")).toBe("cg-chatbot-conversations-dev");
    expect(tableName(brandProcessingStatus, "prod")).toBe("brand_processing_status_prod");
    expect(tableName(brandProcessingStatus, "dev")).toBe("brand_processing_status_dev");
  });

  it.each(catalogue)("declares to AWS only the key attributes of $id, each once", (spec) => {
    const names = keyAttributes(spec);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toContain(spec.partitionKey);
    expect(names.length).toBeLessThan(Object.keys(spec.attributes).length);
  });

  it.each(catalogue)("says what every attribute of $id means", ({ attributes }) => {
    for (const { meaning } of Object.values(attributes)) expect(meaning).toMatch(/\w{3}/);
  });

  it.each(catalogue)("is frozen: $id cannot be changed by who reads it", (spec) => {
    expect(Object.isFrozen(spec)).toBe(true);
    expect(Object.isFrozen(spec.indexes)).toBe(true);
  });
});

describe("an item is checked against its table", () => {
  const item = tradeProcessingStatus.example;

  it("and passes as document 003 shows it", () => {
    expect(itemProblems(tradeProcessingStatus, item)).toEqual([]);
  });

  it.each([
    ["a missing attribute", { correlationId: undefined }, "correlationId is missing"],
    ["an unknown attribute", { sessionid: "x" }, "sessionid is not an attribute of the table"],
    ["a wrong type", { expiresAt: "1735123200" }, "expiresAt must be of type N"],
    ["an unknown status", { overallStatus: "done" }, "overallStatus must be one of initializing, "],
    ["a malformed time", { createdAt: "24 December" }, "createdAt must be iso-8601"],
    ["a null where none is allowed", { sessionId: null }, "sessionId must not be null"],
  ])("and fails for %s, without repeating the value", (_, change, problem) => {
    const problems = itemProblems(tradeProcessingStatus, { ...item, ...change });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
    for (const value of Object.values(change)) {
      if (typeof value === "string") expect(problems[0]).not.toContain(`"${value}"`);
    }
  });

  it("and may hold null where the document does", () => {
    expect(itemProblems(brandProcessingStatus, brandProcessingStatus.example)).toEqual([]);
  });
});
