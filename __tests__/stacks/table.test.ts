import { App, Testing } from "cdktf";
import type { TableAction } from "../../stacks/constructs/table-statements";
import { Table } from "../../stacks/constructs/table";
import { SystemKey } from "../../stacks/constructs/system-key";
import { loadSettings } from "../../stacks/settings";
import { TablesStack } from "../../stacks/tables-stack";
import { number } from "../../tables/attributes";
import { onDemand, provisioned } from "../../tables/capacity";
import type { TableSpec } from "../../tables/table-spec";
import { defineSpoiled } from "../support/definition";
import { resource, statements, type Block, type StackDocument } from "../support/synthesis";

/** A table in a stack of its own, as Terraform gets it. */
function synthesizeTable(changes: Readonly<Record<string, unknown>>): StackDocument {
  return synthesizeWith(defineSpoiled(changes), (table) => table);
}

function synthesizeWith(spec: TableSpec, use: (table: Table) => unknown): StackDocument {
  const settings = loadSettings({});
  const environment = settings.environments.prod;
  const stack = new TablesStack(new App(), {
    system: "conversations",
    environment,
    settings,
  });
  use(new Table(stack, spec, { key: new SystemKey(stack) }));
  return JSON.parse(Testing.synth(stack, true)) as StackDocument;
}

const tableOf = (document: StackDocument): Block => resource(document, "aws_dynamodb_table", "conversations");
const byUser = { partitionKey: "user_id", sortKey: "created_at", projection: "ALL" };

describe("a table's construct", () => {
  it("keeps the attribute's name while TTL is switched off", () => {
    const timeToLive = { attribute: "message_count", enabled: false };
    const table = tableOf(synthesizeTable({ timeToLive }));
    expect(table["ttl"]).toEqual({ attribute_name: "message_count", enabled: false });
  });

  it("writes no TTL block when there is none", () => {
    expect(tableOf(synthesizeTable({}))).not.toHaveProperty("ttl");
  });

  it("does not ignore the units of a provisioned table that nothing scales", () => {
    const document = synthesizeTable({ capacity: provisioned({ read: 10, write: 5 }) });
    expect(tableOf(document)).toMatchObject({ read_capacity: 10, write_capacity: 5 });
    expect(tableOf(document)["lifecycle"]).not.toHaveProperty("ignore_changes");
    expect(document.resource).not.toHaveProperty("aws_appautoscaling_target");
  });

  it("bounds the request units of an on-demand table and its indexes", () => {
    const capacity = onDemand({ maxReadUnits: 500, maxWriteUnits: 100 });
    const table = tableOf(synthesizeTable({ capacity, indexes: { "by-user": byUser } }));
    const maxima = { max_read_request_units: 500, max_write_request_units: 100 };
    expect(table["on_demand_throughput"]).toEqual(maxima);
    expect(table["global_secondary_index"]).toMatchObject([{ on_demand_throughput: maxima }]);
  });

  it("sorts projected attributes: the provider compares a local index's by position", () => {
    const localIndexes = {
      "by-time": { sortKey: "created_at", projection: { include: ["title", "message_count"] } },
    };
    expect(tableOf(synthesizeTable({ localIndexes }))["local_secondary_index"]).toEqual([
      {
        name: "by-time",
        range_key: "created_at",
        projection_type: "INCLUDE",
        non_key_attributes: ["message_count", "title"],
      },
    ]);
  });

  it("streams what the spec says, with recovery and tags on every replica", () => {
    const kmsKeyArn = "arn:aws:kms:eu-west-1:123456789012:key/d79b93e0-6a66-43f9-95ea-6d095d3bd883";
    const replicas = [{ region: "eu-west-1", keyArns: { prod: kmsKeyArn } }];
    const table = tableOf(synthesizeTable({ stream: "NEW_AND_OLD_IMAGES", replicas }));
    expect(table).toMatchObject({
      stream_enabled: true,
      stream_view_type: "NEW_AND_OLD_IMAGES",
      replica: [
        {
          region_name: "eu-west-1",
          kms_key_arn: kmsKeyArn,
          point_in_time_recovery: true,
          propagate_tags: true,
        },
      ],
    });
  });

  it("encrypts with the spec's own key where it names one", () => {
    const kmsKeyArn = "arn:aws:kms:us-east-1:123456789012:key/d79b93e0-6a66-43f9-95ea-6d095d3bd883";
    const table = tableOf(synthesizeTable({ keyArns: { prod: kmsKeyArn } }));
    expect(table["server_side_encryption"]).toEqual({ enabled: true, kms_key_arn: kmsKeyArn });
  });

  it("takes no key and makes no replica that the spec names for another environment", () => {
    const kmsKeyArn = "arn:aws:kms:us-east-1:123456789012:key/d79b93e0-6a66-43f9-95ea-6d095d3bd883";
    const replicaKey = kmsKeyArn.replace("us-east-1", "eu-west-1");
    const table = tableOf(
      synthesizeTable({
        keyArns: { dev: kmsKeyArn },
        stream: "NEW_AND_OLD_IMAGES",
        replicas: [{ region: "eu-west-1", keyArns: { dev: replicaKey } }],
      }),
    );
    expect(table["server_side_encryption"]).toMatchObject({ kms_key_arn: "${aws_kms_key.key.arn}" });
    expect(table["replica"]).toEqual([]);
  });

  it("refuses a key of another region than the environment's", () => {
    const keyArns = { prod: "arn:aws:kms:eu-west-1:123456789012:key/d79b93e0-6a66-43f9-95ea-6d095d3bd883" };
    expect(() => synthesizeTable({ keyArns })).toThrow(
      'Table "conversations": its key in prod must be in us-east-1; found one in eu-west-1.',
    );
  });

  it("scales an index by an id that no other table has, and that Terraform takes", () => {
    const autoscaling = { max: 100, targetUtilization: 70 };
    const document = synthesizeTable({
      capacity: provisioned({ read: 10, write: 10, autoscaling }),
      indexes: { "by.user": byUser },
    });
    expect(Object.keys(document.resource["aws_appautoscaling_target"] ?? {})).toEqual([
      "conversations__by_dot_user__read",
      "conversations__by_dot_user__write",
      "conversations__read",
      "conversations__write",
    ]);
  });

  it("declares a key attribute of type N as such", () => {
    const document = synthesizeTable({
      attributes: { conversation_id: number("Number"), user_id: number("Owner") },
      example: { conversation_id: 1, user_id: 2 },
    });
    expect(tableOf(document)["attribute"]).toEqual([
      { name: "conversation_id", type: "N" },
      { name: "user_id", type: "N" },
    ]);
  });
});

describe("statements", () => {
  const statementsOf = (...actions: readonly TableAction[]) => {
    let granted: ReturnType<Table["statementsFor"]> = [];
    const document = synthesizeWith(defineSpoiled({ indexes: { "by-user": byUser } }), (table) => {
      granted = table.statementsFor(...actions);
    });
    expect(tableOf(document)["name"]).toBe("cg-chatbot-conversations");
    return statements({ policy: JSON.stringify({ Statement: granted }) });
  };

  it("to read give no right to encrypt", () => {
    const key = statementsOf("GetItem").find(({ Sid }) => Sid === "ConversationsKey");
    expect(key?.Action).toEqual(["kms:Decrypt", "kms:DescribeKey"]);
  });

  it("to describe give no right to the key", () => {
    expect(statementsOf("DescribeTable").map(({ Sid }) => Sid)).toEqual(["Conversations"]);
  });

  it("name the indexes only for calls that an index takes", () => {
    expect(statementsOf("GetItem", "PutItem").map(({ Sid }) => Sid)).toEqual([
      "Conversations",
      "ConversationsKey",
    ]);
    const onIndexes = statementsOf("GetItem", "Query").find(({ Sid }) => Sid === "ConversationsIndexes");
    expect(onIndexes?.Action).toEqual(["dynamodb:Query"]);
    expect(onIndexes?.Resource).toHaveLength(1);
  });
});
