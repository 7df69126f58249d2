import * as v from "valibot";

const text = v.string();
const flag = v.optional(v.boolean(), false);
const days = v.optional(v.number());

/** A bucket, and what the AWS provider has as resources of their own beside it. */
export const bucketSchemas = {
  aws_s3_bucket: v.object({ bucket: text }),
  aws_s3_bucket_policy: v.object({ bucket: text, policy: text }),
  aws_s3_bucket_public_access_block: v.object({
    bucket: text,
    block_public_acls: flag,
    block_public_policy: flag,
    ignore_public_acls: flag,
    restrict_public_buckets: flag,
  }),
  aws_s3_bucket_server_side_encryption_configuration: v.object({
    bucket: text,
    rule: v.array(
      v.object({
        bucket_key_enabled: flag,
        apply_server_side_encryption_by_default: v.object({
          sse_algorithm: text,
          kms_master_key_id: v.optional(text),
        }),
      }),
    ),
  }),
  aws_s3_bucket_versioning: v.object({ bucket: text, versioning_configuration: v.object({ status: text }) }),
  aws_s3_bucket_ownership_controls: v.object({ bucket: text, rule: v.object({ object_ownership: text }) }),
  aws_s3_bucket_lifecycle_configuration: v.object({
    bucket: text,
    rule: v.array(
      v.object({
        id: text,
        status: text,
        filter: v.optional(v.array(v.object({ prefix: v.optional(text, "") })), []),
        expiration: v.optional(
          v.array(v.object({ days, expired_object_delete_marker: v.optional(v.boolean()) })),
          [],
        ),
        noncurrent_version_expiration: v.optional(
          v.array(v.object({ noncurrent_days: days, newer_noncurrent_versions: days })),
          [],
        ),
        abort_incomplete_multipart_upload: v.optional(
          v.array(v.object({ days_after_initiation: v.number() })),
          [],
        ),
      }),
    ),
  }),
} as const;
