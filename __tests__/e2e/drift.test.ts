/** Drift on deployed tables: the verifier names exactly what was changed, and nothing when it is put back. */

import {
  GetItemCommand,
  PutItemCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateContinuousBackupsCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
  type DynamoDBClient,
} from "@aws-sdk/client-dynamodb";
import { DescribeKeyCommand, DisableKeyCommand, EnableKeyCommand } from "@aws-sdk/client-kms";
import { describePlan, plan } from "../../scripts/lib/stack-runs";
import { verifyTables } from "../../scripts/lib/verify/verify-tables";
import { agentConversations } from "../../tables/agent-conversations";
import { agentProfiles } from "../../tables/agent-profiles";
import { conversations } from "../../tables/conversations";
import { tableName } from "../../tables/naming";
import type { TableSpec } from "../../tables/table-spec";
import { tradeProcessingStatus } from "../../tables/trade-processing-status";
import { startDeployment, type Deployment } from "../support/deployment";
import { runScript } from "../support/scripts";

const trade = tableName(tradeProcessingStatus, "dev");
const profiles = tableName(agentProfiles, "dev");
const arnOf = (table: string) => `arn:aws:dynamodb:us-east-1:123456789012:table/${table}`;

interface Drift {
  readonly drift: string;
  readonly spec: TableSpec;
  readonly change: (client: DynamoDBClient) => Promise<unknown>;
  readonly restore: (client: DynamoDBClient) => Promise<unknown>;
  readonly findings: readonly object[];
}

const recovery = (isOn: boolean) => (client: DynamoDBClient) =>
  client.send(
    new UpdateContinuousBackupsCommand({
      TableName: trade,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: isOn },
    }),
  );
const expiry = (isOn: boolean) => (client: DynamoDBClient) =>
  client.send(
    new UpdateTimeToLiveCommand({
      TableName: trade,
      TimeToLiveSpecification: { Enabled: isOn, AttributeName: "expiresAt" },
    }),
  );
const tag = (Key: string, Value: string) => (client: DynamoDBClient) =>
  client.send(new TagResourceCommand({ ResourceArn: arnOf(trade), Tags: [{ Key, Value }] }));
const untag = (key: string) => (client: DynamoDBClient) =>
  client.send(new UntagResourceCommand({ ResourceArn: arnOf(trade), TagKeys: [key] }));
const update = (input: Omit<UpdateTableCommand["input"], "TableName">) => (client: DynamoDBClient) =>
  client.send(new UpdateTableCommand({ TableName: profiles, ...input }));
const units = (read: number, write: number) => ({
  ProvisionedThroughput: { ReadCapacityUnits: read, WriteCapacityUnits: write },
});
const createIndex = (IndexName: string, attribute: string) =>
  update({
    AttributeDefinitions: [{ AttributeName: attribute, AttributeType: "S" }],
    GlobalSecondaryIndexUpdates: [
      {
        Create: {
          IndexName,
          KeySchema: [{ AttributeName: attribute, KeyType: "HASH" }],
          Projection: { ProjectionType: "ALL" },
          ...units(5, 5),
        },
      },
    ],
  });
const deleteIndex = (IndexName: string) =>
  update({ GlobalSecondaryIndexUpdates: [{ Delete: { IndexName } }] });

const drifts: readonly Drift[] = [
  {
    drift: "point-in-time recovery off",
    spec: tradeProcessingStatus,
    change: recovery(false),
    restore: recovery(true),
    findings: [{ tier: "declared", path: "pointInTimeRecovery", expected: "ENABLED", actual: "DISABLED" }],
  },
  {
    drift: "TTL off",
    spec: tradeProcessingStatus,
    change: expiry(false),
    restore: expiry(true),
    findings: [{ tier: "declared", path: "timeToLive", expected: "on expiresAt", actual: "off" }],
  },
  {
    drift: "a tag removed",
    spec: tradeProcessingStatus,
    change: untag("Component"),
    restore: tag("Component", "AgentCore"),
    findings: [{ tier: "declared", path: "tags.Component", expected: "AgentCore", actual: "absent" }],
  },
  {
    drift: "a tag that nobody declared",
    spec: tradeProcessingStatus,
    change: tag("CostCenter", "4711"),
    restore: untag("CostCenter"),
    findings: [{ tier: "undeclared", path: "tags.CostCenter", expected: "absent", actual: "4711" }],
  },
  {
    drift: "an index removed",
    spec: agentProfiles,
    change: deleteIndex("location-index"),
    restore: createIndex("location-index", "location_city"),
    findings: [
      { tier: "declared", path: "indexes.location-index", expected: "location_city", actual: "absent" },
    ],
  },
  {
    drift: "an index that nobody declared",
    spec: agentProfiles,
    change: createIndex("name-index", "name"),
    restore: deleteIndex("name-index"),
    findings: [{ tier: "undeclared", path: "indexes.name-index", actual: "present" }],
  },
  {
    drift: "units beyond the autoscaled range, which Terraform ignores",
    spec: agentProfiles,
    change: update(units(200, 10)),
    restore: update(units(10, 10)),
    findings: [{ tier: "declared", path: "capacity.read", expected: "10 to 100", actual: "200" }],
  },
  {
    drift: "billing switched to on-demand",
    spec: agentProfiles,
    change: update({ BillingMode: "PAY_PER_REQUEST" }),
    restore: update({ BillingMode: "PROVISIONED", ...units(10, 10) }),
    findings: [{ tier: "declared", path: "billingMode", expected: "provisioned", actual: "on-demand" }],
  },
  {
    drift: "deletion protection where the environment has none",
    spec: agentProfiles,
    change: update({ DeletionProtectionEnabled: true }),
    restore: update({ DeletionProtectionEnabled: false }),
    findings: [{ tier: "declared", path: "deletionProtection", expected: "off", actual: "on" }],
  },
];

describe("deployed tables", () => {
  let deployment: Deployment;
  beforeAll(async () => {
    deployment = await startDeployment();
    await deployment.deploy("trade-status-tables-dev", "agent-matching-tables-dev");
  }, 180_000);
  afterAll(() => deployment.stop());

  const findingsOf = async (spec: TableSpec) => {
    const options = { environment: deployment.environment("dev"), probe: false };
    const [report] = await verifyTables(deployment.clients("dev"), [spec], options);
    return report?.findings;
  };
  const verify = (...args: readonly string[]) =>
    runScript("verify", ["--env", "dev", ...args], deployment.variables);

  it("are in spec as they were applied", async () => {
    const { code, stdout } = await verify("agent-profiles", "agent-conversations", trade, "--probe");
    expect(stdout).toContain("in spec, and the probe passed.");
    expect(code).toBe(0);
  });

  it("with units that the autoscaler moved within its range are in spec", async () => {
    const { dynamodb } = deployment.clients("dev");
    await update(units(60, 40))(dynamodb);
    expect(await findingsOf(agentProfiles)).toEqual([]);
    expect(describePlan(await plan(deployment.runs, "agent-matching-tables-dev"))).toBe("no changes");
    await update(units(10, 10))(dynamodb);
  }, 60_000);

  it.each(drifts)("with $drift are found so, and in spec again when it is put back", async (drift) => {
    const { dynamodb } = deployment.clients("dev");
    await drift.change(dynamodb);
    expect(await findingsOf(drift.spec)).toMatchObject(drift.findings);
    expect(await findingsOf(drift.spec)).toHaveLength(drift.findings.length);
    await drift.restore(dynamodb);
    expect(await findingsOf(drift.spec)).toEqual([]);
  });

  it("whose key is disabled are found so: they cannot be read", async () => {
    const { kms } = deployment.clients("dev");
    const KeyId = await keyOf(deployment);
    await kms.send(new DisableKeyCommand({ KeyId }));
    expect(await findingsOf(tradeProcessingStatus)).toMatchObject([
      { path: "encryption.keyState", expected: "Enabled", actual: "Disabled" },
    ]);
    await kms.send(new EnableKeyCommand({ KeyId }));
    expect(await findingsOf(tradeProcessingStatus)).toEqual([]);
  });

  it("that are not there are found so", async () => {
    expect(await findingsOf(conversations)).toMatchObject([{ path: "existence", actual: "absent" }]);
  });

  it("with drift end the command with 1, a row for each finding with what to do", async () => {
    const { dynamodb } = deployment.clients("dev");
    await recovery(false)(dynamodb);
    const people = await verify("trade-processing-status");
    expect(people.code).toBe(1);
    expect(people.stdout).toContain("pointInTimeRecovery");
    expect(people.stdout).toContain("Deploy the table's stack.");
    const machines = await verify("trade-processing-status", "--json");
    expect(machines.code).toBe(1);
    expect(JSON.parse(machines.stdout)).toMatchObject({
      schemaVersion: 2,
      environment: "dev",
      outcome: "drift",
      reports: [{ name: trade, findings: [{ path: "pointInTimeRecovery" }] }],
    });
    await recovery(true)(dynamodb);
    expect((await verify("trade-processing-status")).code).toBe(0);
  });

  it("tell when the probe's item could not be deleted, and how to", async () => {
    const clients = deployment.clients("dev");
    clients.dynamodb.middlewareStack.add(
      (next, { commandName }) =>
        (args) => {
          if (commandName === "DeleteItemCommand") throw new Error("not authorized to delete");
          return next(args);
        },
      { step: "initialize" },
    );
    const options = { environment: deployment.environment("dev"), probe: true };
    const [report] = await verifyTables(clients, [agentConversations], options);
    expect(report?.findings).toMatchObject([
      { tier: "declared", path: "probe", actual: "still there: not authorized to delete" },
    ]);
    expect(report?.findings[0]?.remedy).toContain(
      "aws dynamodb delete-item --table-name agent-conversations-dev --key",
    );
  });

  it("are not probed over an item that is there already", async () => {
    const { dynamodb } = deployment.clients("dev");

    const key = { sessionId: { S: "test-session-123" } };
    await dynamodb.send(new PutItemCommand({ TableName: trade, Item: { ...key, owner: { S: "someone" } } }));
    const { code, stdout } = await verify("trade-processing-status", "--probe");
    expect(code).toBe(2);
    expect(stdout).toContain("there is one; it was not touched");
    const { Item } = await dynamodb.send(new GetItemCommand({ TableName: trade, Key: key }));
    expect(Item).toHaveProperty("owner");
  });
});

async function keyOf(deployment: Deployment): Promise<string> {
  const alias = "alias/trade-status-tables-dev";
  const { KeyMetadata } = await deployment.clients("dev").kms.send(new DescribeKeyCommand({ KeyId: alias }));
  return KeyMetadata?.KeyId ?? "";
}
