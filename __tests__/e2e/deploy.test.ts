/** `npm run deploy` on a local AWS: what it applies, and what is left when it, or its Terraform, is killed. */

import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DescribeTableCommand, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { DescribeKeyCommand, ListKeysCommand } from "@aws-sdk/client-kms";
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { AwsClient } from "aws4fetch";
import { awsClients, awsConfiguration, type AwsClients } from "../../scripts/lib/aws";
import type { Commit } from "../../scripts/lib/commits";
import { applyReviewed } from "../../scripts/lib/deploy/apply-reviewed";
import { plainBoard } from "../../scripts/lib/deploy/board";
import { releaseLock } from "../../scripts/lib/deploy/release-lock";
import { startLocalAws, type LocalAws } from "../../scripts/local/local-aws";
import { loadEnvironments } from "../../stacks/environments";
import type { EnvironmentName } from "../../tables/naming";
import { readReviewed } from "../../scripts/lib/deploy/reviewed-record";
import { root } from "../../scripts/lib/paths";
import { bucketName, deployHere } from "../support/deploy";
import { commandBlocks } from "../support/documents";
import { lightTerraform, plainTerraform } from "../support/light-terraform/light-terraform";
import { untilGone } from "../support/processes";
import { cleanVariables, runScript, startScript } from "../support/scripts";

let aws: LocalAws;
let variables: NodeJS.ProcessEnv;
let clients: AwsClients;
let s3: S3Client;
beforeAll(async () => {
  aws = await startLocalAws({ variables: cleanVariables(await lightTerraform()) });
  variables = cleanVariables(aws.variables);
  const { dev } = loadEnvironments(variables);
  clients = awsClients(dev, {}, variables);
  s3 = new S3Client({ ...awsConfiguration(dev, {}, variables), forcePathStyle: true });
}, 60_000);
afterAll(() => aws.stop());

const tables = async () => (await clients.dynamodb.send(new ListTablesCommand())).TableNames;

/** The arguments of the runbook's one command with that text. */
function documented(text: string): readonly string[] {
  const commands = commandBlocks("docs/runbooks/deploy.md").flatMap((block) => block.commands);
  const [command = "", ...others] = commands.filter((one) => one.includes(text));
  expect(others).toEqual([]);
  return command.replace(/^npm run deploy -- /, "").split(" ");
}

/** Ids of the keys of trade-status in an environment. */
async function keysIn(environment: EnvironmentName): Promise<readonly string[]> {
  const { Keys = [] } = await clients.kms.send(new ListKeysCommand());
  const described = await Promise.all(
    Keys.map(({ KeyId }) => clients.kms.send(new DescribeKeyCommand({ KeyId }))),
  );
  return described.flatMap(({ KeyMetadata: key }) =>
    key?.Description === `Tables of trade-status in ${environment}` ? [key.KeyId ?? ""] : [],
  );
}

/** Starts a deployment and waits until Terraform is at the key, for which it needs some seconds. */
async function startDeploying(
  environment: EnvironmentName,
  extra: NodeJS.ProcessEnv = {},
  ...options: readonly string[]
) {
  const args = documented("trade-status-tables --yes").map((arg) => (arg === "dev" ? environment : arg));
  const script = startScript("deploy", [...args, ...options], { ...variables, ...extra });
  await script.waitFor("applying 8 changes");
  while ((await keysIn(environment)).length === 0) await sleep(100);
  return script;
}

async function stateBucket(prefix: string): Promise<NodeJS.ProcessEnv> {
  const Bucket = bucketName();
  await s3.send(new CreateBucketCommand({ Bucket }));
  return { ...variables, [`${prefix}_STATE_BUCKET`]: Bucket };
}

/** The repository has no client for logs. */
async function createLogGroup(logGroupName: string): Promise<void> {
  const client = new AwsClient({
    accessKeyId: "local",
    secretAccessKey: "local",
    region: "us-east-1",
    service: "logs",
  });
  const { status } = await client.fetch(aws.endpoint, {
    method: "POST",
    headers: { "X-Amz-Target": "Logs_20140328.CreateLogGroup", "Content-Type": "application/x-amz-json-1.1" },
    body: JSON.stringify({ logGroupName }),
  });
  expect(status).toBe(200);
}

const quiet = { board: plainBoard({ write: () => undefined }), tell: () => undefined };

const lockOf = async (withBucket: NodeJS.ProcessEnv, prefix: string) => {
  const listed = await s3.send(new ListObjectsV2Command({ Bucket: withBucket[`${prefix}_STATE_BUCKET`] }));
  return (listed.Contents ?? []).filter(({ Key }) => Key?.endsWith(".tflock") === true);
};

it("a deployment holds its stack's state: another one is refused, says by whom, and the first one comes to its end", async () => {
  const first = await startDeploying("dev");
  const second = await deployHere(variables, "dev", ["trade-status-tables"]);
  expect(second.report).toMatchObject({
    outcome: "failed",
    stacks: [{ outcome: "failed", failure: { kind: "locked", lock: { operation: "OperationTypeApply" } } }],
  });
  expect(second.report.stacks[0]?.failure?.error).toMatch(
    /^The state of trade-status-tables-dev is locked by \S+@\S+, an apply since .* Wait until it has ended, and run this again\.$/,
  );
  expect(await first.ended).toBe(0);
  expect(first.output.stdout).toContain("✓ in spec: ai-trade-matching-processing-status-dev");

  const again = await runScript("deploy", documented("--plan-only"), variables);
  expect({ code: again.code, stdout: again.stdout }).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("✓ trade-status-tables-dev  no changes") as string,
  });
  expect(readReviewed(join(root, ".local/plans")).stacks).toMatchObject([{ isEmpty: true }]);
}, 180_000);

it("one table alone is deployed with its autoscaling and its key, and then nothing is left to do", async () => {
  const target = { target: "agent-profiles" };
  const first = await deployHere(variables, "dev", [], target);
  expect(first.report.outcome).toBe("deployed");
  expect(first.text).toContain("Targeted: only agent-profiles-dev, its autoscaling and its key.");
  expect(first.report.stacks[0]?.summary).toMatchObject({
    tables: [{ table: "agent-profiles-dev", changes: { length: 13 } }],
    others: [
      { address: "aws_cloudwatch_metric_alarm.agent-profiles__capacity" },
      { address: "aws_cloudwatch_metric_alarm.agent-profiles__system-errors" },
      { address: "aws_cloudwatch_metric_alarm.agent-profiles__throttles" },
      { address: "aws_kms_alias.key" },
      { address: "aws_kms_key.key" },
      { address: "aws_sns_topic.alarms" },
    ],
  });
  expect(await tables()).not.toContain("agent-conversations-dev");
  const second = await runScript("deploy", documented("--target"), variables);
  expect({ code: second.code, stdout: second.stdout }).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("✓ agent-matching-tables-dev  no changes") as string,
  });
}, 180_000);

it("a plan that was reviewed is applied once, exactly; one that the state has left behind is refused", async () => {
  const folder = mkdtempSync(join(tmpdir(), "plans-"));
  const checkout = { commit: "0".repeat(40) as Commit, isChanged: false };
  const stacks = ["design-analysis-tables"];
  try {
    const mode = { kind: "plan only", out: join(folder, "first"), checkout } as const;
    expect((await deployHere(variables, "dev", stacks, {}, mode)).report.outcome).toBe("planned");
    cpSync(join(folder, "first"), join(folder, "second"), { recursive: true });
    const apply = async (name: string) =>
      applyReviewed(
        {
          ...quiet,
          env: "dev",
          stacks: [],
          aws: {},
          variables,
          jobs: 1,
          signal: new AbortController().signal,
        },
        { folder: join(folder, name), checkout },
      );
    const { outcome, verified } = await apply("first");
    expect(outcome).toBe("deployed");
    expect(verified.map(({ name }) => name)).toContain("design-analysis-tracking-dev");
    expect(verified.flatMap(({ findings }) => findings)).toEqual([]);
    expect(await apply("first")).toMatchObject({ stacks: [{ outcome: "applied before" }] });
    const stale = await apply("second");
    expect(stale).toMatchObject({ outcome: "stale", stacks: [{ failure: { kind: "stale" } }] });
    expect(stale.goOn).toBe("npm run deploy -- --env dev design-analysis-tables-dev");
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 240_000);

it("a stack that fails leaves the others as they are, and goes on where something exists when it is adopted", async () => {
  const group = "/aws/lambda/conversations-read-dev";
  await createLogGroup(group);
  const stacks = ["conversations-tables", "conversations-services"];
  const first = await deployHere(variables, "dev", stacks);
  expect(first.report.stacks).toMatchObject([
    { stack: "conversations-tables-dev", outcome: "applied" },
    { stack: "conversations-services-dev", outcome: "failed", failure: { kind: "exists" } },
  ]);
  expect(first.report).toMatchObject({
    outcome: "failed",
    goOn: "npm run deploy -- --env dev conversations-services-dev",
  });
  const second = await deployHere(variables, "dev", ["conversations-services"], { adopts: true });
  expect(second.report).toMatchObject({
    outcome: "deployed",
    stacks: [{ summary: { adopted: [{ id: group }] } }],
  });
}, 240_000);

it("interrupted, it waits until Terraform has written its state, and says how to go on", async () => {
  const deploying = await startDeploying("local", {}, "--json");
  deploying.process.kill("SIGINT");
  expect(await deploying.ended).toBe(130);
  expect(JSON.parse(deploying.output.stdout)).toMatchObject({
    outcome: "interrupted",
    stacks: [{ stack: "trade-status-tables-local", outcome: "interrupted" }],
    goOn: "npm run deploy -- --env local trade-status-tables-local",
  });
  const state = readFileSync(join(aws.folder, "state/trade-status-tables-local.tfstate"), "utf8");
  const [key = ""] = await keysIn("local");
  expect(state).toContain(key);
}, 120_000);

it("killed in the middle, it lets Terraform write its state and release its lock, and the next one ends it", async () => {
  const inBucket = await stateBucket("STAGING");
  const deploying = await startDeploying("staging", { ...inBucket, ...plainTerraform });
  expect(await lockOf(inBucket, "STAGING")).toHaveLength(1);
  const locked = await deployHere(inBucket, "staging", ["trade-status-tables"]);
  expect(locked.report.stacks[0]?.failure?.error).toMatch(
    /Only if that run is certainly dead, .* `npm run deploy -- --env staging trade-status-tables-staging --unlock [0-9a-f-]{36}`\.$/,
  );
  deploying.process.kill("SIGKILL");
  expect(await untilGone(`.local/deploy-${deploying.process.pid ?? 0}-`, 60_000)).toEqual([]);
  expect(await lockOf(inBucket, "STAGING")).toEqual([]);

  const next = await deployHere(inBucket, "staging", ["trade-status-tables"]);
  expect(next.report.outcome).toBe("deployed");
  expect(await keysIn("staging")).toHaveLength(1);
  expect(await tables()).toContain("ai-trade-matching-processing-status-staging");
}, 240_000);

it("whose Terraform was killed leaves a lock and a key that no state knows: both are told, and taken over", async () => {
  const inBucket = await stateBucket("PROD");
  const deploying = await startDeploying("prod", inBucket);
  const terraform = execFileSync("pgrep", [
    "-f",
    `^\\S*terraform apply .*deploy-${deploying.process.pid ?? 0}-`,
  ]);
  for (const pid of terraform.toString().trim().split("\n")) process.kill(Number(pid), "SIGKILL");
  expect(await deploying.ended).toBe(2);
  expect(deploying.output.stdout).toContain("Terraform was killed before it could write its state");
  expect(deploying.output.stdout).toContain(
    "To go on: npm run deploy -- --env prod trade-status-tables-prod",
  );

  const stack = ["trade-status-tables"];
  const [{ Key } = {}] = await lockOf(inBucket, "PROD");
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: inBucket["PROD_STATE_BUCKET"], Key }));
  const { ID: lock } = JSON.parse((await Body?.transformToString()) ?? "") as { readonly ID: string };
  const options = { env: "prod", stacks: stack, aws: {}, variables: inBucket, jobs: 1 } as const;
  const { signal } = new AbortController();
  expect(await releaseLock({ ...options, ...quiet, signal }, lock)).toContain(`The lock ${lock} of`);

  const [key = ""] = await keysIn("prod");
  const refused = await deployHere(inBucket, "prod", stack);
  expect(refused.report.stacks[0]?.failure).toMatchObject({ kind: "exists" });
  expect(refused.report.stacks[0]?.failure?.error).toContain(`aws_kms_key.key (${key})`);
  const adopted = await deployHere(inBucket, "prod", stack, { adopts: true });
  expect(adopted.report).toMatchObject({
    outcome: "deployed",
    stacks: [{ summary: { adopted: [{ address: "aws_kms_key.key", id: key }] } }],
  });
  expect(await keysIn("prod")).toEqual([key]);
  const { Table } = await clients.dynamodb.send(
    new DescribeTableCommand({ TableName: "ai-trade-matching-processing-status" }),
  );
  expect(Table?.SSEDescription?.KMSMasterKeyArn).toContain(key);
}, 240_000);
