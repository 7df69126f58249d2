import { BackupInUseException, CreateBackupCommand, TableNotFoundException } from "@aws-sdk/client-dynamodb";
import type { AwsClients } from "../aws";
import { CouldNotTell } from "../errors";
import { Refused } from "../refused";
import { explained } from "./answer";
import { encryptionBy, requireUsableKey, type Encryption } from "./encryption";
import { listBackups, readBackup } from "./read-backup";
import { waitFor, type WaitOptions } from "./wait";

type BackupClients = Pick<AwsClients, "dynamodb" | "kms">;

/** An on-demand backup that can be restored. It stays, and is billed, until someone deletes it. */
export interface CreatedBackup {
  readonly table: string;
  readonly arn: string;
  readonly name: string;
  /** The moment whose items it holds. */
  readonly at: Date;
  /** The same run had begun it before. */
  readonly wasThere: boolean;
  /** The key that has to stay for as long as the backup may be restored. */
  readonly encryption: Encryption;
}

export interface CreateBackupOptions extends WaitOptions {
  /** When the run began: a run that is resumed gives the same moment, and finds its backup again. */
  readonly run: Date;
}

/**
 * Makes an on-demand backup of a table and follows it until it can be restored, which takes AWS minutes whatever
 * the size. It consumes none of the table's capacity.
 *
 * @param table physical name.
 * @throws Refused when AWS does or the key is of no use; CouldNotTell when it takes longer than the patience or
 * there is no answer. The same call goes on where the first one stopped.
 */
export async function createBackup(
  clients: BackupClients,
  table: string,
  options: CreateBackupOptions,
): Promise<CreatedBackup> {
  const name = backupName(table, options.run);
  const before = await findBackup(clients, table, name, options);
  const arn = before ?? (await begin(clients, table, name, options));
  const done = await waitFor(async () => {
    const { BackupDetails: details, SourceTableFeatureDetails } = await readBackup(
      clients,
      arn,
      options.signal,
    );
    switch (details?.BackupStatus) {
      case "AVAILABLE":
        return { at: details.BackupCreationDateTime, key: SourceTableFeatureDetails?.SSEDescription };
      case "DELETED":
        throw new Refused(`The backup ${arn} was deleted meanwhile. Begin again.`);
      case "CREATING":
      case undefined:
        return undefined;
    }
  }, options);
  if (done === undefined) {
    const minutes = Math.round(options.patienceSeconds / 60);
    throw new CouldNotTell(
      `The backup ${arn} is still being made after ${minutes} minutes. Run this again to go on waiting.`,
    );
  }
  const encryption = await encryptionBy(clients.kms, done.key?.KMSMasterKeyArn, options.signal);
  requireUsableKey(encryption, `The backup ${arn}`);
  return { table, arn, name, at: done.at ?? options.run, wasThere: before !== undefined, encryption };
}

/** AWS: CreateBackup, 3 to 255 characters of a-z, A-Z, 0-9, _ . and -, as a table's name. */
const maxName = 255;

/** Named after the table and the run's start: `agent-profiles-20251121T180912Z`. */
export function backupName(table: string, run: Date): string {
  const time = `-${run.toISOString().replace(/[-:]|\.\d+/g, "")}`;
  return `${table.slice(0, maxName - time.length)}${time}`;
}

/** The run's own: AWS takes one name for any number of backups. */
async function findBackup(
  clients: BackupClients,
  table: string,
  name: string,
  { run, signal }: CreateBackupOptions,
): Promise<string | undefined> {
  // Clocks differ: the name alone decides.
  const TimeRangeLowerBound = new Date(run.getTime() - 3_600_000);
  const filter = { TableName: table, BackupType: "USER", TimeRangeLowerBound } as const;
  const backups = await listBackups(clients, filter, signal);
  return backups.find(({ BackupName, BackupStatus }) => BackupName === name && BackupStatus !== "DELETED")
    ?.BackupArn;
}

async function begin(
  clients: BackupClients,
  table: string,
  name: string,
  options: CreateBackupOptions,
): Promise<string> {
  const { signal } = options;
  try {
    // Not aborted midway: whether it was begun would be unknown.
    const command = new CreateBackupCommand({ TableName: table, BackupName: name });
    const { BackupDetails } = await clients.dynamodb.send(command);
    if (BackupDetails?.BackupArn !== undefined) return BackupDetails.BackupArn;
    throw new CouldNotTell(
      `AWS gave no ARN of the backup of ${table}. Run this again: it is found if it is there.`,
    );
  } catch (error) {
    // An answer that was lost makes the SDK ask again while the first backup is being made.
    if (error instanceof BackupInUseException) {
      const begun = await findBackup(clients, table, name, options);
      if (begun !== undefined) return begun;
      throw new Refused(
        `Another backup of ${table} is being made or restored. Run this again when it is done.`,
      );
    }
    if (error instanceof TableNotFoundException) {
      throw new CouldNotTell(`There is no table ${table} here. Check --env, --region and --profile.`);
    }
    throw explained(error, `${table} cannot be backed up`, signal);
  }
}
