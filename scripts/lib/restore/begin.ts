import {
  BackupInUseException,
  InvalidRestoreTimeException,
  LimitExceededException,
  RestoreTableFromBackupCommand,
  RestoreTableToPointInTimeCommand,
  TableAlreadyExistsException,
  TableInUseException,
  type SSESpecification,
} from "@aws-sdk/client-dynamodb";
import { explained } from "../backup/answer";
import { Refused } from "../refused";
import type { AwsClients } from "../aws";
import type { Source } from "./source";
import { describeTarget, requireOwnRestore } from "./target";

/**
 * Begins the restore, encrypted with the key that the spec wants. It is not aborted midway: whether it was begun
 * would be unknown.
 *
 * @throws Refused when AWS does; CouldNotTell when there is no answer.
 */
export async function beginRestore(
  clients: AwsClients,
  source: Source,
  to: string,
  keyArn: string,
  signal: AbortSignal,
): Promise<void> {
  const SSESpecificationOverride: SSESpecification = {
    Enabled: true,
    SSEType: "KMS",
    KMSMasterKeyId: keyArn,
  };
  try {
    switch (source.kind) {
      case "point in time":
        await clients.dynamodb.send(
          new RestoreTableToPointInTimeCommand({
            SourceTableName: source.tableArn.split("/").at(-1),
            TargetTableName: to,
            RestoreDateTime: source.at,
            SSESpecificationOverride,
          }),
        );
        return;
      case "backup":
        await clients.dynamodb.send(
          new RestoreTableFromBackupCommand({
            BackupArn: source.arn,
            TargetTableName: to,
            SSESpecificationOverride,
          }),
        );
    }
  } catch (error) {
    if (error instanceof TableAlreadyExistsException || error instanceof TableInUseException) {
      // An answer that was lost makes the SDK ask again, and its own table stands in the way.
      const table = await describeTarget(clients, to, signal);
      if (table !== undefined) {
        requireOwnRestore(to, table, source);
        return;
      }
    }
    throw refusalOf(error, to, signal);
  }
}

function refusalOf(error: unknown, to: string, signal: AbortSignal): Error {
  if (error instanceof LimitExceededException) {
    return new Refused(
      `AWS makes no more tables at once in this account (its limits for concurrent restores and table operations). ` +
        `Nothing was begun: run this again when another restore is done.`,
    );
  }
  if (error instanceof BackupInUseException) {
    return new Refused(
      "That backup is being made, deleted or restored by someone else: run this again later.",
    );
  }
  if (error instanceof InvalidRestoreTimeException) {
    return new Refused("AWS cannot restore to that time any more: look at the bounds with --dry-run.");
  }
  return explained(error, `${to} cannot be restored`, signal);
}
