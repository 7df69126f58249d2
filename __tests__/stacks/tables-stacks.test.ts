import { environmentNames } from "../../tables/naming";
import { systems } from "../../tables/systems";
import { resource, statements, synthesize, synthesizeAll, type Block } from "../support/synthesis";

const production = (system: string) => synthesize(`${system}-tables-prod`);

describe("brand-processing-tables", () => {
  it("keys brands by number and lists them by status and time", () => {
    const table = resource(production("brand-processing"), "aws_dynamodb_table", "brand-processing-status");
    expect(table).toMatchObject({
      name: "brand_processing_status_prod",
      billing_mode: "PAY_PER_REQUEST",
      hash_key: "brandid",
      attribute: [
        { name: "brandid", type: "N" },
        { name: "status", type: "S" },
        { name: "updated_at", type: "S" },
      ],
      global_secondary_index: [
        { name: "status-index", hash_key: "status", range_key: "updated_at", projection_type: "ALL" },
      ],
    });
  });

  it("declares no capacity on-demand, neither of the table nor of the index", () => {
    const table = resource(production("brand-processing"), "aws_dynamodb_table", "brand-processing-status");
    expect(table).not.toHaveProperty("read_capacity");
    expect((table["global_secondary_index"] as readonly Block[])[0]).not.toHaveProperty("read_capacity");
    expect(table["lifecycle"]).not.toHaveProperty("ignore_changes");
  });
});

describe("agent-matching-tables", () => {
  const document = production("agent-matching");

  it("provisions 10 units for the tables and 5 for the indexes", () => {
    const table = resource(document, "aws_dynamodb_table", "agent-profiles");
    expect(table).toMatchObject({ billing_mode: "PROVISIONED", read_capacity: 10, write_capacity: 10 });
    expect(table["global_secondary_index"]).toMatchObject([
      { name: "job-index", read_capacity: 5, write_capacity: 5 },
      { name: "location-index", hash_key: "location_city", read_capacity: 5, write_capacity: 5 },
    ]);
  });

  it("declares an attribute that table and index share once, with one type", () => {
    const { attribute } = resource(document, "aws_dynamodb_table", "agent-conversations");
    expect(attribute).toEqual([
      { name: "conversation_id", type: "S" },
      { name: "timestamp", type: "S" },
      { name: "agent_id", type: "S" },
    ]);
  });

  it("lets the autoscaler move the table's units without a difference in the plan", () => {
    for (const id of ["agent-profiles", "agent-conversations"]) {
      const { lifecycle } = resource(document, "aws_dynamodb_table", id);
      expect(lifecycle).toMatchObject({ ignore_changes: ["read_capacity", "write_capacity"] });
    }
  });

  it("scales both tables and all three indexes in both directions, to 100 at 70 %", () => {
    const targets = document.resource["aws_appautoscaling_target"] ?? {};
    expect(Object.keys(targets).sort()).toEqual(
      [
        "agent-profiles",
        "agent-profiles__job-index",
        "agent-profiles__location-index",
        "agent-conversations",
        "agent-conversations__agent-conversations-index",
      ]
        .flatMap((scaled) => [`${scaled}__read`, `${scaled}__write`])
        .sort(),
    );
    for (const [id, target] of Object.entries(targets)) {
      const isIndex = String(target["resource_id"]).includes("/index/");
      expect(target).toMatchObject({ min_capacity: isIndex ? 5 : 10, max_capacity: 100 });
      const policy = resource(document, "aws_appautoscaling_policy", id);
      expect(policy["target_tracking_scaling_policy_configuration"]).toMatchObject({ target_value: 70 });
    }
  });

  it("registers targets by reference to the table, after it, and without a role of their own", () => {
    const target = resource(document, "aws_appautoscaling_target", "agent-profiles__job-index__write");
    expect(target).toMatchObject({
      resource_id: "table/${aws_dynamodb_table.agent-profiles.name}/index/job-index",
      scalable_dimension: "dynamodb:index:WriteCapacityUnits",
      service_namespace: "dynamodb",
    });
    expect(target).not.toHaveProperty("role_arn");
  });
});

describe("trade-status-tables", () => {
  it("expires sessions by expiresAt and carries document 003's tags", () => {
    const document = production("trade-status");
    expect(resource(document, "aws_dynamodb_table", "trade-processing-status")).toMatchObject({
      name: "ai-trade-matching-processing-status",
      ttl: { attribute_name: "expiresAt", enabled: true },
      tags: {
        Name: "Orchestrator Processing Status",
        Component: "AgentCore",
        Purpose: "Real-time workflow status tracking",
      },
    });
    const [provider] = document.provider.aws;
    expect(provider?.["default_tags"]).toEqual([
      {
        tags: {
          System: "trade-status",
          Environment: "production",
          Requirement: "003_4c7354951450b53d",
          ManagedBy: "cdktf",
        },
      },
    ]);
  });
});

describe("design-analysis-tables", () => {
  it("projects what the list endpoint returns, in a stable order", () => {
    const table = resource(production("design-analysis"), "aws_dynamodb_table", "design-analysis-tracking");
    expect(table["global_secondary_index"]).toMatchObject([
      {
        name: "overall_status-created_at-index",
        projection_type: "INCLUDE",
        non_key_attributes: ["research_data", "updated_at"],
      },
    ]);
  });
});

describe("the stack's own tags", () => {
  it("are the four that the limit of a table's tags leaves room for", () => {
    for (const document of synthesizeAll().values()) {
      const [defaults] = document.provider.aws[0]?.["default_tags"] as readonly { readonly tags: object }[];
      expect(Object.keys(defaults?.tags ?? {})).toHaveLength(4);
    }
  });
});

describe("the key of a system", () => {
  const document = production("conversations");
  const key = resource(document, "aws_kms_key", "key");

  it("rotates, can be called back for 30 days, and is found by an alias that names the environment", () => {
    expect(key).toMatchObject({ enable_key_rotation: true, deletion_window_in_days: 30 });
    expect(resource(document, "aws_kms_alias", "key")).toEqual({
      name: "alias/conversations-tables-prod",
      target_key_id: "${aws_kms_key.key.key_id}",
    });
  });

  it("decrypts only for calls that come through DynamoDB", () => {
    const uses = statements(key).filter(({ Action }) => Action.includes("kms:Decrypt"));
    expect(uses).toHaveLength(1);
    expect(uses[0]?.Condition).toEqual({
      StringEquals: { "kms:ViaService": "dynamodb.us-east-1.amazonaws.com" },
    });
  });

  it("trusts the account alone and allows no wildcard of actions", () => {
    for (const statement of statements(key)) {
      expect(statement).toMatchObject({
        Principal: { AWS: "arn:aws:iam::${data.aws_caller_identity.caller.account_id}:root" },
      });
      for (const action of statement.Action) expect(action).not.toContain("*");
    }
  });
});

describe("access policies", () => {
  it.each([
    ["brand-processing", "brand_processing_dynamodb_access"],
    ["conversations", "DynamoDBConversationsAccess"],
    ["agent-matching", "agent_matching_dynamodb_access"],
    ["trade-status", "agentcore_dynamodb_access"],
    ["design-analysis", "DesignAnalysisDynamoDBAccess"],
  ])("of %s keep the document's name in production and the environment's elsewhere", (system, name) => {
    expect(resource(production(system), "aws_iam_policy", name)["name"]).toBe(name);
    const dev = synthesize(`${system}-tables-dev`);
    expect(resource(dev, "aws_iam_policy", name)["name"]).toBe(`${name}-dev`);
  });

  it("name exact actions and exact ARNs of one system, never a wildcard", () => {
    const documents = [...synthesizeAll()].filter(([id]) => id.includes("-tables-"));
    for (const [, document] of documents) {
      for (const policy of Object.values(document.resource["aws_iam_policy"] ?? {})) {
        for (const { Action, Resource } of statements(policy)) {
          for (const text of [Action, Resource].flat(2)) expect(text).not.toContain("*");
          expect(Action).not.toContain("dynamodb:CreateTable");
        }
      }
    }
  });

  it("let the chatbot read, write and list conversations with their key", () => {
    const document = production("conversations");
    const policy = resource(document, "aws_iam_policy", "DynamoDBConversationsAccess");
    const table = "${aws_dynamodb_table.conversations.arn}";
    expect(statements(policy)).toEqual([
      {
        Sid: "Conversations",
        Effect: "Allow",
        Action: ["GetItem", "Query", "PutItem", "UpdateItem", "DeleteItem"].map((name) => `dynamodb:${name}`),
        Resource: [table],
      },
      {
        Sid: "ConversationsIndexes",
        Effect: "Allow",
        Action: ["dynamodb:Query"],
        Resource: [`${table}/index/user_id-created_at-index`],
      },
      {
        Sid: "ConversationsKey",
        Effect: "Allow",
        Action: [
          "kms:Decrypt",
          "kms:DescribeKey",
          "kms:Encrypt",
          "kms:GenerateDataKey",
          "kms:GenerateDataKeyWithoutPlaintext",
          "kms:ReEncryptFrom",
          "kms:ReEncryptTo",
        ],
        Resource: ["${aws_kms_key.key.arn}"],
        Condition: { StringEquals: { "kms:ViaService": "dynamodb.us-east-1.amazonaws.com" } },
      },
    ]);
  });

  it("are attached where the environment names the consumer's role, and only there", () => {
    const id = "conversations-tables-prod";
    expect(synthesize(id).resource).not.toHaveProperty("aws_iam_role_policy_attachment");
    const document = synthesize(id, { PROD_CHATBOT_ROLE: "cg-chatbot-lambda-role" });
    expect(resource(document, "aws_iam_role_policy_attachment", "DynamoDBConversationsAccess")).toEqual({
      role: "cg-chatbot-lambda-role",
      policy_arn: "${aws_iam_policy.DynamoDBConversationsAccess.arn}",
    });
    const dev = synthesize("conversations-tables-dev", { PROD_CHATBOT_ROLE: "cg-chatbot-lambda-role" });
    expect(dev.resource).not.toHaveProperty("aws_iam_role_policy_attachment");
  });
});

describe("outputs", () => {
  it("tell names and ARNs of the tables, the key and the policies", () => {
    expect(production("agent-matching").output).toEqual({
      "agent-profiles_name": { value: "${aws_dynamodb_table.agent-profiles.name}" },
      "agent-profiles_arn": { value: "${aws_dynamodb_table.agent-profiles.arn}" },
      "agent-conversations_name": { value: "${aws_dynamodb_table.agent-conversations.name}" },
      "agent-conversations_arn": { value: "${aws_dynamodb_table.agent-conversations.arn}" },
      alarm_topic_arn: { value: "${aws_sns_topic.alarms.arn}" },
      key_arn: { value: "${aws_kms_key.key.arn}" },
      agent_matching_dynamodb_access_policy_arn: {
        value: "${aws_iam_policy.agent_matching_dynamodb_access.arn}",
      },
    });
  });
});

describe("the whole plan in production", () => {
  it.each(systems)("of %s-tables is the one that was reviewed", (system) => {
    expect(production(system)).toMatchSnapshot();
  });

  it.each(systems)(
    "of %s-tables differs between environments in names, tags, protection and state alone",
    (system) => {
      const common = environmentNames.map((environment) => {
        const { backend, ...terraform } = synthesize(`${system}-tables-${environment}`).terraform;
        expect(Object.keys(backend)).toEqual(["local"]);
        const document = { ...synthesize(`${system}-tables-${environment}`), provider: {}, terraform };
        return JSON.stringify(document)
          .replaceAll(
            new RegExp(`(?<=[\\w*])[-_](dev|staging|prod|local)(?=["\\\\. -])| in ${environment}(?=")`, "g"),
            "",
          )
          .replaceAll(/"(deletion_protection_enabled|prevent_destroy)":(true|false)/g, "");
      });
      for (const document of common) expect(document).toBe(common[0]);
    },
  );
});
