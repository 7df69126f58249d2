/** What a saved plan says, read from the JSON that Terraform shows of it. */

import { attributeChanges } from "../../scripts/lib/plan/attribute-changes";
import { readPlan, UnreadablePlan } from "../../scripts/lib/plan/planned-stack";
import { isStackId, parseStackId, stacksOf } from "../../stacks/naming";
import { systems } from "../../tables/systems";

const stack = "agent-matching-tables-dev";
const address = "aws_dynamodb_table.agent-profiles";

const shown = (change: object, more: object = {}) =>
  JSON.stringify({
    format_version: "1.2",
    resource_changes: [
      { address, mode: "managed", type: "aws_dynamodb_table", name: "agent-profiles", change },
    ],
    ...more,
  });

const planned = (change: object) => {
  const [only] = readPlan(stack, shown(change)).changes;
  if (only === undefined) throw new Error("Nothing is planned.");
  return only;
};

it("says of which system, layer and environment the stack is", () => {
  const plan = readPlan(stack, shown({ actions: ["create"], after: { name: "agent-profiles-dev" } }));
  expect(plan).toMatchObject({ stack, system: "agent-matching", layer: "tables", environment: "dev" });
});

it.each([
  [["create"], "create"],
  [["update"], "update"],
  [["delete"], "delete"],
  [["forget"], "forget"],
  [["delete", "create"], "replace"],
  [["create", "delete"], "replace"],
])("%j is %s", (actions, action) => {
  expect(planned({ actions, before: { name: "x" }, after: { name: "x" } })).toMatchObject({
    address,
    action,
  });
});

it("leaves out what stays as it is and data that is read", () => {
  const data = { address: "data.x", mode: "data", type: "x", name: "x", change: { actions: ["read"] } };
  const plan = readPlan(stack, shown({ actions: ["no-op"] }, { resource_drift: [data] }));
  expect(plan).toMatchObject({ isEmpty: true, changes: [], drift: [], outputs: [] });
});

describe("what others have changed", () => {
  const policies = { name: "grants", role: "trade-status-read", policy: "{}" };
  const drifted = (type: string, before: object, after: object) =>
    readPlan(
      stack,
      JSON.stringify({
        format_version: "1.2",
        resource_changes: [
          {
            address: "aws_iam_role_policy.read",
            mode: "managed",
            type: "aws_iam_role_policy",
            name: "read",
            change: { actions: ["no-op"], before: policies, after: policies },
          },
        ],
        resource_drift: [
          {
            address: `${type}.x`,
            mode: "managed",
            type,
            name: "x",
            change: { actions: ["update"], before, after },
          },
        ],
      }),
    ).drift;
  const role = (...names: readonly string[]) => ({
    name: "trade-status-read",
    inline_policy: names.map((name) => ({ name, policy: "{}" })),
  });

  it.each<[string, string, object, object]>([
    ["an empty map where none was written", "aws_kms_key", { tags: null }, { tags: {} }],
    ["an empty list inside a block", "aws_x", { block: [{ list: null }] }, { block: [{ list: [] }] }],
    ["a role's policy of the same stack", "aws_iam_role", role(), role("grants")],
    ["when an agent was prepared", "aws_bedrockagent_agent", { prepared_at: "1" }, { prepared_at: "2" }],
  ])("is not %s", (_what, type, before, after) => {
    expect(drifted(type, before, after)).toEqual([]);
  });

  it.each<[string, string, object, object]>([
    ["a tag", "aws_kms_key", { tags: null }, { tags: { Owner: "me" } }],
    ["a policy that somebody put on a role", "aws_iam_role", role(), role("grants", "all-tables")],
    ["a switch", "aws_dynamodb_table", { ttl: [{ enabled: true }] }, { ttl: [{ enabled: false }] }],
  ])("is %s", (_what, type, before, after) => {
    expect(drifted(type, before, after)).toHaveLength(1);
  });
});

it("keeps apart what stays as it is, for what a stack costs as a whole", () => {
  const values = { name: "agent-profiles-dev", read_capacity: 10 };
  const plan = readPlan(stack, shown({ actions: ["no-op"], before: values, after: values }));
  expect(plan.kept).toEqual([{ address, type: "aws_dynamodb_table", values }]);
  expect(readPlan(stack, shown({ actions: ["create"], after: values })).kept).toEqual([]);
});

it("a plan that changes an output alone is not empty", () => {
  const outputs = { key_arn: { actions: ["update"] }, name: { actions: ["no-op"] } };
  const plan = readPlan(stack, shown({ actions: ["no-op"] }, { output_changes: outputs }));
  expect(plan).toMatchObject({ isEmpty: false, outputs: ["key_arn"] });
});

it.each([
  ["not JSON", "Error: no plan"],
  ["another format", JSON.stringify({ format_version: "2.0" })],
  ["an action of a later Terraform", shown({ actions: ["adopt"] })],
])("refuses %s", (_, text) => {
  expect(() => readPlan(stack, text)).toThrow(UnreadablePlan);
});

describe("attributes that change", () => {
  // The provider writes an index's missing sort key as "" in the state, and as null in a plan.
  it("are not those that are empty on one side and not set on the other", () => {
    const index = (range_key: string | null, read_capacity: number) => ({
      global_secondary_index: [{ name: "job-index", hash_key: "job", range_key, read_capacity }],
    });
    const change = planned({ actions: ["update"], before: index("", 20), after: index(null, 5) });

    expect(attributeChanges(change)).toEqual([
      { path: "global_secondary_index.job-index.read_capacity", from: "20", to: "5", replaces: false },
    ]);
  });

  it("are told one by one, with what they were and will be", () => {
    const change = planned({
      actions: ["update"],
      before: {
        ttl: [{ attribute_name: "", enabled: false }],
        tags: { Component: "status" },
        table_class: null,
      },
      after: { ttl: [{ attribute_name: "expiresAt", enabled: true }], tags: {}, table_class: null },
    });
    expect(attributeChanges(change)).toEqual([
      { path: "ttl.0.attribute_name", from: '""', to: '"expiresAt"', replaces: false },
      { path: "ttl.0.enabled", from: "false", to: "true", replaces: false },
      { path: "tags.Component", from: '"status"', replaces: false },
    ]);
  });

  it("those that force a replacement are marked, and what is merely made anew is left out", () => {
    const change = planned({
      actions: ["delete", "create"],
      before: { hash_key: "id", arn: "arn:aws:dynamodb:us-east-1:123456789012:table/agent-profiles-dev" },
      after: { hash_key: "agent_id" },
      after_unknown: { arn: true },
      replace_paths: [["hash_key"]],
    });
    expect(attributeChanges(change)).toEqual([
      { path: "hash_key", from: '"id"', to: '"agent_id"', replaces: true },
    ]);
  });

  it("an index is known by its name: one that goes is one change, those that stay are none", () => {
    const index = (name: string) => ({ name, hash_key: "job", projection_type: "ALL" });
    const change = planned({
      actions: ["update"],
      before: { global_secondary_index: [index("job-index"), index("location-index")] },
      after: { global_secondary_index: [index("location-index")] },
    });
    expect(attributeChanges(change)).toEqual([
      { path: "global_secondary_index.job-index", from: JSON.stringify(index("job-index")), replaces: false },
    ]);
  });

  it("a sensitive value is never shown, nor one inside an element", () => {
    const secret = (value: string) => ({ password: value, user: [{ name: "a", key: value }] });
    const change = planned({
      actions: ["update"],
      before: secret("hunter2"),
      after: { password: "correct horse", user: [{ name: "b", key: "correct horse" }] },
      before_sensitive: { password: true, user: [{ key: true }] },
      after_sensitive: { password: true, user: [{ key: true }] },
    });
    const changes = attributeChanges(change);
    expect(changes.map(({ path }) => path)).toEqual(["password", "user.a", "user.b"]);
    expect(JSON.stringify(changes)).not.toMatch(/hunter2|correct horse/);
  });
});

describe("stack ids", () => {
  it("an environment has two a system, tables before services, and then the audit trail of the one that has it", () => {
    expect(stacksOf("dev")).toHaveLength(2 * systems.length + 1);
    expect(stacksOf("dev").slice(0, 2)).toEqual([
      "brand-processing-tables-dev",
      "brand-processing-services-dev",
    ]);
    expect(stacksOf("dev").filter((stack) => stack.startsWith("design-analysis"))).toEqual([
      "design-analysis-tables-dev",
      "design-analysis-services-dev",
      "design-analysis-audit-dev",
    ]);
  });

  it("say their parts", () => {
    expect(parseStackId("conversations-services-prod")).toEqual({
      system: "conversations",
      layer: "services",
      environment: "prod",
    });
    expect(parseStackId("brand-processing-tables-local").system).toBe("brand-processing");
    expect(parseStackId("design-analysis-audit-prod").layer).toBe("audit");
  });

  it.each(["trade-status-tables", "trade-status-tables-qa", "trade-status-audit-dev", "constructor", ""])(
    "%j is none",
    (text) => {
      expect(isStackId(text)).toBe(false);
    },
  );
});
