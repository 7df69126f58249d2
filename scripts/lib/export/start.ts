import {
  DescribeExportCommand,
  DynamoDBServiceException,
  ExportTableToPointInTimeCommand,
  InvalidExportTimeException,
  ListExportsCommand,
  PointInTimeRecoveryUnavailableException,
  type DynamoDBClient,
  type ExportDescription,
} from "@aws-sdk/client-dynamodb";
import { createHash, randomUUID } from "node:crypto";
import { CouldNotTell, reasonOf } from "../errors";
import { Refused } from "../refused";
import { checkAccess, type Source } from "./source";

/** Where an export goes, and of which moment. */
export interface Target {
  readonly bucket: string;
  readonly prefix: string;
  /** Key of the files; S3's own where none is named. */
  readonly key?: string | undefined;
  /** Account of the bucket, where it is another one's. */
  readonly bucketOwner?: string | undefined;
  /** Now, where none is named. */
  readonly at?: Date | undefined;
}

export interface StartedExport {
  readonly arn: string;
  /** It had been started before, and was running still. */
  readonly wasRunning: boolean;
}

/**
 * Starts a point-in-time export, unless the same one is running already. It reads a backup, not the table: it
 * consumes none of its capacity.
 *
 * @throws Refused when DynamoDB does, CouldNotTell when it does not answer.
 */
export async function startExport(
  client: DynamoDBClient,
  source: Source,
  target: Target,
  signal: AbortSignal,
): Promise<StartedExport> {
  try {
    const { running, failed } = await lookAtExports(client, source, target, signal);
    if (running !== undefined) return { arn: running, wasRunning: true };
    const start = async (token: string) => {
      const { ExportDescription } = await client.send(exportCommand(source, target, token));
      const { ExportArn: arn, ExportStatus: status } = ExportDescription ?? {};
      if (arn === undefined) throw new Error("AWS gave no ARN of the export");
      return { arn, hasFailed: status === "FAILED" || failed.has(arn) };
    };
    const first = await start(clientToken(source, target));
    // The token of a moment leads to an export that failed before as well, for eight hours.
    const { arn } = first.hasFailed ? await start(randomUUID()) : first;
    return { arn, wasRunning: false };
  } catch (error) {
    signal.throwIfAborted();
    throw refusalOf(error, source.name);
  }
}

const exportCommand = (source: Source, { bucket, prefix, key, bucketOwner, at }: Target, token: string) =>
  new ExportTableToPointInTimeCommand({
    TableArn: source.arn,
    S3Bucket: bucket,
    S3Prefix: prefix,
    S3BucketOwner: bucketOwner,
    ExportTime: at,
    ExportFormat: "DYNAMODB_JSON",
    S3SseAlgorithm: key === undefined ? "AES256" : "KMS",
    S3SseKmsKeyId: key,
    ClientToken: token,
  });

/** An export of a moment is always the same one; that of now is another one each time. */
function clientToken(source: Source, target: Target): string {
  if (target.at === undefined) return randomUUID();
  return createHash("sha256")
    .update(JSON.stringify([source.arn, target]))
    .digest("hex")
    .slice(0, 32);
}

interface EarlierExports {
  /** The same export: who repeats the command after an interrupt means the one that goes on. */
  readonly running?: string;
  readonly failed: ReadonlySet<string>;
}

async function lookAtExports(
  client: DynamoDBClient,
  { arn }: Source,
  target: Target,
  abortSignal: AbortSignal,
): Promise<EarlierExports> {
  const failed = new Set<string>();
  let next: string | undefined;
  do {
    const list = new ListExportsCommand({ TableArn: arn, NextToken: next });
    const page = await client.send(list, { abortSignal });
    for (const { ExportArn, ExportStatus } of page.ExportSummaries ?? []) {
      if (ExportStatus === "FAILED" && ExportArn !== undefined) failed.add(ExportArn);
      if (ExportStatus !== "IN_PROGRESS" || ExportArn === undefined) continue;
      const describe = new DescribeExportCommand({ ExportArn });
      const { ExportDescription: running } = await client.send(describe, { abortSignal });
      if (running !== undefined && isSame(running, target)) return { running: ExportArn, failed };
    }
    next = page.NextToken;
  } while (next !== undefined);
  return { failed };
}

const isSame = (running: ExportDescription, { bucket, prefix, key, at }: Target): boolean =>
  running.ExportStatus === "IN_PROGRESS" &&
  running.S3Bucket === bucket &&
  running.S3Prefix === prefix &&
  running.S3SseKmsKeyId === key &&
  running.ExportFormat === "DYNAMODB_JSON" &&
  running.ExportType !== "INCREMENTAL_EXPORT" &&
  // DynamoDB keeps whole seconds.
  (at === undefined ? isOfItsStart(running) : seconds(running.ExportTime) === seconds(at));

const nowMilliseconds = 60_000;

/** An export of now: where no moment is given, DynamoDB takes that at which it starts. */
const isOfItsStart = ({ ExportTime, StartTime }: ExportDescription): boolean =>
  ExportTime !== undefined &&
  StartTime !== undefined &&
  Math.abs(ExportTime.getTime() - StartTime.getTime()) <= nowMilliseconds;

const seconds = (time: Date | undefined): number | undefined => time && Math.floor(time.getTime() / 1000);

function refusalOf(error: unknown, table: string): Error {
  if (error instanceof PointInTimeRecoveryUnavailableException) {
    return new Refused(
      `${table} has no point-in-time recovery, and an export reads that. Every table here is declared with it: ` +
        "deploy the table's stack, or make a small export with --to.",
    );
  }
  if (error instanceof InvalidExportTimeException) {
    return new Refused(
      `${table} cannot be exported as of that time: --at has to lie within its point-in-time recovery.`,
    );
  }
  const isRefused = error instanceof DynamoDBServiceException && error.$fault === "client";
  const reason = `${table} cannot be exported: ${reasonOf(error)}. ${checkAccess}`;
  return isRefused && !/AccessDenied|UnrecognizedClient|ExpiredToken/.test(error.name)
    ? new Refused(reason)
    : new CouldNotTell(reason);
}
