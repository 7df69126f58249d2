import { askDynamoDb, dynamodb } from "./ask-moto";
import {
  describeTable,
  document,
  recoveryIn,
  withBody,
  type KeptBackups,
  type Table,
} from "./dynamodb-backups";
import { isAccepted, parseJson } from "./lambda-call";
import { jsonReply, type AwsCall, type AwsReply, type Forward, type Repair } from "./repair";

interface Input {
  readonly TableName?: string;
  readonly TargetTableName?: string;
  readonly SourceTableName?: string;
  readonly BackupArn?: string;
  readonly UseLatestRestorableTime?: boolean;
  /** Seconds since 1970. */
  readonly RestoreDateTime?: number;
  readonly SSESpecificationOverride?: { readonly KMSMasterKeyId?: string };
}

/** What AWS says of a restored table, and moto does not. */
interface Restored {
  readonly sse: object | undefined;
  readonly at: number;
  /** Looks at the table that find it being restored still. */
  looksLeft: number;
}

const looksInProgress = 1;

/**
 * Restores of tables. moto 5.2.1 restores whatever time it is asked for, and without point-in-time recovery, at
 * once; it ignores the key that is asked for, and forgets the billing mode, which AWS keeps. It forgets what AWS
 * does, too: TTL, recovery, tags, stream, protection and autoscaling (AWS: "Restoring a DynamoDB table").
 *
 * The items are those of now, or of the backup.
 */
export function dynamodbRestores(motoUrl: string, backups: KeptBackups): Repair {
  const restoredByName = new Map<string, Restored>();

  const restore = async (call: AwsCall, input: Input, source: Table, at: number, forward: Forward) => {
    const { TargetTableName: target = "", SSESpecificationOverride: sse } = input;
    const reply = await forward();
    if (!isAccepted(reply)) return reply;
    const key = sse?.KMSMasterKeyId;
    restoredByName.set(target, {
      sse:
        key === undefined
          ? source.SSEDescription
          : { Status: "ENABLED", SSEType: "KMS", KMSMasterKeyArn: key },
      at,
      looksLeft: looksInProgress,
    });
    const mode = source.BillingModeSummary?.BillingMode;
    if (mode) await askDynamoDb(motoUrl, call, "UpdateTable", { TableName: target, BillingMode: mode });
    return described(reply);
  };

  const toPointInTime = async (call: AwsCall, input: Input, forward: Forward): Promise<AwsReply> => {
    const { SourceTableName: name = "", UseLatestRestorableTime: isLatest, RestoreDateTime } = input;
    const source = await describeTable(motoUrl, call, name);
    const recovery = recoveryIn(
      await askDynamoDb(motoUrl, call, "DescribeContinuousBackups", { TableName: name }),
    );
    // moto says that there is no such table.
    if (source === undefined || recovery === undefined) return forward();
    if (recovery["PointInTimeRecoveryStatus"] !== "ENABLED") {
      return refuse(
        "PointInTimeRecoveryUnavailableException",
        `Point in time recovery is not enabled for table ${name}`,
      );
    }
    if ((isLatest === true) === (RestoreDateTime !== undefined)) {
      return refuse("ValidationException", "Name either a restore time or the latest restorable time.");
    }
    const [now, earliest] = [Math.floor(Date.now() / 1000), Number(recovery["EarliestRestorableDateTime"])];
    const at = RestoreDateTime ?? now;
    // The first second counts as whole: times of restores have no fractions.
    if (at < Math.floor(earliest) || at > now) {
      return refuse(
        "InvalidRestoreTimeException",
        "The restore time is not between the earliest and the latest.",
      );
    }
    return restore(call, input, source, at, forward);
  };

  /** A description of a table in an answer, completed when the table was restored. */
  const described = (reply: AwsReply): AwsReply => {
    const body = document<Record<"Table" | "TableDescription", Record<string, unknown>>>(reply);
    const table = body.Table ?? body.TableDescription;
    const restored = restoredByName.get(String(table?.["TableName"]));
    if (table === undefined || restored === undefined) return reply;
    const isInProgress = restored.looksLeft > 0;
    const summary = { RestoreDateTime: restored.at, RestoreInProgress: isInProgress };
    Object.assign(table, {
      ...(restored.sse && { SSEDescription: restored.sse }),
      ...(isInProgress && { TableStatus: "CREATING" }),
      RestoreSummary: { ...(table["RestoreSummary"] as object), ...summary },
    });
    return withBody(reply, body);
  };

  return (call, forward) => {
    if (!call.target.startsWith(dynamodb)) return undefined;
    const input = (parseJson(call.body) ?? {}) as Input;
    const { TableName: name = "", BackupArn: arn = "" } = input;
    switch (call.target.slice(dynamodb.length + 1)) {
      case "RestoreTableToPointInTime":
        return toPointInTime(call, input, forward);
      case "RestoreTableFromBackup": {
        const backup = backups.get(arn);
        return backup && restore(call, input, backup.table, backup.at, forward);
      }
      case "DescribeTable":
        return forward().then((reply) => {
          const completed = described(reply);
          const restored = restoredByName.get(name);
          if (restored !== undefined && restored.looksLeft > 0) restored.looksLeft -= 1;
          return completed;
        });
      case "UpdateTable":
        return forward().then(described);
      case "DeleteTable":
        return forward().then((reply) => {
          const completed = described(reply);
          if (isAccepted(reply)) restoredByName.delete(name);
          return completed;
        });
      default:
        return undefined;
    }
  };
}

const refuse = (type: string, message: string): AwsReply =>
  jsonReply({ __type: `com.amazonaws.dynamodb.v20120810#${type}`, message }, 400);
