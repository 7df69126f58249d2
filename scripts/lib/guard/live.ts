/** What the guard's rules ask of AWS: nothing, but of a plan that switches a table to on-demand. */

import { DescribeTableCommand, ResourceNotFoundException } from "@aws-sdk/client-dynamodb";
import type { AwsClients } from "../aws";
import { CouldNotTell, reasonOf } from "../errors";
import type { PlannedStack } from "../plan/planned-stack";
import type { GuardContext } from "./rule";
import { tableUpdates, type TableUpdate } from "./tables";

/** Whether a plan switches a table from provisioned to on-demand, which AWS counts. */
export const switchesToOnDemand = ({ before, after }: TableUpdate): boolean =>
  before["billing_mode"] === "PROVISIONED" && after["billing_mode"] === "PAY_PER_REQUEST";

/**
 * When the tables that a plan switches to on-demand were last switched so (DescribeTable, BillingModeSummary).
 *
 * @throws CouldNotTell when AWS does not answer.
 */
export async function readLive(
  plan: PlannedStack,
  { dynamodb }: Pick<AwsClients, "dynamodb">,
): Promise<Pick<GuardContext, "lastOnDemand">> {
  const lastOnDemand = new Map<string, Date>();
  for (const { table } of tableUpdates(plan).filter(switchesToOnDemand)) {
    const described = await dynamodb
      .send(new DescribeTableCommand({ TableName: table }))
      .catch((error: unknown) => {
        if (error instanceof ResourceNotFoundException) return undefined;
        throw new CouldNotTell(
          `When ${table} was last switched to on-demand is not known: ${reasonOf(error)}.`,
        );
      });
    const last = described?.Table?.BillingModeSummary?.LastUpdateToPayPerRequestDateTime;
    if (last !== undefined) lastOnDemand.set(table, last);
  }
  return { lastOnDemand };
}
