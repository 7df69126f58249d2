import type { TableDescription } from "@aws-sdk/client-dynamodb";
import { waitFor, type WaitOptions } from "../backup/wait";
import { CouldNotTell } from "../errors";
import { Refused } from "../refused";
import type { AwsClients } from "../aws";
import { describeTarget } from "./target";

/** Right after it was begun a restore may not be seen yet. */
const unseenSeconds = 120;

/**
 * Waits until a table and its indexes are ready for use and for changes.
 *
 * @throws Refused when it will never be; CouldNotTell when it takes longer than the patience.
 */
export async function untilActive(
  clients: AwsClients,
  name: string,
  options: WaitOptions,
): Promise<TableDescription> {
  const started = performance.now();
  const found = await waitFor(async () => {
    const table = await describeTarget(clients, name, options.signal);
    if (table === undefined) {
      if (performance.now() - started < unseenSeconds * 1000) return undefined;
      throw new Refused(
        `There is no table ${name} any more: the restore failed, or someone deleted it. Begin again.`,
      );
    }
    return isActive(name, table) ? table : undefined;
  }, options);
  if (found !== undefined) return found;
  const hours = (options.patienceSeconds / 3600).toFixed(1);
  throw new CouldNotTell(
    `${name} is not ready after ${hours} hours; AWS goes on with it. Run this again to go on.`,
  );
}

function isActive(
  name: string,
  { TableStatus, RestoreSummary, GlobalSecondaryIndexes }: TableDescription,
): boolean {
  switch (TableStatus) {
    case "ACTIVE":
      return (
        RestoreSummary?.RestoreInProgress !== true &&
        (GlobalSecondaryIndexes ?? []).every(({ IndexStatus }) => IndexStatus === "ACTIVE")
      );
    case "INACCESSIBLE_ENCRYPTION_CREDENTIALS":
      throw new Refused(`DynamoDB cannot use the key of ${name}. Enable the key, then run this again.`);
    case "DELETING":
    case "ARCHIVING":
    case "ARCHIVED":
      throw new Refused(`${name} is ${TableStatus}: it was not restored. Begin again under another name.`);
    case "CREATING":
    case "UPDATING":
    case "REPLICATION_NOT_AUTHORIZED":
    case undefined:
      return false;
  }
}
