import {
  GetBucketTaggingCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { bootstrapId, stateKey } from "../../../stacks/naming";
import type { Environment } from "../../../stacks/environments";
import { Refused } from "../refused";
import { answered } from "./answered";

export type FoundBucket =
  | { readonly kind: "none" }
  /** In this account; `isOurs` when an earlier run has made it. */
  | { readonly kind: "there"; readonly isOurs: boolean; readonly holdsOurState: boolean };

export interface BucketQuestion {
  readonly s3: S3Client;
  readonly environment: Environment;
  readonly stateBucket: string;
  readonly accountId: string;
  readonly signal: AbortSignal;
}

/**
 * Looks for the state bucket.
 *
 * @throws Refused when its name is taken by another account, in another region, or by another environment;
 * CouldNotTell when S3 does not say.
 */
export async function findBucket(question: BucketQuestion): Promise<FoundBucket> {
  const { s3, environment, stateBucket: Bucket, accountId, signal } = question;
  const setting = `${environment.name.toUpperCase()}_STATE_BUCKET`;
  const owned = { Bucket, ExpectedBucketOwner: accountId };
  const head = await answered(s3.send(new HeadBucketCommand(owned)), signal, [301, 403, 404]);
  if (head === 404) return { kind: "none" };
  if (head === 403) {
    throw new Refused(
      `The bucket ${Bucket} belongs to another account, or these credentials may not use it: names of buckets are ` +
        `shared by all of AWS. Set ${setting} to another name, or use credentials of its owner. ` +
        "Nothing was changed.",
    );
  }
  const region = head === 301 ? "another region" : (head.BucketRegion ?? environment.region);
  if (region !== environment.region) {
    throw new Refused(
      `The bucket ${Bucket} lies in ${region}, and ${environment.name} in ${environment.region}: set ${setting} ` +
        `to another name, or ${environment.name.toUpperCase()}_REGION. Nothing was changed.`,
    );
  }
  const own = bootstrapId(environment.name);
  const tagging = await answered(s3.send(new GetBucketTaggingCommand(owned)), signal, [404]);
  const tags = tagging === 404 ? [] : (tagging.TagSet ?? []);
  const stack = tags.find(({ Key }) => Key === "Stack")?.Value;
  if (stack?.startsWith("bootstrap-") && stack !== own) {
    throw new Refused(
      `The bucket ${Bucket} is that of ${stack}: each environment has a bucket of its own. Set ${setting} to ` +
        "another name. Nothing was changed.",
    );
  }
  const state = { ...owned, Key: stateKey(own) };
  const holdsOurState = (await answered(s3.send(new HeadObjectCommand(state)), signal, [404])) !== 404;
  // Cut off between its creation and its tags, it has none, and nothing in it.
  const isOurs = stack === own || (tags.length === 0 && (await isEmpty(question)));
  return { kind: "there", isOurs, holdsOurState };
}

async function isEmpty({ s3, stateBucket, accountId, signal }: BucketQuestion): Promise<boolean> {
  const listed = await answered(
    s3.send(
      new ListObjectVersionsCommand({ Bucket: stateBucket, ExpectedBucketOwner: accountId, MaxKeys: 1 }),
    ),
    signal,
    [],
  );
  return (listed.Versions ?? []).length === 0 && (listed.DeleteMarkers ?? []).length === 0;
}
