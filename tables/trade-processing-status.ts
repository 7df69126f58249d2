import { epochSeconds, map, number, oneOf, string, timestamp } from "./attributes";
import { onDemand } from "./capacity";
import { defineTable } from "./define-table";

/** Status of one agent, as document 003 shapes it. Absent until the orchestrator reaches the agent. */
const agentStatus = (agent: string) =>
  map(
    `${agent}: status (pending, in-progress, success, error), activity, startedAt, completedAt, ` +
      "duration in seconds, tokenUsage, error",
    { optional: true },
  );

export const tradeProcessingStatus = defineTable({
  id: "trade-processing-status",
  name: "ai-trade-matching-processing-status",
  requirement: "003_4c7354951450b53d",
  purpose: "Progress of each trade-matching session through its four agents.",
  attributes: {
    sessionId: string("Identifier of the workflow execution"),
    correlationId: string("Correlation id that the orchestrator gives"),
    documentId: string("S3 document that is processed", { optional: true }),
    sourceType: oneOf(["BANK", "COUNTERPARTY"], "Whose confirmation the document is", { optional: true }),
    overallStatus: oneOf(
      ["initializing", "processing", "completed", "failed"],
      "Follows from the agents' states",
    ),
    pdfAdapter: agentStatus("PDF adapter"),
    tradeExtraction: agentStatus("Trade extraction"),
    tradeMatching: agentStatus("Trade matching"),
    exceptionManagement: agentStatus("Exception management"),
    totalTokenUsage: map("Sums of the agents' inputTokens, outputTokens and totalTokens", { optional: true }),
    totalDuration: number("Sum of the agents' durations, in seconds", { optional: true }),
    createdAt: timestamp("When the session began"),
    lastUpdated: timestamp("When anything of it last changed", { optional: true }),
    expiresAt: epochSeconds("When DynamoDB may delete the item"),
  },
  partitionKey: "sessionId",
  capacity: onDemand(),
  timeToLive: { attribute: "expiresAt", retentionDays: 90 },
  tags: {
    Name: "Orchestrator Processing Status",
    Component: "AgentCore",
    Purpose: "Real-time workflow status tracking",
  },
  example: {
    sessionId: "test-session-123",
    correlationId: "test-corr-123",
    overallStatus: "initializing",
    createdAt: "2025-12-24T12:00:00Z",
    expiresAt: 1735123200,
  },
});
