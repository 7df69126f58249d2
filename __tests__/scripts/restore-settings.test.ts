/** What is put back, and how the switch is told: without a call. */

import { UpdateTableCommand, type TableDescription } from "@aws-sdk/client-dynamodb";
import type { AwsClients } from "../../scripts/lib/aws";
import { forgotten, missingSettings } from "../../scripts/lib/restore/settings";
import { describeSwitch, specName } from "../../scripts/lib/restore/switch";
import { readTargetName } from "../../scripts/lib/restore/target-name";
import { Unread } from "../../scripts/lib/verify/reading";
import { loadEnvironments } from "../../stacks/environments";
import { agentProfiles } from "../../tables/agent-profiles";
import { brandProcessingStatus } from "../../tables/brand-processing-status";
import { onDemand } from "../../tables/capacity";
import { conversations } from "../../tables/conversations";
import type { TableSpec } from "../../tables/table-spec";
import { tradeProcessingStatus } from "../../tables/trade-processing-status";

const { dev, prod } = loadEnvironments({});

/** What is missing of a table that was restored otherwise than its spec has it. */
function missing(spec: TableSpec, change: Partial<TableDescription> = {}, environment = prod) {
  const restored = forgotten(spec, "restored");
  const description = { ...restored.live.description, ...change };
  return missingSettings(spec, environment, { ...restored, live: { ...restored.live, description } });
}
const whats = (...args: Parameters<typeof missing>) => missing(...args).map(({ what }) => what);

/** The changes of the table that a setting asks for. */
async function updates(spec: TableSpec, change: Partial<TableDescription>, what: RegExp) {
  const asked: unknown[] = [];
  const send = (command: { readonly input: unknown }) => Promise.resolve(void asked.push(command));
  const setting = missing(spec, change).find((one) => what.test(one.what));
  await setting?.putBack({ dynamodb: { send } } as unknown as AwsClients);
  return (asked as readonly UpdateTableCommand[]).map(({ input }) => input);
}

describe("what is put back", () => {
  it("is deletion protection in protected environments alone", () => {
    expect(whats(conversations)).toContain("deletion protection");
    expect(whats(conversations, {}, dev)).not.toContain("deletion protection");
  });

  it("is a stream where the spec has one", async () => {
    const streamed: TableSpec = { ...conversations, stream: "NEW_IMAGE" };
    expect(whats(conversations).join()).not.toContain("stream");
    expect(await updates(streamed, {}, /^stream/)).toEqual([
      { TableName: "restored", StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_IMAGE" } },
    ]);
    const StreamSpecification = { StreamEnabled: true, StreamViewType: "NEW_IMAGE" } as const;
    expect(whats(streamed, { StreamSpecification }).join()).not.toContain("stream");
  });

  it("are the units that differ, and no others: AWS refuses a change to what is there", async () => {
    const ProvisionedThroughput = { ReadCapacityUnits: 3, WriteCapacityUnits: 10 };
    expect(await updates(agentProfiles, { ProvisionedThroughput }, /^provisioned/)).toEqual([
      { TableName: "restored", ProvisionedThroughput: { ReadCapacityUnits: 10, WriteCapacityUnits: 10 } },
    ]);
    // Scaled up when it was restored: the autoscaler brings it down.
    const scaledUp = { ReadCapacityUnits: 60, WriteCapacityUnits: 10 };
    expect(whats(agentProfiles, { ProvisionedThroughput: scaledUp }).join()).not.toContain("provisioned");
  });

  it("is the billing mode, with units for each index", async () => {
    const BillingModeSummary = { BillingMode: "PAY_PER_REQUEST" } as const;
    const five = { ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 5 } };
    expect(await updates(agentProfiles, { BillingModeSummary }, /^provisioned/)).toEqual([
      {
        TableName: "restored",
        BillingMode: "PROVISIONED",
        ProvisionedThroughput: { ReadCapacityUnits: 10, WriteCapacityUnits: 10 },
        GlobalSecondaryIndexUpdates: [
          { Update: { IndexName: "job-index", ...five } },
          { Update: { IndexName: "location-index", ...five } },
        ],
      },
    ]);
    const provisioned = { BillingModeSummary: { BillingMode: "PROVISIONED" } } as const;
    expect(await updates(tradeProcessingStatus, provisioned, /^on-demand/)).toEqual([
      { TableName: "restored", BillingMode: "PAY_PER_REQUEST" },
    ]);
  });

  it("is the maximum that bounds an on-demand table's cost", async () => {
    const bounded: TableSpec = { ...tradeProcessingStatus, capacity: onDemand({ maxReadUnits: 500 }) };
    expect(await updates(bounded, { OnDemandThroughput: {} }, /^on-demand/)).toEqual([
      { TableName: "restored", OnDemandThroughput: { MaxReadRequestUnits: 500, MaxWriteRequestUnits: -1 } },
    ]);
  });

  it("is also what could not be read, rather than taken for set", () => {
    const restored = forgotten(tradeProcessingStatus, "restored");
    const timeToLive = new Unread("AccessDeniedException");
    const settings = missingSettings(tradeProcessingStatus, prod, {
      ...restored,
      live: { ...restored.live, timeToLive },
    });
    expect(settings.map(({ what }) => what)).toContain("TTL on expiresAt");
  });
});

describe("the switch", () => {
  it("names both ways, and the stack whose state it is about", () => {
    const text = describeSwitch(agentProfiles, "staging", "agent-profiles-restored-staging").join("\n");
    expect(text).toContain('name: "agent-profiles-restored" in tables/agent-profiles.ts');
    expect(text).toContain("aws_dynamodb_table.agent-profiles in agent-matching-tables-staging");
    expect(text).toContain("delete agent-profiles-staging, restore that backup --to agent-profiles-staging");
  });

  it("says where no spec's name leads to the new one", () => {
    expect(describeSwitch(agentProfiles, "staging", "agent-profiles-restored").join("\n")).toContain(
      "The new name: not possible with agent-profiles-restored, since names of staging end in -staging.",
    );
  });

  it("is none when the table has its own name again", () => {
    expect(describeSwitch(agentProfiles, "prod", "agent-profiles")).toEqual([
      expect.stringContaining("agent-profiles is there again under its own name"),
    ]);
  });

  it.each([
    [conversations, "prod", "chats", "chats"],
    [conversations, "dev", "chats-dev", "chats"],
    [conversations, "dev", "chats", undefined],
    [brandProcessingStatus, "dev", "brands_dev", "brands_<env>"],
    [brandProcessingStatus, "prod", "brands", undefined],
  ] as const)("of %# needs the right name in the spec", (spec, environment, to, name) => {
    expect(specName(spec, environment, to)).toBe(name);
  });
});

it.each(["ab", "orders?", "o".repeat(256), ""])("the name %j is none that DynamoDB takes", (name) => {
  expect(() => readTargetName(name)).toThrow("Give a name of 3 to 255 characters");
});
