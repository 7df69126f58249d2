import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  ResourceNotFoundException,
  TableNotFoundException,
} from "@aws-sdk/client-dynamodb";
import type { AwsClients } from "../aws";
import { CouldNotTell } from "../errors";
import { Refused } from "../refused";
import { explained } from "./answer";
import { encryptionBy, requireUsableKey, type Encryption } from "./encryption";

type BackupClients = Pick<AwsClients, "dynamodb" | "kms">;

/** The moments to which a table can be restored while it exists: deleting it leaves its last state alone. */
export interface RestorablePoint {
  readonly table: string;
  readonly tableArn: string;
  readonly earliest: Date;
  /** Some minutes ago: what was written since is not in it yet (AWS: LatestRestorableDateTime). */
  readonly latest: Date;
  /** The key that encrypts the table, and has to stay for as long as any of those moments may be restored. */
  readonly encryption: Encryption;
}

/**
 * Whether a table can be restored to some moment: point-in-time recovery is on, there is such a moment, and the
 * key works.
 *
 * The moments go with the table: when it is deleted AWS keeps its last state as a system backup, for 35 days,
 * encrypted with the same key (AWS: "Point-in-time backups for DynamoDB").
 *
 * @param table physical name.
 * @throws Refused with the way out when it cannot; CouldNotTell when there is no such table or no answer.
 */
export async function confirmRestorable(
  { dynamodb, kms }: BackupClients,
  table: string,
  signal: AbortSignal,
): Promise<RestorablePoint> {
  const abortSignal = signal;
  try {
    const [{ Table }, { ContinuousBackupsDescription }] = await Promise.all([
      dynamodb.send(new DescribeTableCommand({ TableName: table }), { abortSignal }),
      dynamodb.send(new DescribeContinuousBackupsCommand({ TableName: table }), { abortSignal }),
    ]);
    const {
      PointInTimeRecoveryStatus: status,
      EarliestRestorableDateTime: earliest,
      LatestRestorableDateTime: latest,
    } = ContinuousBackupsDescription?.PointInTimeRecoveryDescription ?? {};
    if (status !== "ENABLED") {
      throw new Refused(
        `${table} has no point-in-time recovery. Make an on-demand backup, or deploy the table's stack, which ` +
          "switches it on.",
      );
    }
    // For the first minutes there is no moment yet.
    if (earliest === undefined || latest === undefined || earliest > latest || earliest > new Date()) {
      throw new Refused(
        `${table} cannot be restored to any moment yet: its point-in-time recovery has just been switched on. ` +
          "Wait some minutes, or make an on-demand backup.",
      );
    }
    const encryption = await encryptionBy(kms, Table?.SSEDescription?.KMSMasterKeyArn, signal);
    requireUsableKey(encryption, table);
    return { table, tableArn: Table?.TableArn ?? "", earliest, latest, encryption };
  } catch (error) {
    if (error instanceof ResourceNotFoundException || error instanceof TableNotFoundException) {
      throw new CouldNotTell(
        `There is no table ${table} here. Check --env, --region and --profile; one that is deleted can be ` +
          "restored from a backup alone.",
      );
    }
    throw explained(error, `Whether ${table} can be restored is not known`, signal);
  }
}
