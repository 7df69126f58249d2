/** The two ways to make a restored table the live one, with real plans of its stack. */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DeleteTableCommand, UpdateTableCommand } from "@aws-sdk/client-dynamodb";
import { createBackup } from "../../scripts/lib/backup/create-backup";
import { run } from "../../scripts/lib/process";
import { awsClients } from "../../scripts/lib/aws";
import { restoreTable } from "../../scripts/lib/restore/restore-table";
import type { Wanted } from "../../scripts/lib/restore/source";
import { plan, shortLived, show } from "../../scripts/lib/stack-runs";
import { tradeProcessingStatus } from "../../tables/trade-processing-status";
import { startDeployment, type Deployment } from "../support/deployment";
import { latest, patient } from "../support/recovery";

const stack = "trade-status-tables-staging";
const live = "ai-trade-matching-processing-status-staging";
const to = "ai-trade-matching-processing-status-2-staging";

let deployment: Deployment;
beforeAll(async () => {
  deployment = await startDeployment();
  await deployment.deploy(stack);
}, 120_000);
afterAll(() => deployment.stop());

const clients = () => awsClients(deployment.environment("staging"), {}, deployment.variables);
const restore = (wanted: Wanted, name: string) =>
  restoreTable(
    clients(),
    {
      spec: tradeProcessingStatus,
      environment: deployment.environment("staging"),
      wanted,
      to: name,
      dryRun: false,
    },
    { ...patient(), confirm: () => Promise.resolve(true), onBegun: () => undefined, onStep: () => undefined },
  );

it("a table that was restored twice has its old name back, and Terraform plans nothing", async () => {
  expect(await restore(latest, to)).toMatchObject({ outcome: "restored", findings: [] });
  const { dynamodb } = clients();
  const { arn } = await createBackup(clients(), to, { ...patient(), run: new Date() });
  await dynamodb.send(new UpdateTableCommand({ TableName: live, DeletionProtectionEnabled: false }));
  await dynamodb.send(new DeleteTableCommand({ TableName: live }));
  expect(await restore({ kind: "backup", backup: arn }, live)).toMatchObject({ findings: [] });
  expect(await plan(deployment.runs, stack)).toMatchObject({ isEmpty: true });
}, 60_000);

it("a restored table is taken over under its new name: no table is replaced or destroyed", async () => {
  const { runs } = deployment;
  const folder = join(runs.synthesized, "stacks", stack);
  const file = join(folder, "cdk.tf.json");
  // As if the spec had the new name.
  writeFileSync(file, readFileSync(file, "utf8").replaceAll(live, to));
  const address = "aws_dynamodb_table.trade-processing-status";
  for (const args of [
    ["state", "rm", address],
    ["import", address, to],
  ]) {
    const env = { ...shortLived, ...runs.variables, TF_INPUT: "0" };
    const { code, stderr } = await run(runs.binary, [...args, "-no-color"], { cwd: folder, env });
    expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
  }
  await plan(runs, stack);
  const { changes } = await show(runs, stack);
  expect(changes.filter(({ address: changed }) => changed === address)).toEqual([]);
}, 60_000);
