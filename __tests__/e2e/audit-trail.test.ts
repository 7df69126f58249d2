/**
 * The runbook of the audit trail, command by command, on a local AWS. That records no call, so the records are here
 * as CloudTrail writes them (DynamoDB: "Understanding DynamoDB log file entries").
 */

import { gzipSync } from "node:zlib";
import {
  CloudTrailClient,
  CreateTrailCommand,
  DeleteTrailCommand,
  DescribeTrailsCommand,
  GetEventSelectorsCommand,
  GetTrailStatusCommand,
  StartLoggingCommand,
  StopLoggingCommand,
} from "@aws-sdk/client-cloudtrail";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  HeadBucketCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { awsClients, awsConfiguration, type AwsClients } from "../../scripts/lib/aws";
import { findExisting, lookupsOf } from "../../scripts/lib/deploy/existing";
import { startLocalAws, type LocalAws } from "../../scripts/local/local-aws";
import { loadEnvironments } from "../../stacks/environments";
import { commandBlocks } from "../support/documents";
import { account } from "../support/policies";
import { change, plannedStack } from "../support/planned";
import { cleanVariables, runScript } from "../support/scripts";

const Bucket = `design-analysis-audit-dev-${account}-us-east-1`;
const Name = "design-analysis-audit-dev";
const minutes = 60_000;

let aws: LocalAws;
let variables: NodeJS.ProcessEnv;
let clients: AwsClients;
let s3: S3Client;
let trails: CloudTrailClient;
beforeAll(async () => {
  aws = await startLocalAws({ variables: cleanVariables() });
  variables = cleanVariables(aws.variables);
  const { dev } = loadEnvironments(variables);
  const configuration = awsConfiguration(dev, {}, variables);
  clients = awsClients(dev, {}, variables);
  s3 = new S3Client({ ...configuration, forcePathStyle: true });
  trails = new CloudTrailClient(configuration);
}, 60_000);
afterAll(() => aws.stop());

const documented = commandBlocks("docs/runbooks/audit-trail.md").flatMap(({ commands }) => commands);

/** Runs the runbook's one command that ends so, with more arguments behind it. */
function carryOut(ending: string, ...more: readonly string[]) {
  const [command, ...others] = documented.filter((one) => one.endsWith(ending));
  expect({ ending, others, isThere: command !== undefined }).toEqual({ ending, others: [], isThere: true });
  const [, script = "", rest = ""] = /^npm run ([\w-]+) -- (.+)$/.exec(command ?? "") ?? [];
  return runScript(script, [...rest.split(" "), ...more], variables);
}

const role = (session: string) => `arn:aws:sts::${account}:assumed-role/design-analysis-write-dev/${session}`;

function record(eventName: string, eventTime: string, requestParameters: object, more: object = {}) {
  return {
    eventVersion: "1.10",
    userIdentity: { type: "AssumedRole", arn: role("design-analysis-write-dev") },
    eventTime,
    eventSource: "dynamodb.amazonaws.com",
    eventName,
    awsRegion: "us-east-1",
    sourceIPAddress: "203.0.113.9",
    requestParameters: { tableName: "design-analysis-tracking-dev", ...requestParameters },
    responseElements: null,
    readOnly: /^(Get|Query|Scan|BatchGet)/.test(eventName),
    resources: [
      {
        accountId: account,
        type: "AWS::DynamoDB::Table",
        ARN: `arn:aws:dynamodb:us-east-1:${account}:table/design-analysis-tracking-dev`,
      },
    ],
    eventCategory: "Data",
    ...more,
  };
}

const ofItem = (request_id: string) => ({ key: { request_id } });

/** As CloudTrail delivers it. */
const deliver = (day: string, file: string, Records: readonly object[]) =>
  s3.send(
    new PutObjectCommand({
      Bucket,
      Key: `AWSLogs/${account}/CloudTrail/us-east-1/${day}/${account}_CloudTrail_us-east-1_${file}.json.gz`,
      Body: gzipSync(JSON.stringify({ Records })),
    }),
  );

it("without a trail nobody can tell who changed an item: exit 2, and what to do", async () => {
  const { code, stdout, stderr } = await carryOut("--item analysis_abc123", "--json");
  expect(code).toBe(2);
  expect(JSON.parse(stdout)).toMatchObject({ schemaVersion: 1, outcome: "could not tell" });
  expect(stderr).toContain(`There is no trail ${Name}: deploy its stack first`);
});

it(
  "the documented deployment records the table, and nobody can delete a record",
  async () => {
    const { code, stderr } = await carryOut("design-analysis-audit --yes");
    expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });

    const { AdvancedEventSelectors } = await trails.send(new GetEventSelectorsCommand({ TrailName: Name }));
    expect(AdvancedEventSelectors?.[0]?.FieldSelectors).toContainEqual(
      expect.objectContaining({
        Field: "resources.ARN",
        Equals: [`arn:aws:dynamodb:us-east-1:${account}:table/design-analysis-tracking-dev`],
      }),
    );
    expect(await trails.send(new GetTrailStatusCommand({ Name }))).toMatchObject({ IsLogging: true });
    await deliver("2026/11/20", "20261120T0005Z_early", [
      record("GetItem", "2026-11-20T00:01:00Z", ofItem("analysis_abc123")),
    ]);
    const Key = (await s3.send(new ListObjectsV2Command({ Bucket }))).Contents?.[0]?.Key;
    await expect(s3.send(new DeleteObjectCommand({ Bucket, Key }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 403 },
    });
  },
  5 * minutes,
);

it("a trail is described alone where there are two, and stopped and started by its ARN", async () => {
  const other = "another-trail";
  await s3.send(new CreateBucketCommand({ Bucket: other }));
  await trails.send(new CreateTrailCommand({ Name: other, S3BucketName: other }));
  const arn = `arn:aws:cloudtrail:us-east-1:${account}:trail/${other}`;
  const described = async (...trailNameList: readonly string[]) =>
    (await trails.send(new DescribeTrailsCommand({ trailNameList: [...trailNameList] }))).trailList?.map(
      (trail) => trail.Name,
    );
  expect(await described(arn)).toEqual([other]);
  expect(await described(Name)).toEqual([Name]);
  expect(await described()).toEqual([Name, other]);
  const isLogging = async () => (await trails.send(new GetTrailStatusCommand({ Name: other }))).IsLogging;
  await trails.send(new StartLoggingCommand({ Name: arn }));
  expect(await isLogging()).toBe(true);
  await trails.send(new StopLoggingCommand({ Name: arn }));
  expect(await isLogging()).toBe(false);
  await trails.send(new DeleteTrailCommand({ Name: arn }));
  expect(await described()).toEqual([Name]);
});

it("a deployment finds bucket, trail and key that are there already", async () => {
  const { dev } = loadEnvironments(variables);
  const lookups = lookupsOf(clients, awsConfiguration(dev, {}, variables));
  const created = (address: string, after: Record<string, string>) => change(address, "create", { after });
  const plan = (bucket: string, name: string) =>
    plannedStack("design-analysis-audit-dev", [
      created("aws_s3_bucket.audit", { bucket }),
      created("aws_cloudtrail.audit", { name }),
      created("aws_kms_key.audit", { description: "Audit trail of design-analysis in dev" }),
    ]);
  expect(await findExisting(plan(Bucket, Name), lookups)).toEqual({
    adoptable: [
      { address: "aws_cloudtrail.audit", id: `arn:aws:cloudtrail:us-east-1:${account}:trail/${Name}` },
      { address: "aws_kms_key.audit", id: expect.stringMatching(/^[\da-f-]{36}$/) as string },
      { address: "aws_s3_bucket.audit", id: Bucket },
    ],
    notes: [],
  });
  const { adoptable } = await findExisting(plan("design-analysis-audit-none", "none"), lookups);
  expect(adoptable.map(({ address }) => address)).toEqual(["aws_kms_key.audit"]);
});

describe("who read or changed an item", () => {
  const today = new Date().toISOString().slice(0, 10);

  it("is told of today, in the order of time, with what DynamoDB refused", async () => {
    await deliver(today.replaceAll("-", "/"), `${today}_b`, [
      record("TransactWriteItems", `${today}T00:00:03Z`, {
        requestItems: [{ operation: "Put", ...ofItem("analysis_abc123") }],
      }),
      record("UpdateItem", `${today}T00:00:02Z`, ofItem("analysis_xyz789")),
    ]);
    await deliver(today.replaceAll("-", "/"), `${today}_a`, [
      record("UpdateItem", `${today}T00:00:01Z`, ofItem("analysis_abc123"), {
        errorCode: "ConditionalCheckFailedException",
        userIdentity: { type: "IAMUser", arn: `arn:aws:iam::${account}:user/ana` },
      }),
    ]);
    const { code, stdout, stderr } = await carryOut("--item analysis_abc123");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toBe(
      `${today}T00:00:01Z  write  UpdateItem  arn:aws:iam::${account}:user/ana  203.0.113.9  ` +
        "ConditionalCheckFailedException\n" +
        `${today}T00:00:03Z  write  TransactWriteItems  ${role("design-analysis-write-dev")}  203.0.113.9\n`,
    );
  });

  it("is told of other days, to machines too", async () => {
    const { code, stdout } = await carryOut("--to 2026-11-21", "--json");
    expect(code).toBe(0);
    const document = JSON.parse(stdout) as { readonly calls: readonly object[] };
    expect(document).toMatchObject({
      schemaVersion: 1,
      environment: "dev",
      outcome: "found",
      isLogging: true,
    });
    expect(document.calls).toContainEqual({
      time: "2026-11-20T00:01:00Z",
      call: "GetItem",
      kind: "read",
      who: role("design-analysis-write-dev"),
      from: "203.0.113.9",
      tables: ["design-analysis-tracking-dev"],
    });
  });

  it("is nobody where no record names it: exit 1; and a trail that somebody has stopped is told of", async () => {
    await trails.send(new StopLoggingCommand({ Name }));
    const { code, stdout, stderr } = await carryOut("--to 2026-11-21", "--item", "analysis_none");
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^No call in \d+ files of records of 21 days\./);
    expect(stderr).toContain("THE TRAIL IS STOPPED");
  });
});

it(
  "the documented rollback refuses while there are records, and takes all with them",
  async () => {
    const [ending, withRecords] = ["--with-records --yes", "--with-records"];
    const command = documented.find((one) => one.endsWith(ending)) ?? "";
    const args = command.replace("npm run rollback -- ", "").split(" ");
    const kept = await runScript(
      "rollback",
      [...args.filter((one) => one !== withRecords), "--json"],
      variables,
    );
    expect(kept.code).toBe(1);
    expect(JSON.parse(kept.stdout)).toMatchObject({
      outcome: "refused",
      error: expect.stringContaining(`${Bucket} holds records, and goes only without any.`) as string,
    });
    expect((await trails.send(new DescribeTrailsCommand({}))).trailList).toHaveLength(1);

    const { code, stdout, stderr } = await carryOut(ending, "--json");
    expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
    expect(JSON.parse(stdout)).toMatchObject({ outcome: "rolled back", bucket: Bucket, hasRecords: true });
    await expect(s3.send(new HeadBucketCommand({ Bucket }))).rejects.toMatchObject({ name: "NotFound" });
    expect((await trails.send(new DescribeTrailsCommand({}))).trailList).toEqual([]);
  },
  5 * minutes,
);
