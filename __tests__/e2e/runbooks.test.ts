/** Runbooks of the night, gone through on one stack: each block of commands as it stands in its page, with what it says. */

import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UpdateContinuousBackupsCommand } from "@aws-sdk/client-dynamodb";
import { CreatePolicyCommand, CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { DescribeKeyCommand, ScheduleKeyDeletionCommand } from "@aws-sdk/client-kms";
import { awsClients, awsConfiguration, type AwsClients } from "../../scripts/lib/aws";
import { root } from "../../scripts/lib/paths";
import { run, type Outcome } from "../../scripts/lib/process";
import { startLocalAws, type LocalAws } from "../../scripts/local/local-aws";
import { loadEnvironments } from "../../stacks/environments";
import { commandBlocks } from "../support/documents";
import { lightTerraform } from "../support/light-terraform/light-terraform";
import { cleanVariables } from "../support/scripts";

const table = "cg-chatbot-conversations-dev";
const oldRole = "cg-production-chatbot";
const policy = "DynamoDBConversationsAccess-dev";
const PolicyArn = `arn:aws:iam::123456789012:policy/${policy}`;

let aws: LocalAws;
let variables: NodeJS.ProcessEnv;
let clients: AwsClients;
let iam: IAMClient;
const tools = mkdtempSync(join(tmpdir(), "tools-"));

beforeAll(async () => {
  const cli = join(tools, "aws");
  writeFileSync(cli, `#!/bin/sh\nexec "${process.execPath}" "${root}/__tests__/support/aws-cli.mjs" "$@"\n`);
  chmodSync(cli, 0o755);
  aws = await startLocalAws({ variables: cleanVariables(await lightTerraform()) });
  variables = cleanVariables({
    ...aws.variables,
    PATH: `${tools}:${process.env["PATH"] ?? ""}`,
    DEV_CHATBOT_ROLE: oldRole,
    CI: "1",
  });
  const { dev } = loadEnvironments(variables);
  clients = awsClients(dev, {}, variables);
  iam = new IAMClient(awsConfiguration(dev, {}, variables));
  for (const RoleName of [oldRole, `${oldRole}-2026-05`]) {
    await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: "{}" }));
  }
}, 300_000);
afterAll(async () => {
  rmSync(tools, { recursive: true });
  await aws.stop();
});

/** Runs the block of a page, the first being 0, and expects how it ends: 1 is an answer as well. */
async function block(page: string, index: number, ends = 0): Promise<Outcome> {
  const { commands } = commandBlocks(`docs/runbooks/${page}.md`)[index] ?? {
    commands: [`no block ${index}`],
  };
  const script = ["set -euo pipefail", ...commands].join("\n");
  const outcome = await run("bash", ["-c", script], { cwd: root, env: variables });
  const { code, stdout, stderr } = outcome;
  expect({ code, output: code === ends ? "" : `${stdout}\n${stderr}` }).toEqual({ code: ends, output: "" });
  return outcome;
}

const blocksOf = (page: string) => commandBlocks(`docs/runbooks/${page}.md`).length;

it("a failed deployment: what exists already is named, nothing is made, and then it is taken over", async () => {
  await iam.send(
    new CreatePolicyCommand({
      PolicyName: policy,
      PolicyDocument: JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Deny", Action: "dynamodb:*", Resource: "*" }],
      }),
    }),
  );
  const failed = await block("failed-deployment", 0, 2);
  expect(failed.stdout).toMatch(/aws_iam_policy\.DynamoDBConversationsAccess[\s\S]*--adopt/);

  const looked = await block("failed-deployment", 1, 1);
  expect(looked.stdout).toContain("existence: a table expected, absent found");

  const adopted = await block("failed-deployment", 2);
  expect(adopted.stdout).toContain("dev is in spec.");
  expect(blocksOf("failed-deployment")).toBe(3);
}, 300_000);

it("a key that is to be deleted: it is called back, enabled, and the table is in spec", async () => {
  const alias = "alias/conversations-tables-dev";
  const { KeyMetadata } = await clients.kms.send(new DescribeKeyCommand({ KeyId: alias }));
  await clients.kms.send(new ScheduleKeyDeletionCommand({ KeyId: KeyMetadata?.KeyId }));
  const looked = await block("key-disabled", 0, 1);
  expect(looked.stdout).toContain("✗ critical  encryption.keyState: Enabled expected, PendingDeletion found");

  await block("key-disabled", 1);
  const disabled = await clients.kms.send(new DescribeKeyCommand({ KeyId: alias }));
  expect(disabled.KeyMetadata?.KeyState).toBe("Disabled");

  const enabled = await block("key-disabled", 2);
  expect(enabled.stdout).toContain("dev is in spec.");
  expect(blocksOf("key-disabled")).toBe(3);
}, 300_000);

it("drift: it is named, the plan shows it, and the deployment puts it back", async () => {
  await clients.dynamodb.send(
    new UpdateContinuousBackupsCommand({
      TableName: table,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: false },
    }),
  );
  const looked = await block("drift-found", 0, 1);
  expect(looked.stdout).toContain("✗ major  pointInTimeRecovery: ENABLED expected, DISABLED found");

  const restored = await block("drift-found", 1);
  expect(restored.stderr).toContain("point_in_time_recovery.0.enabled: false → true");
  expect(restored.stdout).toContain("dev is in spec.");
  await block("drift-found", 2);
  expect(blocksOf("drift-found")).toBe(3);
}, 300_000);

it("a role that was replaced: the policy moves to the new one, and the old one keeps nothing", async () => {
  const moved = await block("rotated-role", 0);
  expect(moved.stdout).toContain(`"PolicyArn": "${PolicyArn}"`);
  expect(moved.stdout).toContain("dev is in spec.");

  const old = await block("rotated-role", 1);
  expect(old.stdout).not.toContain(policy);
  expect(blocksOf("rotated-role")).toBe(2);
}, 300_000);
