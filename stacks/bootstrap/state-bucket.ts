import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketLifecycleConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration";
import { S3BucketOwnershipControls } from "@cdktf/provider-aws/lib/s3-bucket-ownership-controls";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block";
import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration";
import { S3BucketVersioningA } from "@cdktf/provider-aws/lib/s3-bucket-versioning";
import { Construct } from "constructs";
import type { EnvironmentStack } from "../environment-stack";

/** A state that was overwritten can be called back for that long, and the latest of them for ever. */
const kept = { days: 90, versions: 100 };
const unfinishedUploadDays = 7;
/** S3: "Bucket policy examples", requiring a minimum TLS version. */
const oldestTls = "1.2";

/**
 * The bucket of an environment's states: versioned, encrypted, private. S3's own keys encrypt it: the backend asks
 * for them whenever it has no KMS key (Terraform: "s3 backend", encrypt), they cost nothing, and nobody can lose
 * one and all states with it.
 */
export class StateBucket extends Construct {
  readonly name: string;

  /** @param adopt an existing bucket of that name: brought into the state instead of being made. */
  constructor(stack: EnvironmentStack, name: string, adopt: boolean) {
    super(stack, "state");
    this.name = name;
    const bucket = new S3Bucket(this, "bucket", { bucket: name, lifecycle: { preventDestroy: true } });
    bucket.overrideLogicalId("state");
    if (adopt) bucket.importFrom(name);
    const inBucket = { bucket: bucket.id };
    const versioning = new S3BucketVersioningA(this, "versioning", {
      ...inBucket,
      versioningConfiguration: { status: "Enabled" },
    });
    const encryption = new S3BucketServerSideEncryptionConfigurationA(this, "encryption", {
      ...inBucket,
      rule: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
    });
    const ownership = new S3BucketOwnershipControls(this, "ownership", {
      ...inBucket,
      rule: { objectOwnership: "BucketOwnerEnforced" },
    });
    const access = new S3BucketPublicAccessBlock(this, "access", {
      ...inBucket,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    const policy = new S3BucketPolicy(this, "policy", {
      ...inBucket,
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          // The local AWS has no TLS.
          ...(stack.onLocalAws ? [] : tlsStatements(name)),
          ...keepStatements(name),
        ],
      }),
      // S3 refuses two changes of a bucket's access at once.
      dependsOn: [access],
    });
    for (const part of [versioning, encryption, ownership, access, policy]) part.overrideLogicalId("state");
    // The provider waits a minute until S3 has spread it, on the local AWS too, whose states live for minutes.
    if (!stack.onLocalAws) this.expireVersions(bucket, versioning);
  }

  private expireVersions(bucket: S3Bucket, versioning: S3BucketVersioningA): void {
    const lifecycle = new S3BucketLifecycleConfiguration(this, "lifecycle", {
      bucket: bucket.id,
      rule: [
        {
          id: "old-versions",
          status: "Enabled",
          filter: [{ prefix: "" }],
          noncurrentVersionExpiration: [
            { noncurrentDays: kept.days, newerNoncurrentVersions: kept.versions },
          ],
          // Every lock that is given back leaves one.
          expiration: [{ expiredObjectDeleteMarker: true }],
          abortIncompleteMultipartUpload: [{ daysAfterInitiation: unfinishedUploadDays }],
        },
      ],
      dependsOn: [versioning],
    });
    lifecycle.overrideLogicalId("state");
  }
}

const everyone = { Effect: "Deny", Principal: "*" } as const;
const arnOf = (bucket: string): string => `arn:aws:s3:::${bucket}`;

function tlsStatements(name: string) {
  const all = { ...everyone, Action: "s3:*", Resource: [arnOf(name), `${arnOf(name)}/*`] };
  return [
    { ...all, Sid: "OnlyTls", Condition: { Bool: { "aws:SecureTransport": "false" } } },
    { ...all, Sid: "OnlyCurrentTls", Condition: { NumericLessThan: { "s3:TlsVersion": oldestTls } } },
  ];
}

/**
 * For administrators too, who can take the policy away first. Terraform never deletes a state, it writes an empty
 * one; locks are other objects; what expires is S3's own doing.
 */
const keepStatements = (name: string) => [
  {
    ...everyone,
    Sid: "KeepStates",
    Action: "s3:DeleteObject",
    Resource: [`${arnOf(name)}/*/terraform.tfstate`],
  },
  { ...everyone, Sid: "KeepVersions", Action: "s3:DeleteObjectVersion", Resource: [`${arnOf(name)}/*`] },
];
