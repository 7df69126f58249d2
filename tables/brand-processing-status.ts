import { map, number, oneOf, string, timestamp } from "./attributes";
import { onDemand } from "./capacity";
import { defineTable } from "./define-table";

export const brandProcessingStatus = defineTable({
  id: "brand-processing-status",
  name: "brand_processing_status_<env>",
  requirement: "000_ec4623ad0691f601",
  purpose: "Operational state of each brand that Athena's brands_to_check lists.",
  attributes: {
    brandid: number("Identifier of the brand in Athena's brand table"),
    brandname: string("Name, copied from Athena's brand table"),
    sector: string("Sector, copied from Athena's brand table"),
    status: oneOf(
      ["unprocessed", "processing", "completed", "failed", "retry"],
      "Where the brand stands in its workflow",
    ),
    created_at: timestamp("When the brand was first written"),
    updated_at: timestamp("When anything of it last changed"),
    workflow_execution_arn: string("Execution that last claimed the brand", { nullable: true }),
    retry_count: number("How often a failed brand was tried again"),
    last_error: string("Why it last failed", { nullable: true }),
    metadata: map("What the model wrote of a completed brand, by which model and when", { optional: true }),
  },
  partitionKey: "brandid",
  indexes: {
    "status-index": { partitionKey: "status", sortKey: "updated_at", projection: "ALL" },
  },
  capacity: onDemand(),
  example: {
    brandid: 12345,
    brandname: "Starbucks",
    sector: "Food & Beverage",
    status: "unprocessed",
    created_at: "2026-02-15T12:00:00Z",
    updated_at: "2026-02-15T12:00:00Z",
    workflow_execution_arn: null,
    retry_count: 0,
    last_error: null,
  },
});
