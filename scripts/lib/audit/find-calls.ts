/** Who called, as a trail's records in its bucket have it. */

import { gunzipSync } from "node:zlib";
import { GetTrailStatusCommand, type CloudTrailClient } from "@aws-sdk/client-cloudtrail";
import { GetObjectCommand, paginateListObjectsV2, type S3Client } from "@aws-sdk/client-s3";
import { CouldNotTell, reasonOf } from "../errors";
import { runBounded } from "../deploy/bounded";
import { readCalls, type AuditedCall } from "./record";

export interface AuditQuestion {
  readonly trails: CloudTrailClient;
  readonly s3: S3Client;
  readonly trail: string;
  readonly bucket: string;
  readonly accountId: string;
  readonly region: string;
  /** As CloudTrail's folders are called. */
  readonly days: readonly string[];
  readonly item: string | undefined;
  readonly signal: AbortSignal;
  readonly onFile: (done: number, total: number) => void;
}

export interface AuditAnswer {
  /** Of those days, by time. */
  readonly calls: readonly AuditedCall[];
  /** How many files of records there are of those days. */
  readonly files: number;
  /** Off, nothing that happens now is recorded. */
  readonly isLogging: boolean;
}

/** S3 answers slowly for a small object, and well for many. */
const filesAtOnce = 8;

/** @throws CouldNotTell when there is no trail, or its records may not be read. */
export async function findCalls(question: AuditQuestion): Promise<AuditAnswer> {
  const { trails, trail, signal, item, onFile } = question;
  const told = <T>(work: Promise<T>) => work.catch(explainFor(question));
  const { IsLogging } = await told(
    trails.send(new GetTrailStatusCommand({ Name: trail }), { abortSignal: signal }),
  );
  const keys = await told(listFiles(question));
  const calls: AuditedCall[] = [];
  let done = 0;
  const settled = await runBounded(
    keys.map((key) => ({
      name: key,
      run: async () => {
        const text = await told(readFile(question, key));
        try {
          calls.push(...readCalls(text, item));
        } catch (error) {
          throw new CouldNotTell(`${key} is no file of CloudTrail's records: ${reasonOf(error)}.`);
        }
        onFile((done += 1), keys.length);
      },
    })),
    { limit: filesAtOnce, stopsOnFailure: true, signal },
  );
  signal.throwIfAborted();
  for (const one of settled.values()) if (one.kind === "failed") throw one.error;
  calls.sort((one, other) => one.time.localeCompare(other.time));
  return { calls, files: keys.length, isLogging: IsLogging === true };
}

async function listFiles({
  s3,
  bucket,
  accountId,
  region,
  days,
  signal,
}: AuditQuestion): Promise<readonly string[]> {
  const keys: string[] = [];
  for (const day of days) {
    const Prefix = `AWSLogs/${accountId}/CloudTrail/${region}/${day}/`;
    const input = { Bucket: bucket, Prefix, ExpectedBucketOwner: accountId };
    signal.throwIfAborted();
    for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, input)) {
      keys.push(...Contents.flatMap(({ Key }) => (Key?.endsWith(".json.gz") ? [Key] : [])));
    }
  }
  return keys;
}

async function readFile({ s3, bucket, signal }: AuditQuestion, key: string): Promise<string> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }), { abortSignal: signal });
  return gunzipSync((await Body?.transformToByteArray()) ?? new Uint8Array()).toString();
}

const explainFor =
  ({ trail, bucket, signal }: AuditQuestion) =>
  (error: unknown): never => {
    signal.throwIfAborted();
    const name = error instanceof Error ? error.name : "";
    if (name === "TrailNotFoundException" || name === "NoSuchBucket") {
      throw new CouldNotTell(
        `There is no trail ${trail}: deploy its stack first (docs/runbooks/audit-trail.md). ` +
          "What happened before that was not recorded.",
      );
    }
    throw new CouldNotTell(
      `The records of ${trail} could not be read: ${reasonOf(error)}. It takes s3:ListBucket and s3:GetObject on ` +
        `${bucket}, kms:Decrypt on its key, and cloudtrail:GetTrailStatus.`,
    );
  };
