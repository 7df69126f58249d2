import { DescribeTableCommand, type BackupDescription } from "@aws-sdk/client-dynamodb";
import type { Environment } from "../../../stacks/environments";
import { catalogue } from "../../../tables/catalogue";
import { environmentNames, tableName } from "../../../tables/naming";
import type { TableSpec } from "../../../tables/table-spec";
import { explained } from "../backup/answer";
import { confirmRestorable } from "../backup/confirm-restorable";
import { encryptionBy, requireUsableKey, type Encryption } from "../backup/encryption";
import { listBackups, readBackup } from "../backup/read-backup";
import { Refused } from "../refused";
import type { AwsClients } from "../aws";

/** What people ask for: a moment, or a backup by its ARN; the latest of either. */
export type Wanted =
  | { readonly kind: "point in time"; readonly at: Date | "latest" }
  | { readonly kind: "backup"; readonly backup: string };

interface Size {
  /** As DynamoDB last counted, which it does every six hours or so. */
  readonly items: number;
  readonly bytes: number;
}

/** What a restore reads, found and usable. */
export type Source = Size & {
  /** The moment whose items it has. */
  readonly at: Date;
  readonly encryption: Encryption;
} & (
    | {
        readonly kind: "point in time";
        readonly tableArn: string;
        /** Asked for as such: the moment is then that of whenever it began. */
        readonly isLatest: boolean;
        readonly bounds: { readonly earliest: Date; readonly latest: Date };
      }
    | { readonly kind: "backup"; readonly arn: string }
  );

/**
 * @throws Refused when the table has no such source or its key is of no use; CouldNotTell when there is none of
 * that name, or no answer.
 */
export function findSource(
  clients: AwsClients,
  spec: TableSpec,
  environment: Environment,
  wanted: Wanted,
  signal: AbortSignal,
): Promise<Source> {
  const table = tableName(spec, environment.name);
  switch (wanted.kind) {
    case "point in time":
      return findMoment(clients, table, wanted.at, signal);
    case "backup":
      return findBackup(clients, spec, table, wanted.backup, signal);
  }
}

async function findMoment(
  clients: AwsClients,
  table: string,
  at: Date | "latest",
  signal: AbortSignal,
): Promise<Source> {
  const { tableArn, earliest, latest, encryption } = await confirmRestorable(clients, table, signal);
  const { Table } = await clients.dynamodb
    .send(new DescribeTableCommand({ TableName: table }), { abortSignal: signal })
    .catch((error: unknown) => {
      throw explained(error, `${table} cannot be described`, signal);
    });
  return {
    kind: "point in time",
    tableArn,
    // AWS restores to whole seconds.
    at: wholeSecond(at === "latest" ? latest : at),
    isLatest: at === "latest",
    bounds: { earliest: wholeSecond(earliest), latest: wholeSecond(latest) },
    encryption,
    items: Table?.ItemCount ?? 0,
    bytes: Table?.TableSizeBytes ?? 0,
  };
}

const wholeSecond = (time: Date): Date => new Date(Math.floor(time.getTime() / 1000) * 1000);

/**
 * Asked only before a restore begins: one that runs goes on, also when its moment has left the bounds.
 *
 * @throws Refused with the bounds when the moment lies outside.
 */
export function requireWithinBounds(source: Source, table: string): void {
  if (source.kind === "backup") return;
  const { at, bounds } = source;
  const [earliest, latest] = [bounds.earliest.toISOString(), bounds.latest.toISOString()];
  if (at < bounds.earliest) {
    throw new Refused(
      `${table} can be restored to any second from ${earliest} to ${latest}; ${at.toISOString()} is before that. ` +
        "Choose a later one, or a backup with --backup.",
    );
  }
  if (at > bounds.latest) {
    throw new Refused(
      `${table} can be restored to any second from ${earliest} to ${latest}; ${at.toISOString()} is not in it yet. ` +
        "Run this again in some minutes, or take --at latest.",
    );
  }
}

async function findBackup(
  clients: AwsClients,
  spec: TableSpec,
  table: string,
  wanted: string,
  signal: AbortSignal,
): Promise<Source> {
  const arn = wanted === "latest" ? await latestBackup(clients, table, signal) : wanted;
  const backup = await readBackup(clients, arn, signal);
  const { BackupDetails: details, SourceTableDetails: source, SourceTableFeatureDetails: features } = backup;
  if (details?.BackupStatus !== "AVAILABLE") {
    throw new Refused(
      `The backup ${arn} is ${details?.BackupStatus ?? "in no known state"}. ` +
        "Run this again when it is AVAILABLE, or take another one.",
    );
  }
  requireBackupOf(spec, table, arn, backup);
  const key = features?.SSEDescription?.KMSMasterKeyArn;
  const encryption = await encryptionBy(clients.kms, key, signal);
  requireUsableKey(encryption, `The backup ${arn}`);
  return {
    kind: "backup",
    arn,
    at: details.BackupCreationDateTime ?? new Date(Number.NaN),
    encryption,
    items: source?.ItemCount ?? 0,
    bytes: details.BackupSizeBytes ?? source?.TableSizeBytes ?? 0,
  };
}

/** The newest that can be restored; the last state of a deleted table is among them. */
async function latestBackup(clients: AwsClients, table: string, signal: AbortSignal): Promise<string> {
  const backups = await listBackups(clients, { TableName: table, BackupType: "ALL" }, signal);
  const [newest] = backups
    .filter(({ BackupStatus }) => BackupStatus === "AVAILABLE")
    .sort((a, b) => (b.BackupCreationDateTime?.getTime() ?? 0) - (a.BackupCreationDateTime?.getTime() ?? 0));
  if (newest?.BackupArn !== undefined) return newest.BackupArn;
  throw new Refused(
    `${table} has no backup here. AWS keeps the last state of a deleted table for 35 days; a table that is there ` +
      "is restored with --at.",
  );
}

/**
 * A backup of the table; or of a table that nobody declares, such as an earlier restore of it, when its keys are
 * the declared ones.
 */
function requireBackupOf(
  spec: TableSpec,
  table: string,
  arn: string,
  { SourceTableDetails }: BackupDescription,
) {
  const name = SourceTableDetails?.TableName;
  if (name === table) return;
  const owner = catalogue.find((other) => environmentNames.some((env) => tableName(other, env) === name));
  const key = (type: "HASH" | "RANGE") =>
    SourceTableDetails?.KeySchema?.find(({ KeyType }) => KeyType === type)?.AttributeName;
  const hasKeys = key("HASH") === spec.partitionKey && key("RANGE") === spec.sortKey;
  if (owner === undefined && hasKeys) return;
  throw new Refused(
    `${arn} is a backup of ${name ?? "another table"}, not of ${table}. ` +
      "Name the table that it is of, in its environment, or another backup.",
  );
}
