/** What the pipeline's roles may do, held against what the stacks are made of. */

import { resourceActions } from "../../../stacks/bootstrap/resource-actions";
import type { ScopedActions } from "../../../stacks/bootstrap/scoped-actions";
import { accessPolicyNames, stacksOf } from "../../../stacks/naming";
import { roleStatements, synthesizeBootstrap } from "../../support/bootstrap-stack";
import { account, actionsOf, allows, resolved, statementsOf, withAccount } from "../../support/policies";
import { resource, synthesizeAll, type Block, type StackDocument } from "../../support/synthesis";

const environments = ["dev", "staging", "prod"] as const;
type Named = (typeof environments)[number];

/** Everything that settings can add to the stacks. */
const settingsOf = (name: Named): Readonly<Record<string, string>> => {
  const prefix = name.toUpperCase();
  return {
    [`${prefix}_PIPELINE_REPOSITORY`]: "acme/dynamodb-layer",
    [`${prefix}_CHATBOT_ROLE`]: "cg-production-chatbot-role",
    [`${prefix}_AGENTCORE_ROLE`]: "trade-orchestrator-execution",
    [`${prefix}_ATHENA_DATABASE`]: "brands",
    [`${prefix}_ATHENA_WORKGROUP`]: "primary",
    [`${prefix}_ATHENA_OUTPUT`]: `s3://acme-athena-${name}/results/`,
    [`${prefix}_ATHENA_DATA`]: `s3://acme-brands-${name}/brands/`,
    [`${prefix}_AGENT_GUARDRAIL`]: "a1b2c3:1",
    [`${prefix}_AGENT_KEY_ARN`]: `arn:aws:kms:us-east-1:${account}:key/2f3c`,
    [`${prefix}_ALARM_EMAILS`]: "on-call@acme.example",
    [`${prefix}_JWT_ISSUER`]: "https://login.acme.example",
    [`${prefix}_JWT_AUDIENCE`]: "brands",
  };
};
const everything = Object.assign({}, ...environments.map(settingsOf)) as Readonly<Record<string, string>>;
const withoutTokens = Object.fromEntries(
  Object.entries(everything).filter(([name]) => !name.includes("JWT")),
);
const apps = [synthesizeAll(everything), synthesizeAll(withoutTokens)];

const stacksIn = (name: Named): readonly (readonly [string, StackDocument])[] =>
  apps.flatMap((app) => [...app].filter(([id]) => id.endsWith(`-${name}`)));
const bootstraps = new Map(environments.map((name) => [name, synthesizeBootstrap(name, everything)]));
const bootstrapOf = (name: Named): StackDocument => bootstraps.get(name) ?? synthesizeBootstrap(name);
const typesIn = (name: Named): readonly string[] => [
  ...new Set(stacksIn(name).flatMap(([, document]) => Object.keys(document.resource))),
];
const actions = (scoped: readonly ScopedActions[]) => scoped.flatMap((one) => one.actions);

describe.each(environments)("the roles of the pipeline in %s", (name) => {
  const plan = actionsOf(roleStatements(bootstrapOf(name), "plan"));
  const apply = actionsOf(roleStatements(bootstrapOf(name), "apply"));

  it.each(typesIn(name))("have what a %s takes", (type) => {
    const needed = resourceActions[type];
    expect({ type, isListed: needed !== undefined }).toEqual({ type, isListed: true });
    const { read = [], write = [] } = needed ?? {};
    expect([...plan]).toEqual(expect.arrayContaining(actions(read)));
    expect([...apply]).toEqual(expect.arrayContaining([...actions(read), ...actions(write)]));
  });

  it("have nothing for a type that no stack has", () => {
    expect(Object.keys(resourceActions).sort()).toEqual([...typesIn(name)].sort());
  });

  it("reach every resource that has a name, in the apply role", () => {
    const statements = roleStatements(bootstrapOf(name), "apply");
    const reached = stacksIn(name).flatMap(([, document]) => namedResources(document));
    expect(reached.length).toBeGreaterThan(100);
    for (const { action, arn } of reached) {
      expect({ action, arn, allowed: allows(statements, action, arn) }).toEqual({
        action,
        arn,
        allowed: true,
      });
    }
  });

  it("only read, in the plan role, but for locks", () => {
    const changing = [...plan].filter((action) => !/:(Get|List|Describe|Validate)/i.test(action));
    expect(changing).toEqual(["s3:DeleteObject", "s3:PutObject"]);
    const statements = roleStatements(bootstrapOf(name), "plan");
    const state = `arn:aws:s3:::acme-dynamodb-layer-${name}/trade-status-tables-${name}/terraform.tfstate`;
    expect(allows(statements, "s3:PutObject", state)).toBe(false);
    expect(allows(statements, "s3:PutObject", `${state}.tflock`)).toBe(true);
  });

  it("read no item, and none of the bootstrap's own state", () => {
    for (const role of ["plan", "apply"] as const) {
      const statements = roleStatements(bootstrapOf(name), role);
      const items = [...actionsOf(statements)].filter((action) =>
        /dynamodb:(GetItem|BatchGet|Query|Scan|PartiQL|PutItem|UpdateItem|DeleteItem)/.test(action),
      );
      expect(items).toEqual([]);
      const own = `arn:aws:s3:::acme-dynamodb-layer-${name}/bootstrap-${name}/terraform.tfstate`;
      for (const action of ["s3:GetObject", "s3:PutObject"])
        expect(allows(statements, action, own)).toBe(false);
    }
  });

  it("reach nothing of another environment in the same account", () => {
    for (const other of environments.filter((one) => one !== name)) {
      const foreign = stacksIn(other).flatMap(([, document]) => namedResources(document));
      for (const role of ["plan", "apply"] as const) {
        const statements = roleStatements(bootstrapOf(name), role);
        const let_in = foreign.filter(({ action, arn }) => allows(statements, action, arn));
        expect(let_in).toEqual([]);
      }
    }
  });

  it("leave the roles, the boundary and the provider of the pipeline alone", () => {
    const statements = roleStatements(bootstrapOf(name), "apply");
    for (const [action, arn] of [
      ["iam:PutRolePolicy", `role/dynamodb-layer-apply-${name}`],
      ["iam:UpdateAssumeRolePolicy", `role/dynamodb-layer-plan-${name}`],
      ["iam:CreatePolicyVersion", `policy/dynamodb-layer-boundary-${name}`],
      ["iam:CreatePolicyVersion", `policy/dynamodb-layer-apply-${name}-identities`],
      ["iam:UpdateOpenIDConnectProviderThumbprint", "oidc-provider/token.actions.githubusercontent.com"],
      ["iam:DeleteRolePermissionsBoundary", `role/conversations-read-${name}`],
      ["iam:AttachRolePolicy", `role/conversations-read-${name}`],
      ["iam:CreateUser", "user/admin"],
    ] as const) {
      expect({ action, allowed: allows(statements, action, `arn:aws:iam::${account}:${arn}`) }).toEqual({
        action,
        allowed: false,
      });
    }
  });

  it("make no role without the boundary, and pass roles to the services that run ours alone", () => {
    const statements = roleStatements(bootstrapOf(name), "apply");
    const about = (action: string) => statements.filter(({ Action }) => [Action].flat().includes(action));
    const boundary = `arn:aws:iam::${account}:policy/dynamodb-layer-boundary-${name}`;
    for (const action of ["iam:CreateRole", "iam:PutRolePolicy", "iam:PutRolePermissionsBoundary"]) {
      expect(about(action).map(({ Condition }) => Condition)).toEqual([
        { StringEquals: { "iam:PermissionsBoundary": boundary } },
      ]);
    }
    expect(about("iam:PassRole").map(({ Condition }) => Condition)).toEqual([
      {
        StringEquals: {
          "iam:PassedToService": ["bedrock", "lambda", "scheduler", "states"].map(
            (service) => `${service}.amazonaws.com`,
          ),
        },
      },
    ]);
    expect(about("iam:AttachRolePolicy")).toEqual([
      expect.objectContaining({
        Resource: ["cg-production-chatbot-role", "trade-orchestrator-execution"].map(
          (role) => `arn:aws:iam::${account}:role/${role}`,
        ),
      }),
    ]);
  });

  it("destroy no table and no key where tables are protected", () => {
    const isProtected = name !== "dev";
    expect(apply.has("dynamodb:DeleteTable")).toBe(!isProtected);
    expect(apply.has("kms:ScheduleKeyDeletion")).toBe(!isProtected);
  });

  it("neither stop a trail nor delete what it has recorded where tables are protected", () => {
    const lost = [
      "cloudtrail:DeleteTrail",
      "cloudtrail:StopLogging",
      "s3:DeleteBucket",
      "s3:DeleteBucketPolicy",
    ];
    expect(lost.filter((action) => apply.has(action))).toEqual(name === "dev" ? lost : []);
    const statements = roleStatements(bootstrapOf(name), "apply");
    const record = `arn:aws:s3:::design-analysis-audit-${name}-${account}-us-east-1/AWSLogs/1.json.gz`;
    for (const action of ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]) {
      expect({ action, allowed: allows(statements, action, record) }).toEqual({ action, allowed: false });
    }
  });

  it("back a table up before they destroy it", () => {
    const calls = ["dynamodb:CreateBackup", "dynamodb:DescribeBackup", "dynamodb:ListBackups"];
    expect(calls.filter((call) => apply.has(call))).toEqual(name === "dev" ? calls : []);
  });

  it("look for keys that exist already, as a deployment does before it makes one", () => {
    for (const actions of [plan, apply]) expect([...actions]).toContain("kms:ListKeys");
  });

  it("make no key and no agent theirs that carries the tags of others", () => {
    const about = roleStatements(bootstrapOf(name), "apply").filter(
      ({ Effect, Action }) => Effect === "Deny" && [Action].flat().includes("kms:TagResource"),
    );
    const tag = { dev: "development", staging: "staging", prod: "production" }[name];
    expect(about.map(({ Action, Resource, Condition }) => ({ Action, Resource, Condition }))).toEqual(
      [
        ["Environment", tag],
        ["ManagedBy", "cdktf"],
      ].map(([key, value]) => ({
        Action: ["bedrock:TagResource", "kms:TagResource"],
        Resource: ["*"],
        // Nothing is denied of what has no tags: so it is made.
        Condition: {
          StringNotEquals: { [`aws:ResourceTag/${key}`]: value },
          Null: { [`aws:ResourceTag/${key}`]: "false" },
        },
      })),
    );
  });

  it("bound every role of the services stacks by what its own policy needs", () => {
    const bounding = statementsOf(resource(bootstrapOf(name), "aws_iam_policy", "boundary"));
    let judged = 0;
    for (const [id, document] of stacksIn(name)) {
      for (const role of Object.values(document.resource["aws_iam_role"] ?? {})) {
        expect({ id, boundary: withAccount(String(role["permissions_boundary"])) }).toEqual({
          id,
          boundary: `arn:aws:iam::${account}:policy/dynamodb-layer-boundary-${name}`,
        });
      }
      for (const { policy } of Object.values(document.resource["aws_iam_role_policy"] ?? {})) {
        for (const { Action, Resource } of statementsOf({ policy: resolved(policy as string, document) })) {
          for (const action of [Action].flat()) {
            for (const arn of [Resource].flat()) {
              judged += 1;
              expect({ id, action, arn, allowed: allows(bounding, action, arn) }).toMatchObject({
                allowed: true,
              });
            }
          }
        }
      }
    }
    expect(judged).toBeGreaterThan(200);
  });
});

describe("the limits of IAM", () => {
  it.each(environments)("hold in %s with the longest names", (name) => {
    const prefix = name.toUpperCase();
    const longest = synthesizeBootstrap(name, {
      ...everything,
      [`${prefix}_REGION`]: "ap-southeast-2",
      [`${prefix}_AGENT_KEY_ARN`]: `arn:aws:kms:ap-southeast-2:${account}:key/${"0".repeat(36)}`,
      [`${prefix}_CHATBOT_ROLE`]: "c".repeat(64),
      [`${prefix}_AGENTCORE_ROLE`]: "a".repeat(64),
      [`${prefix}_ATHENA_OUTPUT`]: `s3://${"o".repeat(63)}/${"p".repeat(100)}/`,
      [`${prefix}_ATHENA_DATA`]: `s3://${"d".repeat(63)}/${"p".repeat(100)}/`,
    });
    const policies = Object.entries(longest.resource["aws_iam_policy"] ?? {});
    for (const [id, { policy }] of policies) {
      // The bucket's name is 63 characters at most, and stands in itself, the states and their locks.
      const named = 1 + 2 * stacksOf(name).length;
      const bucket = id.endsWith("_state") ? named * (63 - `acme-dynamodb-layer-${name}`.length) : 0;
      const { length } = withAccount(policy as string).replaceAll(/\s/g, "");
      expect({ id, longer: Math.max(0, length + bucket - 6_144) }).toEqual({ id, longer: 0 });
    }
    for (const role of ["plan", "apply"]) {
      expect(policies.filter(([id]) => id.startsWith(`${role}_`)).length).toBeLessThanOrEqual(10);
    }
  });
});

it("the names of access policies are those that the stacks make", () => {
  const made = stacksIn("prod").flatMap(([, document]) =>
    Object.values(document.resource["aws_iam_policy"] ?? {}).map(({ name }) => name),
  );
  expect([...new Set(made)].sort()).toEqual([...accessPolicyNames].sort());
});

/** A call on each resource whose ARN follows from its name. */
function namedResources({ resource: resources }: StackDocument) {
  const arn = (service: string, name: unknown) => `arn:aws:${service}:us-east-1:${account}:${String(name)}`;
  const known: Readonly<Record<string, (block: Block) => { action: string; arn: string }>> = {
    aws_dynamodb_table: ({ name }) => ({
      action: "dynamodb:DescribeTable",
      arn: arn("dynamodb", `table/${String(name)}`),
    }),
    aws_lambda_function: ({ function_name }) => ({
      action: "lambda:GetFunction",
      arn: arn("lambda", `function:${String(function_name)}`),
    }),
    aws_cloudwatch_log_group: ({ name }) => ({
      action: "logs:ListTagsForResource",
      arn: arn("logs", `log-group:${String(name)}`),
    }),
    aws_iam_role: ({ name }) => ({
      action: "iam:GetRole",
      arn: `arn:aws:iam::${account}:role/${String(name)}`,
    }),
    aws_iam_policy: ({ name }) => ({
      action: "iam:GetPolicy",
      arn: `arn:aws:iam::${account}:policy/${String(name)}`,
    }),
    aws_cloudtrail: ({ name }) => ({
      action: "cloudtrail:GetTrailStatus",
      arn: arn("cloudtrail", `trail/${String(name)}`),
    }),
    aws_s3_bucket: ({ bucket }) => ({
      action: "s3:GetBucketPolicy",
      arn: withAccount(`arn:aws:s3:::${String(bucket)}`),
    }),
    aws_kms_alias: ({ name }) => ({ action: "kms:UpdateAlias", arn: arn("kms", name) }),
    aws_cloudwatch_dashboard: ({ dashboard_name }) => ({
      action: "cloudwatch:GetDashboard",
      arn: `arn:aws:cloudwatch::${account}:dashboard/${String(dashboard_name)}`,
    }),
    aws_cloudwatch_metric_alarm: ({ alarm_name }) => ({
      action: "cloudwatch:ListTagsForResource",
      arn: arn("cloudwatch", `alarm:${String(alarm_name)}`),
    }),
    aws_sns_topic: ({ name }) => ({ action: "sns:GetTopicAttributes", arn: arn("sns", name) }),
    aws_sqs_queue: ({ name }) => ({ action: "sqs:GetQueueAttributes", arn: arn("sqs", name) }),
    aws_sfn_state_machine: ({ name }) => ({
      action: "states:DescribeStateMachine",
      arn: arn("states", `stateMachine:${String(name)}`),
    }),
    aws_scheduler_schedule_group: ({ name }) => ({
      action: "scheduler:GetScheduleGroup",
      arn: arn("scheduler", `schedule-group/${String(name)}`),
    }),
  };
  return Object.entries(known).flatMap(([type, of]) => Object.values(resources[type] ?? {}).map(of));
}
