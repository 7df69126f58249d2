/** `npm run export` on the local AWS: to S3 as of a point in time, and to a file. */

import { CreateTableCommand, DynamoDBClient, UpdateContinuousBackupsCommand } from "@aws-sdk/client-dynamodb";
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { awsConfiguration } from "../../scripts/lib/aws";
import { root } from "../../scripts/lib/paths";
import { run } from "../../scripts/lib/process";
import { createTableInput } from "../../scripts/local/dynamodb-emulator";
import { startLocalAws, type LocalAws } from "../../scripts/local/local-aws";
import { loadEnvironments } from "../../stacks/environments";
import { conversations } from "../../tables/conversations";
import { tableName } from "../../tables/naming";
import { conversationItems } from "../support/conversation-items";
import { commandBlocks } from "../support/documents";
import { temporaryFolder } from "../support/functions";
import { cleanVariables, runScript } from "../support/scripts";

const bucket = "my-export-bucket";
const items = conversationItems(3);
const { folder, remove } = temporaryFolder();

let aws: LocalAws;
let dynamodb: DynamoDBClient;
let s3: S3Client;

beforeAll(async () => {
  aws = await startLocalAws({ variables: cleanVariables() });
  const configuration = awsConfiguration(loadEnvironments({}).prod, {}, cleanVariables(aws.variables));
  dynamodb = new DynamoDBClient(configuration);
  s3 = new S3Client({ ...configuration, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  const documents = DynamoDBDocumentClient.from(dynamodb);
  for (const environment of ["prod", "dev"] as const) {
    const TableName = tableName(conversations, environment);
    await dynamodb.send(new CreateTableCommand(createTableInput(conversations, environment)));
    for (const Item of items) await documents.send(new PutCommand({ TableName, Item }));
  }
  const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: true };
  const TableName = tableName(conversations, "prod");
  await dynamodb.send(new UpdateContinuousBackupsCommand({ TableName, PointInTimeRecoverySpecification }));
});
afterAll(async () => {
  dynamodb.destroy();
  s3.destroy();
  await aws.stop();
  remove();
});

const exportTable = (...args: readonly string[]) =>
  runScript("export", ["--table", "conversations", "--env", "prod", ...args], aws.variables);
const keys = async (Prefix: string): Promise<readonly string[]> => {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix }));
  return Contents.map(({ Key = "" }) => Key);
};
const read = async (Key: string): Promise<Buffer> => {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
};
const parseLines = (text: string): readonly unknown[] =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as unknown);
const byId = (one: unknown, other: unknown): number => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1);

it("does what the runbook says, command by command", async () => {
  const commands = commandBlocks("docs/runbooks/export-a-table.md").flatMap((block) => block.commands);
  expect(commands).toHaveLength(2);
  const [toS3, toStdout] = commands;
  const runCommand = (command = "") =>
    run("bash", ["-c", command], { cwd: root, env: { ...cleanVariables(aws.variables), CI: "1" } });
  const exported = await runCommand(toS3);
  expect(exported.code).toBe(0);
  expect(exported.stdout).toMatch(
    /Exported 3 items of cg-chatbot-conversations, as of \S+Z: \d\.\d kB in 1 file\./,
  );
  expect(exported.stdout).toMatch(
    /Manifest: s3:\/\/my-export-bucket\/cg-chatbot-conversations\/AWSDynamoDB\/\w+\/manifest-summary\.json/,
  );
  const scanned = await runCommand(toStdout);
  expect(scanned.code).toBe(0);
  expect([...parseLines(scanned.stdout)].sort(byId)).toEqual(items);
  expect(scanned.stderr).toContain("Exported 3 items of cg-chatbot-conversations (");
});

describe("an export to S3", () => {
  it("holds every item as DynamoDB JSON, and is told with its manifest, also when it is looked at again", async () => {
    const options = ["--bucket", bucket, "--prefix", "audits/", "--interval", "0.2", "--json"];
    const { code, stdout } = await exportTable(...options);
    expect(code).toBe(0);
    const document = JSON.parse(stdout) as {
      readonly arn: string;
      readonly manifest: { readonly key: string };
    };
    expect(document).toMatchObject({
      schemaVersion: 1,
      environment: "prod",
      outcome: "exported",
      table: "cg-chatbot-conversations",
      manifest: { bucket, items: 3, files: 1 },
    });
    const written = await keys("audits/");
    expect(written).toContain(document.manifest.key);
    const again = ["--env", "prod", "--follow", document.arn];
    const followed = await runScript("export", again, aws.variables);
    expect(followed.stdout).toContain("Exported 3 items of cg-chatbot-conversations");
    const data = written.find((key) => key.endsWith(".json.gz")) ?? "";
    const lines = parseLines(gunzipSync(await read(data)).toString());
    expect([...lines].sort(byId)).toEqual(items.map((item) => ({ Item: marshall(item) })));
  });

  it("is one export of one moment, however often it is asked for", async () => {
    const moment = ["--bucket", bucket, "--prefix", "moments", "--at", "2026-01-02T03:04:05Z"];
    const documents = [];
    for (const args of [moment, moment]) {
      const { stdout } = await exportTable(...args, "--interval", "0.2", "--json");
      documents.push(JSON.parse(stdout) as { readonly arn: string; readonly exportTime: string });
    }
    const [first, second] = documents;
    expect(first?.exportTime).toBe("2026-01-02T03:04:05.000Z");
    expect(second?.arn).toBe(first?.arn);
    expect((await keys("moments/")).filter((key) => key.endsWith("manifest-summary.json"))).toHaveLength(1);
  });

  it("that fails says DynamoDB's reason: exit 1", async () => {
    const { code, stdout, stderr } = await exportTable("--bucket", "no-such-bucket", "--interval", "0.2");
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain(
      "The export failed (S3NoSuchBucket): The specified bucket does not exist. Put that right, then start",
    );
  });

  it("needs point-in-time recovery, and says how to get it: exit 1", async () => {
    const { code, stderr } = await exportTable("--env", "dev", "--bucket", bucket);
    expect(code).toBe(1);
    expect(stderr).toContain(
      "cg-chatbot-conversations-dev has no point-in-time recovery, and an export reads",
    );
    expect(stderr).toContain("deploy the table's stack, or make a small export with --to.");
  });

  it("is only announced by --dry-run", async () => {
    const { code, stdout } = await exportTable("--bucket", bucket, "--prefix", "dry", "--dry-run");
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^Would export cg-chatbot-conversations, about 3 items and .*, to s3:\/\/my-export-bucket\/dry\/AWSDynamoDB\/$/m,
    );
    expect(await keys("dry")).toEqual([]);
  });
});

describe("an export to a file", () => {
  const path = join(folder, "conversations.jsonl");

  it("is a line an item, for its owner's eyes alone, and replaces a file only with --force", async () => {
    const first = await exportTable("--to", path, "--json");
    expect(first.code).toBe(0);
    expect(JSON.parse(first.stdout)).toMatchObject({ outcome: "exported", file: path, items: 3 });
    expect([...parseLines(readFileSync(path, "utf8"))].sort(byId)).toEqual(items);
    expect(statSync(path).mode & 0o777).toBe(0o600);

    writeFileSync(path, "mine\n");
    const second = await exportTable("--to", path);
    expect([second.code, second.stdout]).toEqual([1, ""]);
    expect(second.stderr.trim()).toBe(
      `${path} is there already. Give another name, or --force to replace it.`,
    );
    expect(readFileSync(path, "utf8")).toBe("mine\n");

    expect((await exportTable("--to", path, "--force")).code).toBe(0);
    expect(parseLines(readFileSync(path, "utf8"))).toHaveLength(3);
    expect(readdirSync(folder)).toEqual(["conversations.jsonl"]);
  });

  it("cannot be made of a table that is not there, or where there is no folder: exit 2", async () => {
    const staging = await exportTable("--env", "staging", "--to", join(folder, "staging.jsonl"));
    expect(staging.code).toBe(2);
    expect(staging.stderr).toContain(
      "There is no table cg-chatbot-conversations-staging here. Deploy it, or",
    );
    const nowhere = await exportTable("--to", join(folder, "no-folder", "conversations.jsonl"));
    expect(nowhere.code).toBe(2);
    expect(nowhere.stderr).toContain("conversations.jsonl cannot be written: ENOENT");
    expect(readdirSync(folder)).toEqual(["conversations.jsonl"]);
  });
});
