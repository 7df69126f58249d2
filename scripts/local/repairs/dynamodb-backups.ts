import { askDynamoDb, dynamodb } from "./ask-moto";
import { isAccepted, parseJson } from "./lambda-call";
import type { AwsCall, AwsReply, Repair } from "./repair";

/** What DynamoDB says of a table, as far as the repairs read it. */
export interface Table {
  readonly TableArn?: string;
  readonly BillingModeSummary?: { readonly BillingMode?: string | null };
  readonly SSEDescription?: object;
}

/** What a backup keeps and moto's forgets, by ARN. */
export type KeptBackups = Map<string, KeptBackup>;

export interface KeptBackup {
  readonly table: Table;
  readonly at: number;
  /** AWS's own, made when a table is deleted that has point-in-time recovery. */
  readonly isSystem: boolean;
}

interface Input {
  readonly TableName?: string;
  readonly BackupArn?: string;
  readonly BackupType?: string;
  readonly TimeRangeLowerBound?: number;
  readonly TimeRangeUpperBound?: number;
}

interface Details {
  readonly BackupArn?: string;
  readonly BackupCreationDateTime?: number;
}

/** AWS: "Point-in-time backups for DynamoDB", deleting a table. */
const systemBackupSeconds = 35 * 86_400;

/**
 * On-demand backups. moto 5.2.1 does not know which key a backup is encrypted with, leaves no system backup when a
 * table with point-in-time recovery is deleted, lists all backups whatever it is asked for, and has each ready at
 * once; and the time to which a table can be restored stands still there.
 *
 * @param kept shared with the repair of restores.
 */
export function dynamodbBackups(motoUrl: string, kept: KeptBackups): Repair {
  const create = async (call: AwsCall, name: string, make: () => Promise<AwsReply>, isSystem: boolean) => {
    const table = await describeTable(motoUrl, call, name);
    const reply = await make();
    const { BackupDetails: details } = document<{ readonly BackupDetails?: Details }>(reply);
    if (details?.BackupArn === undefined) return reply;
    kept.set(details.BackupArn, { table: table ?? {}, at: details.BackupCreationDateTime ?? 0, isSystem });
    // AWS takes minutes: who looks again finds it AVAILABLE here.
    return withBody(reply, { BackupDetails: { ...details, BackupStatus: "CREATING" } });
  };

  const deleteTable = async (call: AwsCall, name: string, forward: () => Promise<AwsReply>) => {
    const asked = await askDynamoDb(motoUrl, call, "DescribeContinuousBackups", { TableName: name });
    if (recoveryIn(asked)?.["PointInTimeRecoveryStatus"] !== "ENABLED") return forward();
    const body = { TableName: name, BackupName: `${name}$DeletedTableBackup` };
    const make = () => askDynamoDb(motoUrl, call, "CreateBackup", body);
    const created = document<{ readonly BackupDetails?: Details }>(await create(call, name, make, true));
    const reply = await forward();
    const arn = created.BackupDetails?.BackupArn;
    if (!isAccepted(reply) && arn !== undefined) {
      kept.delete(arn);
      await askDynamoDb(motoUrl, call, "DeleteBackup", { BackupArn: arn });
    }
    return reply;
  };

  const completed = (details: Details): object => {
    const { isSystem = false, at = 0 } = kept.get(details.BackupArn ?? "") ?? {};
    return isSystem
      ? { ...details, BackupType: "SYSTEM", BackupExpiryDateTime: at + systemBackupSeconds }
      : details;
  };

  return (call, forward) => {
    if (!call.target.startsWith(dynamodb)) return undefined;
    const input = (parseJson(call.body) ?? {}) as Input;
    const { TableName: name = "", BackupArn: arn = "" } = input;
    switch (call.target.slice(dynamodb.length + 1)) {
      case "CreateBackup":
        return create(call, name, forward, false);
      case "DeleteTable":
        return deleteTable(call, name, forward);
      case "DescribeBackup":
        return forward().then((reply) => {
          const { BackupDescription: found } = document<{ BackupDescription?: { BackupDetails?: Details } }>(
            reply,
          );
          if (found?.BackupDetails === undefined) return reply;
          const { SSEDescription } = kept.get(arn)?.table ?? {};
          return withBody(reply, {
            BackupDescription: {
              ...found,
              BackupDetails: completed(found.BackupDetails),
              SourceTableFeatureDetails: { SSEDescription },
            },
          });
        });
      case "ListBackups":
        return forward().then((reply) => {
          const { BackupSummaries: all } = document<{ BackupSummaries?: readonly Details[] }>(reply);
          if (all === undefined) return reply;
          const found = all.filter((backup) => isAsked(backup, kept.get(backup.BackupArn ?? ""), input));
          return withBody(reply, { BackupSummaries: found.map(completed) });
        });
      case "DescribeContinuousBackups":
        return forward().then((reply) => {
          const recovery = recoveryIn(reply);
          if (recovery?.["PointInTimeRecoveryStatus"] !== "ENABLED") return reply;
          const { ContinuousBackupsDescription: backups } = document<{
            ContinuousBackupsDescription: object;
          }>(reply);
          const PointInTimeRecoveryDescription = { ...recovery, LatestRestorableDateTime: Date.now() / 1000 };
          return withBody(reply, {
            ContinuousBackupsDescription: { ...backups, PointInTimeRecoveryDescription },
          });
        });
      default:
        return undefined;
    }
  };
}

/** AWS: ListBackups; on-demand backups of people's are listed where no type is asked for. */
function isAsked(
  { BackupCreationDateTime: at = 0 }: Details,
  kept: KeptBackup | undefined,
  input: Input,
): boolean {
  const { BackupType = "USER", TimeRangeLowerBound = 0, TimeRangeUpperBound = Infinity } = input;
  const type = kept?.isSystem === true ? "SYSTEM" : "USER";
  return (
    (BackupType === "ALL" || BackupType === type) && at >= TimeRangeLowerBound && at < TimeRangeUpperBound
  );
}

export async function describeTable(
  motoUrl: string,
  call: AwsCall,
  name: string,
): Promise<Table | undefined> {
  const reply = await askDynamoDb(motoUrl, call, "DescribeTable", { TableName: name });
  return document<{ readonly Table?: Table }>(reply).Table;
}

/** PointInTimeRecoveryDescription of an answer to DescribeContinuousBackups. */
export const recoveryIn = (reply: AwsReply): Readonly<Record<string, unknown>> | undefined =>
  document<{
    readonly ContinuousBackupsDescription?: {
      readonly PointInTimeRecoveryDescription?: Readonly<Record<string, unknown>>;
    };
  }>(reply).ContinuousBackupsDescription?.PointInTimeRecoveryDescription;

/** The document of an answer; an empty one where moto refused. */
export const document = <T extends object>(reply: AwsReply): Partial<T> =>
  isAccepted(reply) ? (parseJson(reply.body) ?? {}) : {};

export const withBody = (reply: AwsReply, body: object): AwsReply => ({
  ...reply,
  body: Buffer.from(JSON.stringify(body)),
});
