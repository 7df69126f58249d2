import type { DeployedAgent } from "../../scripts/local/repairs/bedrock-agent-runtime";

const integer = { type: "integer", required: true };
const limit = { type: "integer", required: false };
/** As Bedrock knows the agent. */
export const deployedAgent: DeployedAgent = {
  ...{ name: "brand-processing-local", version: "1", actionGroup: "brands" },
  lambdaArn: "arn:aws:lambda:us-east-1:123456789012:function:brand-processing-agent-local",
  functions: [
    { name: "list_brands", parameters: { status: { type: "string", required: true }, limit } },
    { name: "get_brand", parameters: { brandid: integer } },
    { name: "start_workflow", parameters: { brandid: integer } },
    { name: "start_unprocessed", parameters: { limit } },
    { name: "count_brands", parameters: {} },
  ],
};
