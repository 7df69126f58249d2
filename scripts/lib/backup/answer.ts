import { DynamoDBServiceException } from "@aws-sdk/client-dynamodb";
import { CouldNotTell, reasonOf } from "../errors";
import { Refused } from "../refused";

export const checkAccess =
  "Check credentials, region, endpoint and the rights that docs/runbooks/restore-a-table.md lists.";

/**
 * What a call that failed means for people: AWS said no, or nobody can tell. An abort stays what it is.
 *
 * @param what what was not done, such as `agent-profiles cannot be backed up`.
 */
export function explained(error: unknown, what: string, signal: AbortSignal): Error {
  if (signal.aborted) return signal.reason as Error;
  if (error instanceof Refused || error instanceof CouldNotTell) return error;
  const reason = `${what}: ${reasonOf(error)}. ${checkAccess}`;
  const isRefused = error instanceof DynamoDBServiceException && error.$fault === "client";
  return isRefused && !/AccessDenied|UnrecognizedClient|ExpiredToken|Throttling/.test(error.name)
    ? new Refused(reason)
    : new CouldNotTell(reason);
}
