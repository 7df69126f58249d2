/**
 * `npm run rollback` with Terraform on a local AWS, in the order in which an operator would go: the services back to
 * a commit and away, then the protected tables: refused, failed, interrupted, and done by the two steps.
 */

import {
  DescribeBackupCommand,
  DescribeTableCommand,
  ScanCommand,
  UpdateTableCommand,
} from "@aws-sdk/client-dynamodb";
import { DescribeKeyCommand } from "@aws-sdk/client-kms";
import { DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { resolveCommit, type Commit, type CommitAside } from "../../scripts/lib/commits";
import { root } from "../../scripts/lib/paths";
import { run } from "../../scripts/lib/process";
import type { RollbackContext } from "../../scripts/lib/rollback/context";
import { returnTo } from "../../scripts/lib/rollback/return-to-commit";
import { verifyTables } from "../../scripts/lib/verify/verify-tables";
import { deadLetterQueueName, functionName } from "../../stacks/naming";
import { tradeProcessingStatus } from "../../tables/trade-processing-status";
import { commandBlocks } from "../support/documents";
import { startDeployment, type Deployment } from "../support/deployment";
import { refusedCall, startFaultyAws, type FaultyAws } from "../support/faulty-aws";
import { temporaryFolder } from "../support/functions";
import { cleanVariables, runScript, startScript } from "../support/scripts";

const minutes = 60_000;
const [services, tables] = ["trade-status-services-staging", "trade-status-tables-staging"] as const;
const table = "ai-trade-matching-processing-status-staging";
const sessions = ["session-1", "session-2", "session-3"];
const queue = deadLetterQueueName(functionName("trade-status", "write", "staging"));

let deployment: Deployment;
let aws: FaultyAws;
let variables: NodeJS.ProcessEnv;
const { folder, remove } = temporaryFolder();

beforeAll(async () => {
  deployment = await startDeployment();
  aws = await startFaultyAws(deployment.aws.endpoint);
  variables = { ...deployment.variables, AWS_ENDPOINT_URL: aws.endpoint };
  await deployment.deploy(services, tables);
  const documents = DynamoDBDocumentClient.from(dynamodb());
  for (const sessionId of sessions) {
    const Item = { ...tradeProcessingStatus.example, [tradeProcessingStatus.partitionKey]: sessionId };
    await documents.send(new PutCommand({ TableName: table, Item }));
  }
}, 3 * minutes);
afterAll(async () => {
  await aws.stop();
  await deployment.stop();
  remove();
});
afterEach(() => (aws.fault = undefined));

const dynamodb = () => deployment.clients("staging").dynamodb;
const [destroyServices = "", destroyTables = ""] = commandBlocks("docs/runbooks/roll-back.md").flatMap(
  ({ commands }) => commands,
);
/** A command as it stands in the runbook. */
const documented = async (command: string) => {
  const env = cleanVariables({ ...variables, npm_config_loglevel: "silent" });
  const { code, stdout, stderr } = await run("bash", ["-c", `${command} --json`], { cwd: root, env });
  return { code, stderr, document: JSON.parse(stdout) as Readonly<Record<string, unknown>> };
};
const rollback = async (...args: readonly string[]) => {
  const options = ["--env", "staging", ...args, "--yes", "--json"];
  const { code, stdout, stderr } = await runScript("rollback", options, variables);
  return { code, stderr, document: JSON.parse(stdout) as Readonly<Record<string, unknown>> };
};
const items = async () => {
  const { Items = [] } = await dynamodb().send(new ScanCommand({ TableName: table }));
  return Items.map((item) => item[tradeProcessingStatus.partitionKey]?.S).sort();
};
const isProtected = async () => {
  const { Table } = await dynamodb().send(new DescribeTableCommand({ TableName: table }));
  return Table?.DeletionProtectionEnabled;
};
const askSqs = (operation: string, input: object) =>
  fetch(aws.endpoint, {
    method: "POST",
    headers: {
      // It says which service is called.
      authorization: "AWS4-HMAC-SHA256 Credential=local/20251121/us-east-1/sqs/aws4_request",
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": `AmazonSQS.${operation}`,
    },
    body: JSON.stringify(input),
  });
const isUpdate = (body: Buffer, isOn: boolean) =>
  body.toString().includes(`"DeletionProtectionEnabled":${isOn}`);

describe("a services stack", () => {
  const told: string[] = [];
  const context = (): RollbackContext => ({
    environment: deployment.environment("staging"),
    accountId: "123456789012",
    clients: deployment.clients("staging"),
    aws: {},
    variables,
    signal: new AbortController().signal,
    dryRun: false,
    tell: (text) => told.push(text),
    requireSomeone: () => undefined,
    agrees: () => Promise.resolve(true),
  });
  /** Another commit's stacks: those of the working tree, with a change. */
  const aside = (change: (stack: string) => string): CommitAside => {
    const from = join(deployment.runs.synthesized, "stacks", services);
    const to = join(folder, "stacks", services);
    cpSync(from, to, { recursive: true, filter: (path) => !path.includes(".terraform") });
    writeFileSync(join(to, "cdk.tf.json"), change(readFileSync(join(from, "cdk.tf.json"), "utf8")));
    return { commit: "0123456789abcdef".repeat(2) as Commit, synthesized: folder };
  };

  it(
    "is planned as a real commit has it, which is built aside, and a dry run changes nothing",
    async () => {
      const { code, document, stderr } = await rollback(services, "--to", "HEAD", "--dry-run");
      expect({ code, why: code === 0 ? "" : stderr }).toEqual({ code: 0, why: "" });
      expect(document).toMatchObject({ stack: services, commit: await resolveCommit("HEAD") });
      expect(["nothing to do", "would change"]).toContain(document["outcome"]);
    },
    2 * minutes,
  );

  it(
    "returns to what another commit has, and says how to go forward again",
    async () => {
      const shorter = aside((stack) =>
        stack.replaceAll('"retention_in_days": 30', '"retention_in_days": 14'),
      );
      const { outcome, text } = await returnTo(services, shorter, context());
      expect(outcome).toBe("rolled back");
      expect(told.join("\n")).toContain("retention_in_days");
      expect(text).toContain(`npm run deploy -- --env staging ${services}`);
    },
    2 * minutes,
  );

  it("does not return to a commit that keeps its state elsewhere, or has no such stack", async () => {
    const elsewhere = aside((stack) => stack.replace(`${services}.tfstate`, `${services}-old.tfstate`));
    await expect(returnTo(services, elsewhere, context())).rejects.toThrow("keeps the state of");
    await expect(returnTo(tables, elsewhere, context())).rejects.toThrow(`has no stack ${tables}`);
  });

  it("a commit that is not there is told as such: exit 2", async () => {
    const { code, document } = await rollback(services, "--to", "v0.0.0-never");
    expect(code).toBe(2);
    expect(document).toMatchObject({ outcome: "could not tell" });
    expect(document["error"]).toContain('There is no commit "v0.0.0-never"');
  });

  it(
    "is destroyed, says what its dead-letter queue held, and leaves every item of its tables",
    async () => {
      const { QueueUrl } = (await (await askSqs("GetQueueUrl", { QueueName: queue })).json()) as {
        readonly QueueUrl: string;
      };
      await askSqs("SendMessage", { QueueUrl, MessageBody: "{}" });
      const { code, document, stderr } = await documented(destroyServices);
      expect({ code, why: code === 0 ? "" : stderr }).toEqual({ code: 0, why: "" });
      expect(document).toMatchObject({
        outcome: "rolled back",
        queues: [{ queue, messages: 1 }],
        tables: [{ name: table, items: sessions.length }],
      });
      expect(stderr).toContain(`${queue} holds 1 message, which goes with it.`);
      expect(await items()).toEqual(sessions);
      expect(await isProtected()).toBe(true);
    },
    3 * minutes,
  );
});

describe("a protected tables stack", () => {
  it("is refused until its tables are named, with the steps; what a killed run left off is put on", async () => {
    // As a run leaves it that is killed between its steps.
    await dynamodb().send(new UpdateTableCommand({ TableName: table, DeletionProtectionEnabled: false }));
    const [report] = await verifyTables(deployment.clients("staging"), [tradeProcessingStatus], {
      environment: deployment.environment("staging"),
      probe: false,
    });
    expect(report?.findings).toMatchObject([{ path: "deletionProtection", expected: "on", actual: "off" }]);

    const { code, document, stderr } = await rollback(tables);
    expect(code).toBe(1);
    expect(document).toMatchObject({ outcome: "refused", stack: tables });
    expect(document["error"]).toContain(`npm run rollback -- --env staging ${tables} --table ${table}`);
    expect(stderr).toContain(`The protection of ${table} is on again.`);
    expect(await isProtected()).toBe(true);
  });

  it(
    "keeps its protection when AWS refuses in the middle of its destruction",
    async () => {
      let wasOpen = false;
      aws.fault = ({ target, body }) => {
        wasOpen ||= target.endsWith(".UpdateTable") && isUpdate(body, false);
        return target.endsWith(".DeleteTable")
          ? refusedCall("LimitExceededException", "Too many operations for a given subscriber.")
          : undefined;
      };
      const { code, document, stderr } = await rollback(tables, "--table", "trade-processing-status");
      expect(code).toBe(2);
      expect(document).toMatchObject({ outcome: "failed" });
      expect(document["error"]).toContain("LimitExceededException");
      expect(stderr).toContain(`The protection of ${table} is on again.`);
      expect(wasOpen).toBe(true);
      expect(await isProtected()).toBe(true);
      expect(await items()).toEqual(sessions);
    },
    3 * minutes,
  );

  it(
    "keeps its protection when Ctrl-C comes as soon as that is off",
    async () => {
      const args = ["--env", "staging", tables, "--table", table, "--yes", "--json"];
      const run = startScript("rollback", args, variables);
      aws.fault = ({ target, body }, next) => {
        if (!target.endsWith(".UpdateTable") || !isUpdate(body, false)) return undefined;
        return next().then((reply) => {
          run.process.kill("SIGINT");
          return reply;
        });
      };
      expect(await run.ended).toBe(130);
      expect(JSON.parse(run.output.stdout)).toMatchObject({ outcome: "interrupted" });
      expect(run.output.stderr).toContain(`The protection of ${table} is on again.`);
      expect(await isProtected()).toBe(true);
      expect(await items()).toEqual(sessions);
    },
    3 * minutes,
  );

  it(
    "is destroyed by the two steps, with a backup to restore and a key to call back",
    async () => {
      const { code, document, stderr } = await documented(destroyTables);
      expect({ code, why: code === 0 ? "" : stderr }).toEqual({ code: 0, why: "" });
      expect(document).toMatchObject({ outcome: "rolled back", tables: [{ name: table, items: 3 }] });
      await expect(isProtected()).rejects.toThrow("not found");

      const { waysBack, keys } = document as unknown as {
        readonly waysBack: readonly { readonly kind: string; readonly arn: string }[];
        readonly keys: readonly string[];
      };
      expect(waysBack).toMatchObject([{ kind: "backup", table }]);
      const backup = new DescribeBackupCommand({ BackupArn: waysBack[0]?.arn });
      const { BackupDescription } = await dynamodb().send(backup);
      expect(BackupDescription?.BackupDetails?.BackupStatus).toBe("AVAILABLE");
      const key = await deployment.clients("staging").kms.send(new DescribeKeyCommand({ KeyId: keys[0] }));
      expect(key.KeyMetadata?.KeyState).toBe("PendingDeletion");

      const again = await rollback(tables, "--table", table);
      expect(again).toMatchObject({ code: 0, document: { outcome: "nothing to do" } });
    },
    3 * minutes,
  );
});
