import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketOwnershipControls } from "@cdktf/provider-aws/lib/s3-bucket-ownership-controls";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block";
import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration";
import { Construct } from "constructs";
import type { EnvironmentStack } from "../environment-stack";

/** S3: "Bucket policy examples", requiring a minimum TLS version. */
const oldestTls = "1.2";

export interface PrivateBucketProps {
  readonly name: string;
  /** Of the bucket and of every part of it. */
  readonly logicalId: string;
  readonly isProtected: boolean;
  /** Exists, and is brought into the state instead of being made. */
  readonly adopt?: boolean;
  /** S3's own keys where no key is given. */
  readonly keyArn?: string;
  /** Of its policy, beside those about TLS. */
  readonly statements: readonly object[];
}

/** A bucket that only its account reaches, over TLS alone, without ACLs, and encrypted. */
export class PrivateBucket extends Construct {
  readonly bucket: S3Bucket;
  /** What is written by a service needs this first. */
  readonly policy: S3BucketPolicy;

  constructor(
    stack: EnvironmentStack,
    { name, logicalId, isProtected, adopt = false, keyArn, statements }: PrivateBucketProps,
  ) {
    super(stack, `${logicalId}-bucket`);
    const bucket = new S3Bucket(this, "bucket", { bucket: name, lifecycle: { preventDestroy: isProtected } });
    bucket.overrideLogicalId(logicalId);
    if (adopt) bucket.importFrom(name);
    const inBucket = { bucket: bucket.id };
    const encryption = new S3BucketServerSideEncryptionConfigurationA(this, "encryption", {
      ...inBucket,
      rule: [
        {
          applyServerSideEncryptionByDefault:
            keyArn === undefined
              ? { sseAlgorithm: "AES256" }
              : { sseAlgorithm: "aws:kms", kmsMasterKeyId: keyArn },
        },
      ],
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
        // The local AWS has no TLS.
        Statement: [...(stack.onLocalAws ? [] : tlsStatements(name)), ...statements],
      }),
      // S3 refuses two changes of a bucket's access at once.
      dependsOn: [access],
    });
    for (const part of [encryption, ownership, access, policy]) part.overrideLogicalId(logicalId);
    this.bucket = bucket;
    this.policy = policy;
  }
}

/** Denied to administrators too, who can take the policy away first. */
export const everyone = { Effect: "Deny", Principal: "*" } as const;
export const bucketArn = (bucket: string): string => `arn:aws:s3:::${bucket}`;

function tlsStatements(name: string) {
  const all = { ...everyone, Action: "s3:*", Resource: [bucketArn(name), `${bucketArn(name)}/*`] };
  return [
    { ...all, Sid: "OnlyTls", Condition: { Bool: { "aws:SecureTransport": "false" } } },
    { ...all, Sid: "OnlyCurrentTls", Condition: { NumericLessThan: { "s3:TlsVersion": oldestTls } } },
  ];
}
