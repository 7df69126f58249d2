/** What a restore forgets is put back, and a restore that stopped goes on: on a local AWS. */

import { PutItemCommand, UpdateTableCommand } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { beginRestore } from "../../scripts/lib/restore/begin";
import type { AwsClients } from "../../scripts/lib/aws";
import { untilActive } from "../../scripts/lib/restore/follow";
import { readRestored } from "../../scripts/lib/restore/put-back";
import { missingSettings } from "../../scripts/lib/restore/settings";
import { findSource } from "../../scripts/lib/restore/source";
import { agentConversations } from "../../tables/agent-conversations";
import { agentProfiles } from "../../tables/agent-profiles";
import { tableName } from "../../tables/naming";
import type { TableSpec } from "../../tables/table-spec";
import { tradeProcessingStatus } from "../../tables/trade-processing-status";
import { intercept, latest, patient, restoreIn, startRecovery, type Recovery } from "../support/recovery";

let recovery: Recovery;
beforeAll(async () => {
  recovery = await startRecovery();
  for (const spec of [tradeProcessingStatus, agentProfiles, agentConversations]) {
    await recovery.createTable(spec);
  }
}, 60_000);
afterAll(() => recovery.stop());

const restore = (spec: TableSpec, to: string, clients?: AwsClients) =>
  restoreIn(recovery, spec, to, { ...(clients && { clients }) });

async function missing(spec: TableSpec, name: string): Promise<readonly string[]> {
  const { clients, environment } = recovery;
  await untilActive(clients, name, patient());
  const restored = await readRestored(clients, spec, environment, name, patient().signal);
  return missingSettings(spec, environment, restored).map(({ what }) => what);
}

const tags = "tags System, Environment, Requirement, ManagedBy";

describe("what a restore forgets", () => {
  it.each([
    {
      spec: tradeProcessingStatus,
      forgets: [
        "deletion protection",
        "point-in-time recovery, 35 days",
        `${tags}, Name, Component, Purpose`,
        "TTL on expiresAt",
      ],
    },
    {
      spec: agentProfiles,
      forgets: [
        "deletion protection",
        "point-in-time recovery, 35 days",
        tags,
        "autoscaling of table, read, 10 to 100 units at 70 %",
        "autoscaling of table, write, 10 to 100 units at 70 %",
        "autoscaling of job-index, read, 5 to 100 units at 70 %",
        "autoscaling of job-index, write, 5 to 100 units at 70 %",
        "autoscaling of location-index, read, 5 to 100 units at 70 %",
        "autoscaling of location-index, write, 5 to 100 units at 70 %",
      ],
    },
  ])("of $spec.id is put back, and the table is in spec but for its name", async ({ spec, forgets }) => {
    const { clients, environment, keys } = recovery;
    const to = `${spec.id}-restored-staging`;
    const { signal } = patient();
    const source = await findSource(clients, spec, environment, latest, signal);
    await beginRestore(clients, source, to, keys.get(spec.system) ?? "", signal);
    expect(await missing(spec, to)).toEqual(forgets);

    expect(await restore(spec, to)).toMatchObject({
      outcome: "restored",
      putBack: forgets,
      findings: [],
      items: 1,
      sample: { kind: "looked", items: 1, live: { same: 1, changed: 0, gone: 0 } },
    });
    expect(await missing(spec, to)).toEqual([]);
  });

  it("is nothing any more when the same is asked for again; what was written to the live table shows", async () => {
    const changed = { ...tradeProcessingStatus.example, overallStatus: "failed" };
    const TableName = tableName(tradeProcessingStatus, "staging");
    await recovery.clients.dynamodb.send(new PutItemCommand({ TableName, Item: marshall(changed) }));
    expect(await restore(tradeProcessingStatus, "trade-processing-status-restored-staging")).toMatchObject({
      putBack: [],
      findings: [],
      sample: { kind: "looked", items: 1, live: { same: 0, changed: 1, gone: 0 } },
    });
  });
});

describe("a table whose source is not as its spec", () => {
  const TableName = tableName(agentConversations, "staging");
  const to = "agent-conversations-restored-staging";

  it("gets the spec's billing and units, and keeps the source's indexes, which are told", async () => {
    const { dynamodb } = recovery.clients;
    const Delete = { IndexName: "agent-conversations-index" };
    await dynamodb.send(new UpdateTableCommand({ TableName, GlobalSecondaryIndexUpdates: [{ Delete }] }));
    await dynamodb.send(new UpdateTableCommand({ TableName, BillingMode: "PAY_PER_REQUEST" }));
    const result = await restore(agentConversations, to);
    expect(result).toMatchObject({
      putBack: expect.arrayContaining([
        "provisioned billing, 10 read and 10 write units and those of the indexes",
        "autoscaling of table, write, 10 to 100 units at 70 %",
      ]) as unknown,
      findings: [{ tier: "declared", path: "indexes.agent-conversations-index", actual: "absent" }],
    });
  });
});

describe("a restore that is killed", () => {
  it("after each of its writes in turn goes on where it stopped, and makes one table", async () => {
    const to = "agent-profiles-killed-staging";
    const isWrite = /^(Restore|Update|Tag|Register|Put)/;
    const made: string[] = [];
    let runs = 0;
    for (let allowed = 1; ; allowed += 1) {
      let left = allowed;
      const clients = intercept(recovery.connect(), async (command, send) => {
        const reply = await send();
        if (!isWrite.test(command)) return reply;
        made.push(command);
        left -= 1;
        if (left === 0) throw new Error("killed");
        return reply;
      });
      runs += 1;
      const result = await restore(agentProfiles, to, clients).catch(() => undefined);
      if (result === undefined) continue;
      expect(result).toMatchObject({ outcome: "restored", findings: [] });
      break;
    }
    expect(runs).toBeGreaterThan(4);
    expect(made.filter((command) => command.startsWith("Restore"))).toHaveLength(1);
    expect(made.filter((command) => command === "UpdateContinuousBackupsCommand")).toHaveLength(1);
    expect(await missing(agentProfiles, to)).toEqual([]);
  });

  it("whose answer is lost finds its own table, when AWS says that there is one", async () => {
    let asked = 0;
    // As the SDK does when a connection breaks: it asks again.
    const clients = intercept(recovery.connect(), async (command, send) => {
      if (command === "RestoreTableToPointInTimeCommand" && asked++ === 0) await send();
      return send();
    });
    expect(await restore(tradeProcessingStatus, "trade-lost-answer", clients)).toMatchObject({
      findings: [],
    });
    expect(asked).toBe(1);
  });

  it("waits for AWS while it is busy with the table, and says which setting it would not take", async () => {
    const to = "trade-busy-staging";
    const failWith = (name: string, times: number) => {
      let left = times;
      return intercept(recovery.connect(), async (command, send) => {
        if (command === "UpdateContinuousBackupsCommand" && left-- > 0) {
          throw Object.assign(new Error("As it is."), { name });
        }
        return send();
      });
    };
    await expect(restore(tradeProcessingStatus, to, failWith("AccessDeniedException", 1))).rejects.toThrow(
      /trade-busy-staging is restored, but this could not be put back: point-in-time recovery, 35 days \(AccessDen/,
    );
    expect(
      await restore(tradeProcessingStatus, to, failWith("ContinuousBackupsUnavailableException", 3)),
    ).toMatchObject({ findings: [] });
  });
});
