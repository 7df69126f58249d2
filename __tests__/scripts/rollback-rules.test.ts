/** What a rollback is asked for, what its plans may hold, and how protection is put on again: without Terraform. */

import { DynamoDBClient, ResourceInUseException, ResourceNotFoundException } from "@aws-sdk/client-dynamodb";
import type { AwsClients } from "../../scripts/lib/aws";
import { CouldNotTell } from "../../scripts/lib/errors";
import type { PlannedChange, PlannedStack, Values } from "../../scripts/lib/plan/planned-stack";
import { describeDestroyed } from "../../scripts/lib/rollback/describe-destroyed";
import { requireUnusedKeys } from "../../scripts/lib/rollback/key-users";
import { requireDestructionOf, requireRelease, tableAddress } from "../../scripts/lib/rollback/plan-checks";
import { LeftOpen, whileReleased } from "../../scripts/lib/rollback/protection";
import { findLost, type StandingTable } from "../../scripts/lib/rollback/standing-tables";
import { readWish, type AskedFor } from "../../scripts/lib/rollback/wish";
import { loadEnvironments } from "../../stacks/environments";
import { agentConversations } from "../../tables/agent-conversations";
import { agentProfiles } from "../../tables/agent-profiles";
import { change as changeAt, plannedStack } from "../support/planned";

const { staging, dev } = loadEnvironments({});
const stack = "agent-matching-tables-staging";

describe("what is asked for", () => {
  const ask = (asked: Partial<AskedFor> & Pick<AskedFor, "stack">, environment = staging) =>
    readWish({ table: [], ...asked }, environment);

  it("is the destruction of a services stack, or a return to a commit", () => {
    expect(ask({ stack: "trade-status-services" })).toEqual({
      kind: "services",
      stack: "trade-status-services-staging",
    });
    expect(ask({ stack, to: "v1.4.0" })).toEqual({ kind: "commit", stack, name: "v1.4.0" });
  });

  it("is the end of an audit trail where nothing is protected, and elsewhere refused with the ways that there are", () => {
    const trail = "design-analysis-audit";
    expect(ask({ stack: trail }, dev)).toEqual({
      kind: "audit",
      stack: "design-analysis-audit-dev",
      withRecords: false,
    });
    expect(ask({ stack: trail, withRecords: true }, dev)).toMatchObject({ withRecords: true });
    expect(ask({ stack: trail, to: "v1.4.0" })).toMatchObject({ kind: "commit" });
    const refused = ask({ stack: trail });
    expect(refused).toMatchObject({ kind: "unnamed", stack: "design-analysis-audit-staging" });
    expect(JSON.stringify(refused)).toMatch(/--to <commit>.*audit-trail\.md#taking-one-down/);
  });

  it("is some tables of a stack, or all of them", () => {
    expect(ask({ stack, table: ["agent-profiles"] })).toMatchObject({
      kind: "tables",
      named: [agentProfiles],
      isWhole: false,
      backup: "on-demand",
    });
    const both = ["agent-conversations", "agent-profiles-staging", "agent-profiles"];
    expect(ask({ stack, table: both })).toMatchObject({
      named: [agentProfiles, agentConversations],
      isWhole: true,
    });
  });

  it("is nothing yet while the tables of a protected environment are not named, and all where none is", () => {
    const { kind, ...rest } = ask({ stack });
    expect(kind).toBe("unnamed");
    expect(JSON.stringify(rest)).toContain(
      "--table agent-profiles-staging --table agent-conversations-staging",
    );
    expect(ask({ stack: "agent-matching-tables", backup: "none" }, dev)).toMatchObject({
      kind: "tables",
      isWhole: true,
      backup: "none",
    });
  });

  it.each<[string, AskedFor, string]>([
    ["a table of another stack", { stack, table: ["conversations"] }, `no table "conversations" in ${stack}`],
    ["a table of a services stack", { stack: "trade-status-services", table: ["x"] }, "--table and --backup"],
    ["a table of an audit trail", { stack: "design-analysis-audit", table: ["x"] }, "--table and --backup"],
    [
      "records of a tables stack",
      { stack, table: [], withRecords: true },
      "--with-records is of an audit trail",
    ],
    ["a backup before a return", { stack, to: "v1", table: [], backup: "on-demand" }, "--table and --backup"],
    [
      "no backup of a protected table",
      { stack, table: ["agent-profiles"], backup: "none" },
      "--backup none is not for staging",
    ],
    ["an unknown stack", { stack: "agent-matching", table: [] }, 'There is no stack "agent-matching"'],
  ])("is refused for %s", (_, asked, sentence) => {
    expect(() => readWish(asked, staging)).toThrow(CouldNotTell);
    expect(() => readWish(asked, staging)).toThrow(sentence);
  });
});

const change = (address: string, { action = "delete", ...rest }: Partial<PlannedChange>): PlannedChange =>
  changeAt(address, action, rest);
const plan = (...changes: readonly PlannedChange[]): PlannedStack => plannedStack(stack, changes);
const [profiles, conversations] = [agentProfiles, agentConversations].map(tableAddress) as [string, string];
const update = (address: string, before: Values, after: Values) =>
  change(address, { action: "update", before, after });
const released = [{ deletion_protection_enabled: true }, { deletion_protection_enabled: false }] as const;

describe("a plan that releases", () => {
  it("may take the protection off named tables, or do nothing", () => {
    expect(() => requireRelease(plan(update(profiles, ...released)), [agentProfiles])).not.toThrow();
    expect(() => requireRelease(plan(), [agentProfiles])).not.toThrow();
  });

  it.each([
    ["another table", update(conversations, ...released)],
    [
      "another attribute beside it",
      update(
        profiles,
        { ...released[0], billing_mode: "PROVISIONED" },
        { ...released[1], billing_mode: "PAY_PER_REQUEST" },
      ),
    ],
    ["a table that it makes anew", change(profiles, { action: "replace" })],
    ["a key", change("aws_kms_key.key", { action: "create" })],
  ])("may not touch %s: deploy first", (_, other) => {
    expect(() => requireRelease(plan(other), [agentProfiles])).toThrow(
      `First: npm run deploy -- --env staging ${stack}`,
    );
  });
});

describe("a plan that destroys", () => {
  const key = change("aws_kms_key.key", {});
  const some = { specs: [agentProfiles], isWhole: false };

  it("may take named tables, what depends on them, and with all of them the key", () => {
    const scaling = change("aws_appautoscaling_target.agent-profiles__read", {});
    expect(() => requireDestructionOf(plan(change(profiles, {}), scaling), some)).not.toThrow();
    const whole = { specs: [agentProfiles, agentConversations], isWhole: true };
    const all = plan(change(profiles, {}), change(conversations, {}), key);
    expect(() => requireDestructionOf(all, whole)).not.toThrow();
  });

  it.each([
    ["a table that is not named", change(conversations, {})],
    ["the key while a table stays", key],
    ["its alias while a table stays", change("aws_kms_alias.key", {})],
    ["anything but by destroying it", change("aws_iam_policy.access", { action: "update" })],
    ["a table that it forgets", change(profiles, { action: "forget" })],
  ])("may not touch %s", (_, other) => {
    expect(() => requireDestructionOf(plan(other), some)).toThrow(
      `Destroying agent-profiles-staging would also change ${other.address}`,
    );
  });
});

describe("protection", () => {
  /** A table as DynamoDB has it, and what happens to its next updates. */
  const stub = (table: { isOn: boolean; status?: string }, failures: Error[] = []) => {
    const dynamodb = {
      send({ input }: { readonly input: object }) {
        if (!("DeletionProtectionEnabled" in input)) {
          if (table.status === "gone") return Promise.reject(gone());
          return Promise.resolve({
            Table: { DeletionProtectionEnabled: table.isOn, TableStatus: table.status ?? "ACTIVE" },
          });
        }
        const failure = failures.shift();
        if (failure !== undefined) return Promise.reject(failure);
        table.isOn = true;
        return Promise.resolve({});
      },
    };
    return { dynamodb } as unknown as Pick<AwsClients, "dynamodb">;
  };
  const gone = () => new ResourceNotFoundException({ message: "", $metadata: {} });
  const busy = () => new ResourceInUseException({ message: "", $metadata: {} });
  const release = (clients: Pick<AwsClients, "dynamodb">, signal = new AbortController().signal) => {
    const told: string[] = [];
    const tell = (text: string) => void told.push(text);
    return { told, clients, environment: staging, tables: ["agent-profiles-staging"], signal, tell };
  };
  const failing = () => Promise.reject(new Error("Terraform failed"));

  it("is on again when the work fails, also of a table that is being updated", async () => {
    const table = { isOn: false };
    const options = release(stub(table, [busy()]));
    await expect(whileReleased(options, failing)).rejects.toThrow("Terraform failed");
    expect(table.isOn).toBe(true);
    expect(options.told).toEqual(["The protection of agent-profiles-staging is on again."]);
  });

  it("is put on at once when the run is interrupted, before the work has ended", async () => {
    const table = { isOn: false };
    const controller = new AbortController();
    const work = async () => {
      controller.abort(new Error("interrupted"));
      while (!table.isOn) await new Promise((resolve) => setImmediate(resolve));
      controller.signal.throwIfAborted();
    };
    await expect(whileReleased(release(stub(table), controller.signal), work)).rejects.toThrow("interrupted");
    expect(table.isOn).toBe(true);
  });

  it("of a table that is gone is no failure", async () => {
    const options = release(stub({ isOn: false, status: "gone" }));
    await expect(whileReleased(options, failing)).rejects.toThrow("Terraform failed");
    expect(options.told).toEqual(["agent-profiles-staging is gone."]);
  });

  it("that cannot be put on is told loudly, with the command that does", async () => {
    const denied = Object.assign(new Error("no right to UpdateTable"), { name: "AccessDeniedException" });
    const failed = whileReleased(release(stub({ isOn: false }, [denied])), failing);
    await expect(failed).rejects.toThrow(LeftOpen);
    await expect(failed).rejects.toThrow(
      "aws dynamodb update-table --region us-east-1 --table-name agent-profiles-staging --deletion-protection-enabled",
    );
  });

  it("stays off, as it was meant, when the work goes well", async () => {
    const table = { isOn: false };
    await expect(whileReleased(release(stub(table)), () => Promise.resolve("done"))).resolves.toBe("done");
    expect(table.isOn).toBe(false);
  });
});

describe("a key that goes", () => {
  const key = "arn:aws:kms:us-east-1:123456789012:key/1";
  const keys: Readonly<Record<string, string>> = {
    "agent-profiles-staging": key,
    "agent-profiles-restored": key,
    "orders-of-others": "arn:aws:kms:us-east-1:123456789012:key/2",
  };
  const clients = (failure?: Error) => {
    const dynamodb = new DynamoDBClient({ region: "us-east-1" });
    const send = ({ input }: { readonly input: object }) => {
      if (!("TableName" in input)) return Promise.resolve({ TableNames: Object.keys(keys) });
      if (failure !== undefined) return Promise.reject(failure);
      return Promise.resolve({
        Table: { SSEDescription: { KMSMasterKeyArn: keys[String(input.TableName)] } },
      });
    };
    dynamodb.send = send as never;
    return { dynamodb };
  };
  const { signal } = new AbortController();
  const told: string[] = [];
  const tell = (text: string) => void told.push(text);

  it("is refused while a table that was not named is encrypted with it, and only then", async () => {
    const options = { keys: [key], signal, tell };
    await expect(
      requireUnusedKeys(clients(), { ...options, named: ["agent-profiles-staging"] }),
    ).rejects.toThrow(/^agent-profiles-restored is encrypted with the key of this stack/);
    const named = ["agent-profiles-staging", "agent-profiles-restored"];
    await expect(requireUnusedKeys(clients(), { ...options, named })).resolves.toBeUndefined();
    expect(told).toEqual([]);
  });

  it("is told to be unknown where AWS does not show the tables of others", async () => {
    const denied = new Error("User is not authorized to perform dynamodb:DescribeTable.");
    await requireUnusedKeys(clients(denied), { keys: [key], named: [], signal, tell });
    expect(told.join()).toContain("could not be looked up: User is not authorized");
  });
});

describe("tables that nothing should have touched", () => {
  const table: StandingTable = {
    spec: agentProfiles,
    name: "agent-profiles-staging",
    identity: "1",
    keySchema: "agent_id",
    isProtected: true,
    items: 3,
  };

  it.each<[string, readonly StandingTable[], readonly string[]]>([
    ["stand, whatever was written since", [{ ...table, items: 4 }], []],
    ["are gone", [], ["agent-profiles-staging is gone"]],
    ["were made anew", [{ ...table, identity: "2" }], ["agent-profiles-staging was deleted and made anew"]],
  ])("are compared when they %s", (_, after, lost) => {
    expect(findLost([table], after)).toEqual(lost);
  });
});

describe("what is said of destroyed tables", () => {
  const [name, arn] = ["agent-profiles-staging", "arn:aws:dynamodb:us-east-1:123456789012:table/a/backup/01"];
  const key = "arn:aws:kms:us-east-1:123456789012:key/8c3f";

  it("names the key's recall and the exact restore of the whole stack", () => {
    const ways = [{ kind: "backup", table: name, arn }] as const;
    const text = describeDestroyed({ stack, isWhole: true }, ways, [key], staging);
    expect(text).toContain(`aws kms cancel-key-deletion --region us-east-1 --key-id ${key}`);
    expect(text).toContain(`aws kms enable-key --region us-east-1 --key-id ${key}`);
    expect(text).toContain(`npm run restore -- --env staging ${name} --backup ${arn} --to ${name}`);
  });

  it("promises nothing of a table without a backup", () => {
    const text = describeDestroyed({ stack, isWhole: true }, [{ kind: "none", table: name }], [key], dev);
    expect(text).toContain("aws kms cancel-key-deletion");
    expect(text).not.toContain("npm run restore");
  });
});
