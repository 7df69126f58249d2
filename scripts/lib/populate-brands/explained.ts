/** What a population fails for, and what to do. */

import { DynamoDBServiceException, ResourceNotFoundException } from "@aws-sdk/client-dynamodb";
import { QueryFailed } from "../../../functions/brand-processing/athena-source";
import { SourceError } from "../../../functions/brand-processing/brand-row";
import { Refusal } from "../../../functions/shared/refusal";
import { stackId } from "../../../stacks/naming";
import { brandProcessingStatus } from "../../../tables/brand-processing-status";
import type { EnvironmentName } from "../../../tables/naming";
import { CouldNotTell, reasonOf } from "../errors";
import { Refused } from "../refused";

/** The same failure for people: a failed query is a no, everything else could not be told. */
export function explained(error: unknown, table: string, environment: EnvironmentName): Error {
  if (error instanceof CouldNotTell) return error;
  if (error instanceof QueryFailed) return new Refused(error.message);
  if (error instanceof SourceError || error instanceof Refusal) return new CouldNotTell(error.message);
  if (error instanceof ResourceNotFoundException) {
    const stack = stackId(brandProcessingStatus.system, "tables", environment);
    return new CouldNotTell(`There is no table ${table}. Deploy it: npx cdktf deploy ${stack}`);
  }
  // A validation's message may hold what was sent.
  const reason =
    error instanceof DynamoDBServiceException && error.name === "ValidationException"
      ? `${error.name} (request ${error.$metadata.requestId ?? "unknown"})`
      : reasonOf(error);
  return new CouldNotTell(
    `The population does not go on: ${reason}. Check credentials, region and settings; the same command goes on.`,
  );
}
