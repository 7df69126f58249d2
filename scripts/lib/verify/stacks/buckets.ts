/** The buckets of a stack: who may read them, how they are encrypted, how long they keep what they hold. */

import {
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  type LifecycleRule,
} from "@aws-sdk/client-s3";
import { undeclared, type Difference } from "../finding";
import { aspect, aspects, unlessNamed, type Context, type Look, type Looks, type Seen } from "./look";
import { policyDifferences } from "./policy-statements";
import type { Declared, DeclaredType } from "./resource-schemas";
import { absent, declareOrRemove, same, sameFields } from "./same";

export const bucketLooks: Looks = async (context) =>
  Promise.all(
    context.stack.all("aws_s3_bucket").map(async ([id, block]): Promise<Look> => {
      const name = await context.references.resolve(block.bucket);
      return { kind: "bucket", name, see: () => seeBucket(context, id, name) };
    }),
  );

/** What the AWS provider has beside a bucket, each a resource that names it. */
type Part = Extract<DeclaredType, `aws_s3_bucket_${string}`>;

async function seeBucket(
  { clients: { s3 }, stack, references }: Context,
  id: string,
  Bucket: string,
): Promise<Seen> {
  const head = await unlessNamed(s3.send(new HeadBucketCommand({ Bucket })), "NotFound", "NoSuchBucket");
  if (head === undefined) return { differences: [absent("a bucket")] };
  const part = <T extends Part>(type: T): Declared<T> | undefined => {
    const found = stack.all(type).find(([, block]) => {
      const of = (block as { readonly bucket: string }).bucket;
      return of === Bucket || new RegExp(`^\\$\\{aws_s3_bucket(_policy)?\\.${id}\\.`).test(of);
    });
    return found?.[1];
  };
  const differences = await aspects(
    aspect("publicAccess", async () => {
      const expected = part("aws_s3_bucket_public_access_block");
      const live = await unlessNamed(
        s3.send(new GetPublicAccessBlockCommand({ Bucket })),
        "NoSuchPublicAccessBlockConfiguration",
      );
      const found = live?.PublicAccessBlockConfiguration;
      return sameFields(
        "publicAccess.",
        {
          blockPublicAcls: expected?.block_public_acls ?? false,
          blockPublicPolicy: expected?.block_public_policy ?? false,
          ignorePublicAcls: expected?.ignore_public_acls ?? false,
          restrictPublicBuckets: expected?.restrict_public_buckets ?? false,
        },
        {
          blockPublicAcls: found?.BlockPublicAcls ?? false,
          blockPublicPolicy: found?.BlockPublicPolicy ?? false,
          ignorePublicAcls: found?.IgnorePublicAcls ?? false,
          restrictPublicBuckets: found?.RestrictPublicBuckets ?? false,
        },
      );
    }),
    aspect("policy", async () => {
      const expected = part("aws_s3_bucket_policy");
      const live = await unlessNamed(s3.send(new GetBucketPolicyCommand({ Bucket })), "NoSuchBucketPolicy");
      return policyDifferences(
        "policy",
        await references.resolve(expected?.policy ?? "{}"),
        live?.Policy ?? "{}",
        { openPath: "openPolicy" },
      );
    }),
    aspect("encryption", async () => {
      const expected = part("aws_s3_bucket_server_side_encryption_configuration");
      if (expected === undefined) return [];
      const live = await unlessNamed(
        s3.send(new GetBucketEncryptionCommand({ Bucket })),
        "ServerSideEncryptionConfigurationNotFoundError",
      );
      const [rule] = await references.resolve(expected.rule);
      const [found] = live?.ServerSideEncryptionConfiguration?.Rules ?? [];
      const [wanted, actual] = [
        rule?.apply_server_side_encryption_by_default,
        found?.ApplyServerSideEncryptionByDefault,
      ];
      return sameFields(
        "encryption.",
        {
          algorithm: wanted?.sse_algorithm,
          key: wanted?.kms_master_key_id,
          bucketKey: rule?.bucket_key_enabled,
        },
        {
          algorithm: actual?.SSEAlgorithm,
          key: actual?.KMSMasterKeyID,
          bucketKey: found?.BucketKeyEnabled ?? false,
        },
      );
    }),
    aspect("versioning", async () => {
      const expected = part("aws_s3_bucket_versioning")?.versioning_configuration.status ?? "Disabled";
      const { Status = "Disabled" } = await s3.send(new GetBucketVersioningCommand({ Bucket }));
      return same("versioning", expected, Status);
    }),
    aspect("ownership", async () => {
      const expected = part("aws_s3_bucket_ownership_controls");
      if (expected === undefined) return [];
      const live = await unlessNamed(
        s3.send(new GetBucketOwnershipControlsCommand({ Bucket })),
        "OwnershipControlsNotFoundError",
      );
      const [rule] = live?.OwnershipControls?.Rules ?? [];
      return same("ownership", expected.rule.object_ownership, rule?.ObjectOwnership);
    }),
    aspect("lifecycle", async () => {
      const expected = part("aws_s3_bucket_lifecycle_configuration");
      const live = await unlessNamed(
        s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket })),
        "NoSuchLifecycleConfiguration",
      );
      return lifecycleDifferences(expected?.rule ?? [], live?.Rules ?? []);
    }),
  );
  return { differences };
}

/** A rule that nobody declared may delete what is to be kept. */
export function lifecycleDifferences(
  expected: Declared<"aws_s3_bucket_lifecycle_configuration">["rule"],
  live: readonly LifecycleRule[],
): readonly Difference[] {
  const ids = new Set(expected.map(({ id }) => id));
  return [
    ...expected.flatMap((rule) => {
      const found = live.find(({ ID }) => ID === rule.id);
      return same(`lifecycle.${rule.id}`, declaredRule(rule), found && liveRule(found));
    }),
    ...live
      .filter(({ ID = "" }) => !ids.has(ID))
      .map(({ ID = "a rule" }) => undeclared(`lifecycle.${ID}`, "a rule", declareOrRemove)),
  ];
}

const declaredRule = (rule: Declared<"aws_s3_bucket_lifecycle_configuration">["rule"][number]) =>
  compact({
    status: rule.status,
    prefix: rule.filter[0]?.prefix,
    days: rule.expiration[0]?.days,
    deleteMarkers: rule.expiration[0]?.expired_object_delete_marker,
    noncurrentDays: rule.noncurrent_version_expiration[0]?.noncurrent_days,
    noncurrentKept: rule.noncurrent_version_expiration[0]?.newer_noncurrent_versions,
    unfinishedDays: rule.abort_incomplete_multipart_upload[0]?.days_after_initiation,
  });

const liveRule = (rule: LifecycleRule) =>
  compact({
    status: rule.Status,
    prefix: rule.Filter?.Prefix,
    days: rule.Expiration?.Days,
    deleteMarkers: rule.Expiration?.ExpiredObjectDeleteMarker,
    noncurrentDays: rule.NoncurrentVersionExpiration?.NoncurrentDays,
    noncurrentKept: rule.NoncurrentVersionExpiration?.NewerNoncurrentVersions,
    unfinishedDays: rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation,
  });

/** What is off is not said, or said to be false, zero or empty. */
const compact = (fields: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => Boolean(value)));
