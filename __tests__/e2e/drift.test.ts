/** Drift on deployed tables: the verifier names exactly what was changed, also what a plan does not look at. */

import { join } from "node:path";
import {
  GetItemCommand,
  PutItemCommand,
  UpdateContinuousBackupsCommand,
  UpdateTableCommand,
  type DynamoDBClient,
} from "@aws-sdk/client-dynamodb";
import { DescribeKeyCommand, DisableKeyCommand, EnableKeyCommand } from "@aws-sdk/client-kms";
import { App } from "cdktf";
import { attributeChanges } from "../../scripts/lib/plan/attribute-changes";
import { apply, init, plan, show, type StackRuns } from "../../scripts/lib/stack-runs";
import type { Finding } from "../../scripts/lib/verify/finding";
import { verifyTables } from "../../scripts/lib/verify/verify-tables";
import { keyAlias, type StackId } from "../../stacks/naming";
import { loadSettings } from "../../stacks/settings";
import { agentConversations } from "../../tables/agent-conversations";
import { agentProfiles } from "../../tables/agent-profiles";
import { conversations } from "../../tables/conversations";
import { tableName } from "../../tables/naming";
import type { TableSpec } from "../../tables/table-spec";
import { tradeProcessingStatus } from "../../tables/trade-processing-status";
import { startDeployment, type Deployment } from "../support/deployment";
import {
  foundByPlan,
  missedByPlan,
  streamedProfiles,
  StreamedTablesStack,
  type Drift,
} from "../support/drifts";
import { runScript } from "../support/scripts";

const trade = tableName(tradeProcessingStatus, "dev");
const profiles = tableName(agentProfiles, "dev");

const recovery = (isOn: boolean) => (client: DynamoDBClient) =>
  client.send(
    new UpdateContinuousBackupsCommand({
      TableName: trade,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: isOn },
    }),
  );
const update = (input: Omit<UpdateTableCommand["input"], "TableName">) => (client: DynamoDBClient) =>
  client.send(new UpdateTableCommand({ TableName: profiles, ...input }));
const units = (read: number, write: number) => ({
  ProvisionedThroughput: { ReadCapacityUnits: read, WriteCapacityUnits: write },
});
const indexes = (change: object) => update({ GlobalSecondaryIndexUpdates: [change] });

/** Beside the sixteen. */
const putBack = [
  {
    drift: "an index removed",
    change: indexes({ Delete: { IndexName: "location-index" } }),
    restore: update({
      // moto takes those of the change for all that there are.
      AttributeDefinitions: ["id", "job", "location_city"].map((AttributeName) => ({
        AttributeName,
        AttributeType: "S",
      })),
      GlobalSecondaryIndexUpdates: [
        {
          Create: {
            IndexName: "location-index",
            KeySchema: [{ AttributeName: "location_city", KeyType: "HASH" }],
            Projection: { ProjectionType: "ALL" },
            ...units(5, 5),
          },
        },
      ],
    }),
    findings: [
      { tier: "declared", path: "indexes.location-index", expected: "location_city", actual: "absent" },
    ],
  },
  {
    drift: "billing switched to on-demand",
    change: update({ BillingMode: "PAY_PER_REQUEST" }),
    restore: update({ BillingMode: "PROVISIONED", ...units(10, 10) }),
    findings: [{ tier: "declared", path: "billingMode", expected: "provisioned", actual: "on-demand" }],
  },
];

const stacks = ["trade-status-tables-dev", "agent-matching-tables-dev"] as const satisfies readonly StackId[];

describe("deployed tables", () => {
  let deployment: Deployment;
  /** Agent matching's stack is the one of this test. */
  let streamed: StackRuns;
  beforeAll(async () => {
    deployment = await startDeployment();
    const { aws, runs } = deployment;
    streamed = { ...runs, synthesized: join(aws.folder, "streamed.out") };
    const app = new App({ outdir: streamed.synthesized });
    new StreamedTablesStack(app, deployment.environment("dev"), loadSettings(runs.variables));
    app.synth();
    await Promise.all(
      stacks.map(async (stack) => {
        await init(runsOf(stack), stack);
        await plan(runsOf(stack), stack);
        await apply(runsOf(stack), stack);
      }),
    );
  }, 180_000);
  afterAll(() => deployment.stop());

  const runsOf = (stack: StackId) => (stack === "agent-matching-tables-dev" ? streamed : deployment.runs);
  const findingsOf = async (...specs: readonly TableSpec[]): Promise<readonly Finding[]> => {
    const options = { environment: deployment.environment("dev"), probe: false };
    const reports = await verifyTables(deployment.clients("dev"), specs, options);
    return reports.flatMap(({ findings }) => findings);
  };
  const verify = (...args: readonly string[]) =>
    runScript("verify", ["--env", "dev", ...args], deployment.variables);

  it("are in spec as they were applied", async () => {
    const { code, stdout } = await verify("agent-conversations", trade, "--probe");
    expect(stdout).toContain("in spec, and the probe passed.");
    expect(code).toBe(0);
    expect(await findingsOf(streamedProfiles)).toEqual([]);
  });

  it("with units that the autoscaler moved within its range are in spec", async () => {
    const { dynamodb } = deployment.clients("dev");
    await update(units(60, 40))(dynamodb);
    expect(await findingsOf(streamedProfiles)).toEqual([]);
    await update(units(10, 10))(dynamodb);
  });

  it.each(putBack)("with $drift are found so, and in spec again when it is put back", async (drift) => {
    const { dynamodb } = deployment.clients("dev");
    await drift.change(dynamodb);
    const found = await findingsOf(streamedProfiles);
    expect(found).toMatchObject(drift.findings);
    await drift.restore(dynamodb);
    expect(await findingsOf(streamedProfiles)).toEqual([]);
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

  /** The last test of all: what it changes it leaves. */
  describe("with sixteen drifts", () => {
    let missed: readonly string[];
    let planned: readonly string[];
    let found: readonly Finding[];
    const specs = [...new Set([...missedByPlan, ...foundByPlan].map(({ spec }) => spec))];

    beforeAll(async () => {
      const clients = deployment.clients("dev");
      for (const { change } of missedByPlan) await change(clients);
      missed = await planAll();
      for (const { change } of foundByPlan) await change(clients);
      planned = await planAll();
      found = await findingsOf(...specs);
    }, 180_000);

    /** What plans change: address and attribute, or action. */
    const planAll = async () => {
      const plans = await Promise.all(
        stacks.map(async (stack) => {
          const { isEmpty } = await plan(runsOf(stack), stack);
          return isEmpty ? [] : (await show(runsOf(stack), stack)).changes;
        }),
      );
      return plans.flat().flatMap((change) => {
        const attributes = attributeChanges(change).map(({ path }) => path);
        return (change.action === "update" ? attributes : [change.action]).map(
          (what) => `${change.address}: ${what}`,
        );
      });
    };
    const named = ({ spec, finding }: Drift) => [
      expect.objectContaining({ subject: tableName(spec, "dev"), ...finding }) as Finding,
    ];

    it("has as many findings, of sixteen different kinds", () => {
      expect(found).toHaveLength(16);
      expect(new Set(found.map(({ subject, path }) => `${subject} ${path}`)).size).toBe(16);
      expect([missedByPlan.length, foundByPlan.length]).toEqual([4, 12]);
    });

    it("plans nothing at all for four of them", () => {
      expect(missed).toEqual([]);
    });

    it.each(missedByPlan)("names $drift, which no plan finds", (drift) => {
      expect(found).toEqual(expect.arrayContaining(named(drift)));
    });

    it.each(foundByPlan)("names $drift, which the plan finds as $planned", (drift) => {
      expect(found).toEqual(expect.arrayContaining(named(drift)));
      expect(planned).toContainEqual(expect.stringMatching(`^${drift.planned}(\\.|$)`));
    });
  });
});

async function keyOf(deployment: Deployment): Promise<string> {
  const alias = keyAlias("trade-status", "dev");
  const { KeyMetadata } = await deployment.clients("dev").kms.send(new DescribeKeyCommand({ KeyId: alias }));
  return KeyMetadata?.KeyId ?? "";
}
