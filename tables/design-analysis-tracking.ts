import { epochSeconds, map, oneOf, string, timestamp } from "./attributes";
import { onDemand } from "./capacity";
import { defineTable } from "./define-table";

export const designAnalysisTracking = defineTable({
  id: "design-analysis-tracking",
  name: "design-analysis-tracking",
  requirement: "004_2466e7d84dd73430",
  purpose: "Progress of each design analysis through its five steps.",
  attributes: {
    request_id: string("Identifier of the analysis request"),
    research_data: string("S3 location of the research data"),
    analysis_result: map(
      "result_data (S3 location) and steps_status: status, message and times of each step",
    ),
    created_at: timestamp("When the request was made"),
    updated_at: timestamp("When anything of it last changed"),
    overall_status: oneOf(["pending", "processing", "completed", "failed"], "Follows from the steps' states"),
    expires_at: epochSeconds("When DynamoDB may delete the item; absent for one that stays", {
      optional: true,
    }),
  },
  partitionKey: "request_id",
  indexes: {
    "overall_status-created_at-index": {
      partitionKey: "overall_status",
      sortKey: "created_at",
      // What GET /analysis/requests returns beside the keys.
      projection: { include: ["research_data", "updated_at"] },
    },
  },
  capacity: onDemand(),
  timeToLive: { attribute: "expires_at" },
  tags: { Project: "design-analysis", CreatedBy: "cdktf" },
  example: {
    request_id: "analysis_abc123",
    research_data: "s3://bucket/research-data/interview.txt",
    analysis_result: {
      result_data: "",
      steps_status: {
        chunking: {
          status: "completed",
          message: "Successfully created 15 chunks",
          started_at: "2024-01-15T10:30:00Z",
          completed_at: "2024-01-15T10:30:45Z",
        },
      },
    },
    created_at: "2024-01-15T10:30:00Z",
    updated_at: "2024-01-15T10:30:46Z",
    overall_status: "processing",
  },
});
