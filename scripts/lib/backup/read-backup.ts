import {
  BackupNotFoundException,
  DescribeBackupCommand,
  ListBackupsCommand,
  type BackupDescription,
  type BackupSummary,
  type ListBackupsCommandInput,
} from "@aws-sdk/client-dynamodb";
import type { AwsClients } from "../aws";
import { CouldNotTell } from "../errors";
import { checkAccess, explained } from "./answer";

/** @throws CouldNotTell when there is no such backup, or no answer. */
export async function readBackup(
  { dynamodb }: Pick<AwsClients, "dynamodb">,
  arn: string,
  signal: AbortSignal,
): Promise<BackupDescription> {
  const command = new DescribeBackupCommand({ BackupArn: arn });
  const reply = await dynamodb.send(command, { abortSignal: signal }).catch((error: unknown) => {
    if (error instanceof BackupNotFoundException) {
      throw new CouldNotTell(
        `There is no backup ${arn}. Check the ARN, --region and --profile. AWS keeps the backup of a deleted table for 35 days.`,
      );
    }
    throw explained(error, `The backup ${arn} cannot be seen`, signal);
  });
  if (reply.BackupDescription === undefined) {
    throw new CouldNotTell(`AWS tells nothing of the backup ${arn}. ${checkAccess}`);
  }
  return reply.BackupDescription;
}

/**
 * The backups of a table, also of one that is deleted.
 *
 * @throws Refused and CouldNotTell as AWS answers.
 */
export async function listBackups(
  { dynamodb }: Pick<AwsClients, "dynamodb">,
  filter: Pick<ListBackupsCommandInput, "BackupType" | "TimeRangeLowerBound"> & {
    readonly TableName: string;
  },
  signal: AbortSignal,
): Promise<readonly BackupSummary[]> {
  const found: BackupSummary[] = [];
  let next: string | undefined;
  try {
    do {
      const command = new ListBackupsCommand({ ...filter, ExclusiveStartBackupArn: next });
      const page = await dynamodb.send(command, { abortSignal: signal });
      found.push(...(page.BackupSummaries ?? []));
      next = page.LastEvaluatedBackupArn;
    } while (next !== undefined);
    return found;
  } catch (error) {
    throw explained(error, `The backups of ${filter.TableName} cannot be listed`, signal);
  }
}
