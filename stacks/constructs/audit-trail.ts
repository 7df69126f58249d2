import { Cloudtrail } from "@cdktf/provider-aws/lib/cloudtrail";
import { S3BucketLifecycleConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration";
import { TerraformOutput } from "cdktf";
import { Construct } from "constructs";
import { tableName } from "../../tables/naming";
import type { TableSpec } from "../../tables/table-spec";
import { auditBucketName, keyAlias, trailArn, trailName, type AuditedSystem } from "../naming";
import type { SystemStack } from "../system-stack";
import { CustomerKey } from "./customer-key";
import { bucketArn, everyone, PrivateBucket } from "./private-bucket";

const cloudTrail = "cloudtrail.amazonaws.com";
const unfinishedUploadDays = 7;

export interface AuditTrailProps {
  readonly system: AuditedSystem;
  readonly tables: readonly TableSpec[];
}

/**
 * Records every read and write of the tables' items (AWS: "Logging data events"): who, when, from where, by which
 * key of an item; never an item's other attributes. The calls that manage tables are not in it: CloudTrail shows
 * them for 90 days without a trail, and an account has a trail for those of all its services.
 */
export class AuditTrail extends Construct {
  constructor(
    private readonly stack: SystemStack,
    { system, tables }: AuditTrailProps,
  ) {
    super(stack, "audit");
    const { environment, accountId } = stack;
    const { name, region } = environment;
    const trail = trailArn(system, environment, accountId);
    const key = new CustomerKey(this, {
      logicalId: "audit",
      alias: keyAlias(system, name, "audit"),
      description: `Audit trail of ${system} in ${name}`,
      isProtected: environment.protected,
      accountId,
      use: keyStatements(trail, accountId),
    });
    const bucketName = auditBucketName(system, environment, accountId);
    const records = new PrivateBucket(stack, {
      name: bucketName,
      logicalId: "audit",
      isProtected: environment.protected,
      keyArn: key.arn,
      statements: [
        ...deliveryStatements({ bucketName, trail, accountId }),
        ...keepStatements(bucketName),
        // The local AWS judges a policy without its conditions: nobody could write there.
        ...(stack.onLocalAws ? [] : [onlyCloudTrailWrites(bucketName)]),
      ],
    });
    const cloudtrail = new Cloudtrail(this, "trail", {
      name: trailName(system, name),
      s3BucketName: records.bucket.id,
      kmsKeyId: key.arn,
      enableLogFileValidation: true,
      advancedEventSelector: [
        {
          name: `Items of ${system}`,
          fieldSelector: [
            { field: "eventCategory", equalTo: ["Data"] },
            { field: "resources.type", equalTo: ["AWS::DynamoDB::Table"] },
            {
              field: "resources.ARN",
              equalTo: tables.map(
                (spec) => `arn:aws:dynamodb:${region}:${accountId}:table/${tableName(spec, name)}`,
              ),
            },
          ],
        },
      ],
      // CloudTrail looks whether it may write before it takes the bucket.
      dependsOn: [records.policy],
    });
    cloudtrail.overrideLogicalId("audit");
    // The provider waits a minute until S3 has spread it, on the local AWS too, whose records live for minutes.
    if (!stack.onLocalAws) this.expire(records);
    new TerraformOutput(this, "bucket", { value: records.bucket.id }).overrideLogicalId("audit_bucket");
    new TerraformOutput(this, "arn", { value: cloudtrail.arn }).overrideLogicalId("trail_arn");
  }

  private expire({ bucket }: PrivateBucket): void {
    const lifecycle = new S3BucketLifecycleConfiguration(this, "lifecycle", {
      bucket: bucket.id,
      rule: [
        {
          id: "retention",
          status: "Enabled",
          filter: [{ prefix: "" }],
          expiration: [{ days: this.stack.environment.auditRetentionDays }],
          abortIncompleteMultipartUpload: [{ daysAfterInitiation: unfinishedUploadDays }],
        },
      ],
    });
    lifecycle.overrideLogicalId("audit");
  }
}

/**
 * AWS: "Configure AWS KMS key policies for CloudTrail". Whoever reads records needs the right to decrypt from IAM
 * beside this; the key is of no use for anything but this trail's records.
 */
const keyStatements = (trail: string, accountId: string) => {
  const ofTrail = {
    StringEquals: { "aws:SourceArn": trail, "kms:EncryptionContext:aws:cloudtrail:arn": trail },
  };
  const service = { Effect: "Allow", Principal: { Service: cloudTrail }, Resource: "*" };
  return [
    { ...service, Sid: "EncryptRecords", Action: "kms:GenerateDataKey*", Condition: ofTrail },
    {
      ...service,
      Sid: "DescribeTheKey",
      Action: "kms:DescribeKey",
      Condition: { StringEquals: { "aws:SourceArn": trail } },
    },
    {
      Sid: "ReadRecords",
      Effect: "Allow",
      Principal: { AWS: `arn:aws:iam::${accountId}:root` },
      Action: "kms:Decrypt",
      Resource: "*",
      Condition: { StringEquals: { "kms:EncryptionContext:aws:cloudtrail:arn": trail } },
    },
  ];
};

/** AWS: "Amazon S3 bucket policy for CloudTrail". */
const deliveryStatements = ({
  bucketName,
  trail,
  accountId,
}: {
  readonly bucketName: string;
  readonly trail: string;
  readonly accountId: string;
}) => {
  const service = { Effect: "Allow", Principal: { Service: cloudTrail } };
  return [
    {
      ...service,
      Sid: "AWSCloudTrailAclCheck",
      Action: "s3:GetBucketAcl",
      Resource: bucketArn(bucketName),
      Condition: { StringEquals: { "aws:SourceArn": trail } },
    },
    {
      ...service,
      Sid: "AWSCloudTrailWrite",
      Action: "s3:PutObject",
      Resource: `${bucketArn(bucketName)}/AWSLogs/${accountId}/*`,
      Condition: {
        StringEquals: { "aws:SourceArn": trail, "s3:x-amz-acl": "bucket-owner-full-control" },
      },
    },
  ];
};

/** What expires is S3's own doing. */
const keepStatements = (bucketName: string) => [
  {
    ...everyone,
    Sid: "KeepRecords",
    Action: ["s3:DeleteObject", "s3:DeleteObjectVersion"],
    Resource: `${bucketArn(bucketName)}/*`,
  },
];

/** So there is nothing to overwrite either, and no need for versions. */
const onlyCloudTrailWrites = (bucketName: string) => ({
  ...everyone,
  Sid: "OnlyCloudTrailWrites",
  Action: "s3:PutObject",
  Resource: `${bucketArn(bucketName)}/*`,
  Condition: { StringNotEquals: { "aws:PrincipalServiceName": cloudTrail } },
});
