/** What the agent may do. The Lambda of the action group has a tool of each name. */

import type { AgentAction } from "../constructs/agent";

const brandid = {
  type: "integer",
  description: "Identifier of the brand, a whole number above zero, such as 12345",
  required: true,
} as const;

/** Most brands that one call lists or starts. */
const mostBrands = 100;

export const brandActions = {
  name: "brands",
  description: "Brands, where they stand in their workflow, and starting it",
  actions: [
    {
      name: "list_brands",
      description:
        "Lists brands by status, the one that changed longest ago first, with name, sector and status. " +
        "Brands in the check table that wait for their metadata are the unprocessed ones.",
      parameters: {
        status: {
          type: "string",
          description: "unprocessed, processing, completed, failed or retry; several with commas between",
          required: true,
        },
        limit: {
          type: "integer",
          description: `How many at most, from 1 to ${mostBrands}`,
          required: false,
        },
      },
    },
    {
      name: "get_brand",
      description:
        "Shows one brand: name, sector, status, how often it was tried, its last error, and the metadata that " +
        "was generated.",
      parameters: { brandid },
    },
    {
      name: "start_workflow",
      description:
        "Starts the workflow that generates the metadata of one brand. Starting a brand twice does no harm: " +
        "the answer says whether it was started, is processing already, is completed or is out of retries.",
      parameters: { brandid },
    },
    {
      name: "start_unprocessed",
      description:
        "Starts the workflow for the brands that wait for it, unprocessed ones and ones to be tried again, " +
        "the oldest first. Use it to generate metadata for the brands in the check table.",
      parameters: {
        limit: {
          type: "integer",
          description: `How many at most, from 1 to ${mostBrands}; 25 when it is not given`,
          required: false,
        },
      },
    },
    {
      name: "count_brands",
      description: "Counts the brands of each status.",
      parameters: {},
    },
  ],
} as const satisfies {
  readonly name: string;
  readonly description: string;
  readonly actions: readonly AgentAction[];
};
