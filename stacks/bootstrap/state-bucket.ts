import type { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketLifecycleConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration";
import { S3BucketVersioningA } from "@cdktf/provider-aws/lib/s3-bucket-versioning";
import { Construct } from "constructs";
import { bucketArn, everyone, PrivateBucket } from "../constructs/private-bucket";
import type { EnvironmentStack } from "../environment-stack";

/** A state that was overwritten can be called back for that long, and the latest of them for ever. */
const kept = { days: 90, versions: 100 };
const unfinishedUploadDays = 7;

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
    const { bucket } = new PrivateBucket(stack, {
      name,
      logicalId: "state",
      isProtected: true,
      adopt,
      statements: keepStatements(name),
    });
    const versioning = new S3BucketVersioningA(this, "versioning", {
      bucket: bucket.id,
      versioningConfiguration: { status: "Enabled" },
    });
    versioning.overrideLogicalId("state");
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

/** Terraform never deletes a state, it writes an empty one; locks are other objects; what expires is S3's own doing. */
const keepStatements = (name: string) => [
  {
    ...everyone,
    Sid: "KeepStates",
    Action: "s3:DeleteObject",
    Resource: [`${bucketArn(name)}/*/terraform.tfstate`],
  },
  { ...everyone, Sid: "KeepVersions", Action: "s3:DeleteObjectVersion", Resource: [`${bucketArn(name)}/*`] },
];
