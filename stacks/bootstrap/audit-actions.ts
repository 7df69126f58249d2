import { on, type ResourceActions } from "./scoped-actions";

/** Of audit trails and the buckets of their records: see resource-actions.ts. None of these reads a record. */
export const auditActions: Readonly<Record<string, ResourceActions>> = {
  aws_cloudtrail: {
    read: [
      on("anyTrail", "cloudtrail:DescribeTrails"),
      on(
        "trails",
        "cloudtrail:GetEventSelectors",
        "cloudtrail:GetInsightSelectors",
        // Before one is made, a deployment looks for the one that a killed run has made.
        "cloudtrail:GetTrail",
        "cloudtrail:GetTrailStatus",
        "cloudtrail:ListTags",
      ),
    ],
    write: [
      on(
        "trails",
        "cloudtrail:AddTags",
        "cloudtrail:CreateTrail",
        "cloudtrail:PutEventSelectors",
        "cloudtrail:RemoveTags",
        "cloudtrail:StartLogging",
        "cloudtrail:UpdateTrail",
      ),
    ],
    loseData: [on("trails", "cloudtrail:DeleteTrail", "cloudtrail:StopLogging")],
  },
  aws_s3_bucket: {
    // The provider reads all that a bucket ever had in one resource.
    read: [
      on(
        "auditBuckets",
        "s3:GetAccelerateConfiguration",
        "s3:GetBucketAcl",
        "s3:GetBucketCORS",
        "s3:GetBucketLogging",
        "s3:GetBucketObjectLockConfiguration",
        "s3:GetBucketPolicy",
        "s3:GetBucketRequestPayment",
        "s3:GetBucketTagging",
        "s3:GetBucketVersioning",
        "s3:GetBucketWebsite",
        "s3:GetEncryptionConfiguration",
        "s3:GetLifecycleConfiguration",
        "s3:GetReplicationConfiguration",
        "s3:ListBucket",
      ),
    ],
    write: [on("auditBuckets", "s3:CreateBucket", "s3:PutBucketTagging")],
    loseData: [on("auditBuckets", "s3:DeleteBucket")],
  },
  aws_s3_bucket_lifecycle_configuration: {
    read: [on("auditBuckets", "s3:GetLifecycleConfiguration")],
    write: [on("auditBuckets", "s3:PutLifecycleConfiguration")],
  },
  aws_s3_bucket_ownership_controls: {
    read: [on("auditBuckets", "s3:GetBucketOwnershipControls")],
    write: [on("auditBuckets", "s3:PutBucketOwnershipControls")],
  },
  aws_s3_bucket_policy: {
    read: [on("auditBuckets", "s3:GetBucketPolicy")],
    write: [on("auditBuckets", "s3:PutBucketPolicy")],
    // What keeps records from being deleted stands in it.
    loseData: [on("auditBuckets", "s3:DeleteBucketPolicy")],
  },
  aws_s3_bucket_public_access_block: {
    read: [on("auditBuckets", "s3:GetBucketPublicAccessBlock")],
    write: [on("auditBuckets", "s3:PutBucketPublicAccessBlock")],
  },
  aws_s3_bucket_server_side_encryption_configuration: {
    read: [on("auditBuckets", "s3:GetEncryptionConfiguration")],
    write: [on("auditBuckets", "s3:PutEncryptionConfiguration")],
  },
};
