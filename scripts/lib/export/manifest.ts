import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import * as v from "valibot";
import { CouldNotTell, reasonOf } from "../errors";
import type { CompletedExport } from "./follow";
import { checkAccess } from "./source";

/** What manifest-summary.json and manifest-files.json say (AWS: "DynamoDB table export output format"). */
export interface Manifest {
  readonly key: string;
  readonly items: number;
  /** What the export is billed for. */
  readonly bytes: number;
  readonly files: number;
}

const summary = v.object({
  itemCount: v.pipe(v.number(), v.integer()),
  billedSizeBytes: v.pipe(v.number(), v.integer()),
});

/** @throws CouldNotTell when the manifest cannot be read: the export itself is complete then all the same. */
export async function readManifest(
  client: S3Client,
  { arn, bucket, prefix }: CompletedExport,
  signal: AbortSignal,
): Promise<Manifest> {
  // The export's id is the last part of its ARN.
  const folder = [prefix, "AWSDynamoDB", arn.split("/").at(-1)].filter(Boolean).join("/");
  const key = `${folder}/manifest-summary.json`;
  try {
    const { itemCount, billedSizeBytes } = v.parse(
      summary,
      JSON.parse(await read(client, bucket, key, signal)),
    );
    const files = await read(client, bucket, `${folder}/manifest-files.json`, signal);
    return {
      key,
      items: itemCount,
      bytes: billedSizeBytes,
      files: files.split("\n").filter((line) => line.trim() !== "").length,
    };
  } catch (error) {
    signal.throwIfAborted();
    throw new CouldNotTell(
      `The export is complete, but its manifest s3://${bucket}/${key} cannot be read: ${reasonOf(error)}. ` +
        checkAccess,
    );
  }
}

async function read(
  client: S3Client,
  bucket: string,
  key: string,
  abortSignal: AbortSignal,
): Promise<string> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }), { abortSignal });
  return (await Body?.transformToString()) ?? "";
}
