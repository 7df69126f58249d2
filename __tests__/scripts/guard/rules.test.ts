/** What real plans cannot show, or show once: the edges of single rules. */

import { DescribeTableCommand, ResourceNotFoundException } from "@aws-sdk/client-dynamodb";
import { readLive } from "../../../scripts/lib/guard/live";
import type { AwsClients } from "../../../scripts/lib/aws";
import type { Values } from "../../../scripts/lib/plan/planned-stack";
import { changeOf, planOf, refusing, tableUpdate } from "../../support/planned-changes";

const ttl = (attribute_name: string, enabled: boolean): Values => ({ ttl: [{ attribute_name, enabled }] });
const keyArn = (id: string) => `arn:aws:kms:us-east-1:123456789012:key/${id}`;
const encrypted = (id: string | null): Values => ({
  server_side_encryption: [{ enabled: true, kms_key_arn: id === null ? null : keyArn(id) }],
});

describe("destroys-table", () => {
  const copies = (...regions: readonly string[]): Values => ({
    replica: regions.map((region_name) => ({ region_name })),
  });

  it("refuses a copy in another region that goes, and lets one through that comes", () => {
    expect(refusing(tableUpdate(copies("eu-west-1", "eu-west-2"), copies("eu-west-2")))).toEqual([
      "destroys-table",
    ]);
    expect(refusing(tableUpdate(copies("eu-west-2"), copies("eu-west-1", "eu-west-2")))).toEqual([]);
  });
});

describe("renames-ttl", () => {
  // Provider 5.100 plans nothing then; a later one may.
  it("refuses a block that goes while TTL is on", () => {
    expect(refusing(tableUpdate(ttl("expiresAt", true), { ttl: [] }))).toEqual(["renames-ttl"]);
  });

  it.each([
    ["switched on", { ttl: [] }, ttl("expiresAt", true)],
    ["switched off", ttl("expiresAt", true), ttl("expiresAt", false)],
    ["switched on again", ttl("expiresAt", false), ttl("expiresAt", true)],
    ["given another attribute when it is off", ttl("expiresAt", false), ttl("ttl", true)],
    ["removed when it is off", ttl("expiresAt", false), { ttl: [] }],
  ])("lets TTL through that is %s", (_what, before, after) => {
    expect(refusing(tableUpdate(before, after))).toEqual([]);
  });
});

describe("leaves-data-behind", () => {
  const unknown = { server_side_encryption: [{ kms_key_arn: true }] };
  const oldKey = (action: "delete" | "replace" | "update" | "forget") =>
    changeOf("aws_kms_key", { action, before: { arn: keyArn("old") }, after: {} }, "key");

  it("lets a first key of ours through, and another key that stays beside the old one", () => {
    expect(refusing(tableUpdate({ server_side_encryption: [] }, encrypted("new")))).toEqual([]);
    expect(refusing(tableUpdate(encrypted("old"), encrypted("new")))).toEqual([]);
    expect(refusing(tableUpdate(encrypted("old"), encrypted(null), unknown))).toEqual([]);
    expect(refusing(tableUpdate(encrypted("old"), encrypted("new")), oldKey("update"))).toEqual([]);
  });

  it.each(["delete", "replace", "forget"] as const)("refuses another key with the old one's %s", (action) => {
    const both = ["destroys-key", "leaves-data-behind"];

    expect(refusing(tableUpdate(encrypted("old"), encrypted("new")), oldKey(action))).toEqual(both);
    expect(refusing(tableUpdate(encrypted("old"), encrypted(null), unknown), oldKey(action))).toEqual(both);
  });

  it("refuses the key that AWS owns or manages", () => {
    expect(refusing(tableUpdate(encrypted("old"), encrypted(null)))).toEqual(["leaves-data-behind"]);
    expect(refusing(tableUpdate(encrypted("old"), { server_side_encryption: [] }))).toEqual([
      "leaves-data-behind",
    ]);
  });
});

describe("replaces-data", () => {
  const replaced = (type: string) =>
    refusing(
      changeOf(type, {
        action: "replace",
        before: { name: "x" },
        after: { name: "y" },
        replacedBy: ["name"],
      }),
    );

  it("refuses queues, log groups, streams and buckets, and lets roles and functions through", () => {
    for (const type of ["aws_sqs_queue", "aws_cloudwatch_log_group", "aws_kinesis_stream", "aws_s3_bucket"]) {
      expect(replaced(type)).toEqual(["replaces-data"]);
    }
    expect(replaced("aws_iam_role")).toEqual([]);
    expect(replaced("aws_lambda_function")).toEqual([]);
  });

  it("lets a services stack go: its logs and dead letters go with it", () => {
    const queue = changeOf("aws_sqs_queue", { action: "delete", before: { name: "x" } });
    const logs = changeOf("aws_cloudwatch_log_group", {
      action: "delete",
      before: { name: "/aws/lambda/x" },
    });

    expect(refusing(queue, logs)).toEqual([]);
  });
});

describe("lifts-protection", () => {
  const [on, off] = [{ deletion_protection_enabled: true }, { deletion_protection_enabled: false }];
  const index = (read_capacity: number): Values => ({
    global_secondary_index: [{ name: "job-index", hash_key: "job", projection_type: "ALL", read_capacity }],
  });

  it("lets a release through while the autoscaler has moved an index's units", () => {
    expect(refusing(tableUpdate({ ...on, ...index(20) }, { ...off, ...index(5) }))).toEqual([]);
  });

  it.each<[string, Values, Values]>([
    ["a tag", { tags: {} }, { tags: { Owner: "matching" } }],
    ["TTL", ttl("expiresAt", true), ttl("expiresAt", false)],
    ["the key", encrypted("old"), encrypted("new")],
    ["the stream", { stream_enabled: true }, { stream_enabled: false }],
  ])("refuses a release together with %s", (_what, before, after) => {
    expect(refusing(tableUpdate({ ...on, ...before }, { ...off, ...after }))).toEqual(["lifts-protection"]);
    expect(refusing(tableUpdate({ ...off, ...before }, { ...off, ...after }))).toEqual([]);
  });
});

describe("readLive", () => {
  const last = new Date("2026-11-20T11:00:00Z");
  const plan = planOf(
    "agent-matching-tables-staging",
    tableUpdate({ billing_mode: "PROVISIONED" }, { billing_mode: "PAY_PER_REQUEST" }),
  );
  const answering = (answer: () => Promise<unknown>, asked: unknown[] = []) =>
    ({
      dynamodb: {
        send: (command: DescribeTableCommand) => {
          asked.push(command.input);
          return answer();
        },
      },
    }) as unknown as Pick<AwsClients, "dynamodb">;
  const summary = { Table: { BillingModeSummary: { LastUpdateToPayPerRequestDateTime: last } } };

  it("asks for the tables that are switched to on-demand, and for no other", async () => {
    const asked: unknown[] = [];
    const clients = answering(() => Promise.resolve(summary), asked);
    const back = tableUpdate({ billing_mode: "PAY_PER_REQUEST" }, { billing_mode: "PROVISIONED" });

    expect(await readLive(plan, clients)).toEqual({
      lastOnDemand: new Map([["agent-profiles-staging", last]]),
    });
    expect(await readLive(planOf("agent-matching-tables-staging", back), clients)).toEqual({
      lastOnDemand: new Map(),
    });
    expect(asked).toEqual([{ TableName: "agent-profiles-staging" }]);
  });

  it("knows of no switch of a table that is gone", async () => {
    const gone = new ResourceNotFoundException({ message: "Table not found", $metadata: {} });

    expect(
      (
        await readLive(
          plan,
          answering(() => Promise.reject(gone)),
        )
      ).lastOnDemand.size,
    ).toBe(0);
  });

  it("does not tell when AWS does not answer", async () => {
    const denied = new Error("not authorized to perform dynamodb:DescribeTable");

    await expect(
      readLive(
        plan,
        answering(() => Promise.reject(denied)),
      ),
    ).rejects.toThrow(
      "When agent-profiles-staging was last switched to on-demand is not known: not authorized",
    );
  });
});
