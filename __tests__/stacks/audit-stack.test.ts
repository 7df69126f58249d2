import { tablesOf } from "../../tables/catalogue";
import { environmentNames } from "../../tables/naming";
import { account, statementsOf, withAccount } from "../support/policies";
import { resource, synthesize, type Block } from "../support/synthesis";

const prod = synthesize("design-analysis-audit-prod");
const inProd = (type: string): Block => resource(prod, type, "audit");
const trailArn = `arn:aws:cloudtrail:us-east-1:${account}:trail/design-analysis-audit`;
const bucketArn = `arn:aws:s3:::design-analysis-audit-prod-${account}-us-east-1`;
const cloudTrail = { Service: "cloudtrail.amazonaws.com" };
const named = (block: Block, sid: string) =>
  statementsOf(block).find(({ Sid }) => Sid === sid) as unknown as Block;

describe("the trail", () => {
  const [selector, ...others] = inProd("aws_cloudtrail")["advanced_event_selector"] as readonly Block[];
  const fields = selector?.["field_selector"] as readonly Block[];

  it("records reads and writes of items, of nothing but document 004's tables, by their exact ARNs", () => {
    expect(others).toEqual([]);
    expect(JSON.parse(withAccount(JSON.stringify(fields)))).toEqual([
      { field: "eventCategory", equals: ["Data"] },
      { field: "resources.type", equals: ["AWS::DynamoDB::Table"] },
      {
        field: "resources.ARN",
        equals: [`arn:aws:dynamodb:us-east-1:${account}:table/design-analysis-tracking`],
      },
    ]);
    expect(JSON.stringify(fields)).not.toContain("*");
  });

  it("is of as many tables as the system has", () => {
    expect((fields.at(-1)?.["equals"] as readonly string[]).length).toBe(tablesOf("design-analysis").length);
  });

  it("signs its records, encrypts them with its key, and begins only when it may write", () => {
    expect(inProd("aws_cloudtrail")).toMatchObject({
      name: "design-analysis-audit",
      enable_log_file_validation: true,
      kms_key_id: "${aws_kms_key.audit.arn}",
      s3_bucket_name: "${aws_s3_bucket.audit.id}",
      depends_on: ["aws_s3_bucket_policy.audit"],
    });
  });

  it("is in one region, as the tables are, and records no management", () => {
    expect(inProd("aws_cloudtrail")).not.toHaveProperty("is_multi_region_trail");
    expect(inProd("aws_cloudtrail")).not.toHaveProperty("event_selector");
  });

  it.each(environmentNames)("of %s names what is of that environment alone", (environment) => {
    const document = synthesize(`design-analysis-audit-${environment}`);
    const trail = resource(document, "aws_cloudtrail", "audit");
    const suffix = environment === "prod" ? "" : `-${environment}`;
    expect(trail["name"]).toBe(`design-analysis-audit${suffix}`);
    expect(JSON.stringify(trail)).toContain(`:table/design-analysis-tracking${suffix}"`);
    expect(resource(document, "aws_s3_bucket", "audit")["bucket"]).toBe(
      `design-analysis-audit-${environment}-\${data.aws_caller_identity.caller.account_id}-us-east-1`,
    );
  });
});

describe("the key", () => {
  const key = inProd("aws_kms_key");

  it("is the stack's own, and rotates", () => {
    expect(key).toMatchObject({ enable_key_rotation: true, deletion_window_in_days: 30 });
    expect(inProd("aws_kms_alias")["name"]).toBe("alias/design-analysis-audit-prod");
  });

  it("encrypts for this trail alone, as AWS documents it", () => {
    expect(named(key, "EncryptRecords")).toMatchObject({
      Principal: cloudTrail,
      Action: "kms:GenerateDataKey*",
      Condition: {
        StringEquals: { "aws:SourceArn": trailArn, "kms:EncryptionContext:aws:cloudtrail:arn": trailArn },
      },
    });
    expect(named(key, "DescribeTheKey")).toMatchObject({
      Principal: cloudTrail,
      Action: "kms:DescribeKey",
      Condition: { StringEquals: { "aws:SourceArn": trailArn } },
    });
  });

  it("decrypts this trail's records for those of the account to whom IAM allows it, and nothing else", () => {
    const decrypting = statementsOf(key).filter(({ Action }) =>
      [Action].flat().some((one) => /Decrypt|ReEncrypt|\*$/.test(one) && !one.startsWith("kms:Generate")),
    );
    expect(decrypting).toMatchObject([
      {
        Sid: "ReadRecords",
        Action: "kms:Decrypt",
        Condition: { StringEquals: { "kms:EncryptionContext:aws:cloudtrail:arn": trailArn } },
      },
    ]);
  });
});

describe("the bucket", () => {
  const policy = inProd("aws_s3_bucket_policy");

  it("is encrypted with that key, private, and without ACLs", () => {
    expect(inProd("aws_s3_bucket_server_side_encryption_configuration")["rule"]).toEqual([
      {
        apply_server_side_encryption_by_default: {
          sse_algorithm: "aws:kms",
          kms_master_key_id: "${aws_kms_key.audit.arn}",
        },
      },
    ]);
    expect(inProd("aws_s3_bucket_ownership_controls")["rule"]).toEqual({
      object_ownership: "BucketOwnerEnforced",
    });
    expect(inProd("aws_s3_bucket_public_access_block")).toMatchObject({
      block_public_acls: true,
      block_public_policy: true,
      ignore_public_acls: true,
      restrict_public_buckets: true,
    });
  });

  it("lets this trail look and write, each with its ARN", () => {
    expect(named(policy, "AWSCloudTrailAclCheck")).toMatchObject({
      Effect: "Allow",
      Principal: cloudTrail,
      Action: "s3:GetBucketAcl",
      Resource: bucketArn,
      Condition: { StringEquals: { "aws:SourceArn": trailArn } },
    });
    expect(named(policy, "AWSCloudTrailWrite")).toMatchObject({
      Effect: "Allow",
      Principal: cloudTrail,
      Action: "s3:PutObject",
      Resource: `${bucketArn}/AWSLogs/${account}/*`,
      Condition: {
        StringEquals: { "aws:SourceArn": trailArn, "s3:x-amz-acl": "bucket-owner-full-control" },
      },
    });
    expect(statementsOf(policy).filter(({ Effect }) => Effect === "Allow")).toHaveLength(2);
  });

  it("lets nobody delete or forge a record, administrators included, and nothing go without TLS", () => {
    const records = `${bucketArn}/*`;
    const denied = { Effect: "Deny", Principal: "*" };
    expect(statementsOf(policy).filter(({ Effect }) => Effect === "Deny")).toEqual([
      {
        ...denied,
        Sid: "OnlyTls",
        Action: "s3:*",
        Resource: [bucketArn, records],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
      {
        ...denied,
        Sid: "OnlyCurrentTls",
        Action: "s3:*",
        Resource: [bucketArn, records],
        Condition: { NumericLessThan: { "s3:TlsVersion": "1.2" } },
      },
      {
        ...denied,
        Sid: "KeepRecords",
        Action: ["s3:DeleteObject", "s3:DeleteObjectVersion"],
        Resource: records,
      },
      {
        ...denied,
        Sid: "OnlyCloudTrailWrites",
        Action: "s3:PutObject",
        Resource: records,
        Condition: { StringNotEquals: { "aws:PrincipalServiceName": "cloudtrail.amazonaws.com" } },
      },
    ]);
  });

  it.each([
    ["dev", 30],
    ["staging", 90],
    ["prod", 400],
  ])("of %s keeps records for %d days, and not for ever", (environment, days) => {
    const document = synthesize(`design-analysis-audit-${environment}`);
    expect(resource(document, "aws_s3_bucket_lifecycle_configuration", "audit")["rule"]).toEqual([
      {
        id: "retention",
        status: "Enabled",
        filter: [{ prefix: "" }],
        expiration: [{ days }],
        abort_incomplete_multipart_upload: [{ days_after_initiation: 7 }],
      },
    ]);
  });

  it.each([
    ["dev", false],
    ["local", false],
    ["staging", true],
    ["prod", true],
  ])("and the key of %s are kept by Terraform: %s", (environment, isProtected) => {
    const document = synthesize(`design-analysis-audit-${environment}`);
    for (const type of ["aws_s3_bucket", "aws_kms_key"]) {
      expect(resource(document, type, "audit")["lifecycle"]).toEqual({ prevent_destroy: isProtected });
    }
    expect(resource(document, "aws_s3_bucket", "audit")).not.toHaveProperty("force_destroy");
  });
});

it("on the local AWS, which has no TLS, judges no condition and forgets all, there is less", () => {
  const local = synthesize("design-analysis-audit-prod", { AWS_ENDPOINT_URL: "http://127.0.0.1:4566" });
  expect(statementsOf(resource(local, "aws_s3_bucket_policy", "audit")).map(({ Sid }) => Sid)).toEqual([
    "AWSCloudTrailAclCheck",
    "AWSCloudTrailWrite",
    "KeepRecords",
  ]);
  expect(local.resource).not.toHaveProperty("aws_s3_bucket_lifecycle_configuration");
});

it("the whole stack is what was reviewed", () => {
  expect({ ...prod, terraform: undefined, "//": undefined }).toMatchSnapshot();
});
