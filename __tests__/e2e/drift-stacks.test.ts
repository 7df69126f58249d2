/** Drift on what a stack has beside its tables: the verifier names exactly what was changed, and nothing when it is put back. */

import {
  CreateRouteCommand,
  DeleteRouteCommand,
  GetApisCommand,
  GetIntegrationsCommand,
  GetRoutesCommand,
  UpdateAuthorizerCommand,
  GetAuthorizersCommand,
  type ApiGatewayV2Client,
} from "@aws-sdk/client-apigatewayv2";
import {
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  PutMetricAlarmCommand,
  type MetricAlarm,
} from "@aws-sdk/client-cloudwatch";
import {
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  DeletePolicyVersionCommand,
  DeleteRolePolicyCommand,
  PutRolePolicyCommand,
  SetDefaultPolicyVersionCommand,
} from "@aws-sdk/client-iam";
import {
  AddPermissionCommand,
  CreateFunctionUrlConfigCommand,
  DeleteFunctionConcurrencyCommand,
  DeleteFunctionUrlConfigCommand,
  GetFunctionConfigurationCommand,
  PutFunctionConcurrencyCommand,
  RemovePermissionCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { patientConfiguration } from "../../scripts/lib/aws";
import { stackClients, type StackClients } from "../../scripts/lib/verify/stacks/clients";
import { readDeclared } from "../../scripts/lib/verify/stacks/declared-stack";
import { verifyStacks } from "../../scripts/lib/verify/stacks/verify-stacks";
import type { Report } from "../../scripts/lib/verify/report";
import type { StackId } from "../../stacks/naming";
import { startDeployment, type Deployment } from "../support/deployment";
import { bundle } from "../support/functions";
import { runScript } from "../support/scripts";
import { tokens } from "../support/services";

// The environment that reserves concurrency.
const env = "local";
const stacks: readonly StackId[] = ["trade-status-tables-local", "trade-status-services-local"];
const [writer, reader] = ["trade-status-write-local", "trade-status-read-local"];
const policyArn = "arn:aws:iam::123456789012:policy/agentcore_dynamodb_access-local";
const consumer = "agentcore-runtime";

interface Drift {
  readonly drift: string;
  readonly change: (clients: StackClients) => Promise<unknown>;
  readonly restore: (clients: StackClients) => Promise<unknown>;
  /** Kind, tier, path, severity. */
  readonly found: readonly (readonly [string, string, string, string])[];
}

const anyone = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Sid: "Everything", Effect: "Allow", Action: "dynamodb:*", Resource: "*" }],
});

const alarmName = "trade-status-write-errors-local";
let declaredAlarm: MetricAlarm | undefined;
const putAlarm = async ({ cloudWatch }: StackClients, change: Partial<MetricAlarm>) => {
  const found = await cloudWatch.send(new DescribeAlarmsCommand({ AlarmNames: [alarmName] }));
  declaredAlarm ??= found.MetricAlarms?.[0];
  if (declaredAlarm === undefined) throw new Error(`There is no alarm ${alarmName}`);
  const { AlarmName, EvaluationPeriods, ComparisonOperator, ...rest } = { ...declaredAlarm, ...change };
  await cloudWatch.send(
    new PutMetricAlarmCommand({ AlarmName, EvaluationPeriods, ComparisonOperator, ...rest } as never),
  );
};

const apiOf = async (client: ApiGatewayV2Client) => {
  const { Items = [] } = await client.send(new GetApisCommand({}));
  return Items.find(({ Name }) => Name === "trade-status-local")?.ApiId;
};
const openRoute = async ({ apis }: StackClients) => {
  const ApiId = await apiOf(apis);
  const { Items = [] } = await apis.send(new GetIntegrationsCommand({ ApiId }));
  const Target = `integrations/${Items[0]?.IntegrationId ?? ""}`;
  await apis.send(new CreateRouteCommand({ ApiId, RouteKey: "GET /debug", Target }));
};
const closeRoute = async ({ apis }: StackClients) => {
  const ApiId = await apiOf(apis);
  const { Items = [] } = await apis.send(new GetRoutesCommand({ ApiId }));
  const RouteId = Items.find(({ RouteKey }) => RouteKey === "GET /debug")?.RouteId;
  await apis.send(new DeleteRouteCommand({ ApiId, RouteId }));
};
const issuer =
  (Issuer: string) =>
  async ({ apis }: StackClients) => {
    const ApiId = await apiOf(apis);
    const { Items = [] } = await apis.send(new GetAuthorizersCommand({ ApiId }));
    const JwtConfiguration = { Issuer, Audience: Items[0]?.JwtConfiguration?.Audience };
    const { AuthorizerId } = Items[0] ?? {};
    await apis.send(new UpdateAuthorizerCommand({ ApiId, AuthorizerId, JwtConfiguration }));
  };

const variables =
  (change: Readonly<Record<string, string | undefined>>) =>
  async ({ lambda }: StackClients) => {
    const live = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: reader }));
    const all = { ...live.Environment?.Variables, ...change };
    const Variables = Object.fromEntries(
      Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    );
    await lambda.send(
      new UpdateFunctionConfigurationCommand({ FunctionName: reader, Environment: { Variables } }),
    );
  };

const code =
  (ZipFile: Uint8Array) =>
  ({ lambda }: StackClients) =>
    lambda.send(new UpdateFunctionCodeCommand({ FunctionName: reader, ZipFile, Architectures: ["arm64"] }));

describe("the deployed services of a system", () => {
  let deployment: Deployment;
  let clients: StackClients;
  let declaredCode: Uint8Array;
  beforeAll(async () => {
    deployment = await startDeployment({
      LOCAL_JWT_ISSUER: tokens.DEV_JWT_ISSUER,
      LOCAL_JWT_AUDIENCE: tokens.DEV_JWT_AUDIENCE,
      LOCAL_AGENTCORE_ROLE: consumer,
      LOCAL_ALARM_EMAILS: "oncall@example.com",
    });
    const environment = deployment.environment(env);
    clients = stackClients(
      deployment.clients(env),
      patientConfiguration(environment, {}, deployment.variables),
    );
    const trust = JSON.stringify({ Version: "2012-10-17", Statement: [] });
    await clients.iam.send(new CreateRoleCommand({ RoleName: consumer, AssumeRolePolicyDocument: trust }));
    await deployment.deploy(...stacks);
    const { filename } = declared().get("trade-status-services-local")?.resources["aws_lambda_function"]?.[
      "read"
    ] as {
      readonly filename: string;
    };
    declaredCode = readFileSync(
      join(deployment.runs.synthesized, "stacks", "trade-status-services-local", filename),
    );
  }, 240_000);
  afterAll(() => deployment.stop());

  const declared = () => readDeclared(deployment.runs.synthesized, env);
  const verify = (): Promise<readonly Report[]> =>
    verifyStacks(clients, stacks, { environment: deployment.environment(env), declared: declared() });
  const found = async () =>
    (await verify()).flatMap(({ kind, findings }) =>
      findings.map(({ tier, path, severity }) => [kind, tier, path, severity]),
    );

  const drifts: readonly Drift[] = [
    {
      drift: "other code",
      change: (one) => code(bundle("exports.handler = async () => 'debug';"))(one),
      restore: (one) => code(declaredCode)(one),
      found: [["function", "declared", "code", "critical"]],
    },
    {
      drift: "a variable changed and one put in",
      change: variables({ DYNAMODB_TABLE_NAME: "copy-of-the-table", DEBUG_TOKEN: "s3cret" }),
      restore: variables({
        DYNAMODB_TABLE_NAME: "ai-trade-matching-processing-status-local",
        DEBUG_TOKEN: undefined,
      }),
      found: [
        ["function", "declared", "variables.DYNAMODB_TABLE_NAME", "major"],
        ["function", "undeclared", "variables.DEBUG_TOKEN", "major"],
      ],
    },
    {
      drift: "no reserved concurrency",
      change: ({ lambda }) => lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName: writer })),
      restore: ({ lambda }) =>
        lambda.send(
          new PutFunctionConcurrencyCommand({ FunctionName: writer, ReservedConcurrentExecutions: 20 }),
        ),
      found: [["function", "declared", "reservedConcurrency", "major"]],
    },
    {
      drift: "a permission for everyone",
      change: ({ lambda }) =>
        lambda.send(
          new AddPermissionCommand({
            FunctionName: writer,
            StatementId: "open",
            Action: "lambda:InvokeFunction",
            Principal: "*",
          }),
        ),
      restore: ({ lambda }) =>
        lambda.send(new RemovePermissionCommand({ FunctionName: writer, StatementId: "open" })),
      found: [["function", "undeclared", "publicAccess.open", "critical"]],
    },
    {
      drift: "a function URL",
      change: ({ lambda }) =>
        lambda.send(new CreateFunctionUrlConfigCommand({ FunctionName: reader, AuthType: "NONE" })),
      restore: ({ lambda }) => lambda.send(new DeleteFunctionUrlConfigCommand({ FunctionName: reader })),
      found: [["function", "undeclared", "url", "critical"]],
    },
    {
      drift: "a route without authorization",
      change: openRoute,
      restore: closeRoute,
      found: [["api", "undeclared", "openRoutes.GET /debug", "critical"]],
    },
    {
      drift: "tokens of another issuer taken",
      change: issuer("https://login.example.org/pool"),
      restore: issuer(tokens.DEV_JWT_ISSUER),
      found: [["api", "declared", "routes.GET /status/{sessionId}.authorizer.issuer", "major"]],
    },
    {
      drift: "a policy put into a role",
      change: ({ iam }) =>
        iam.send(new PutRolePolicyCommand({ RoleName: writer, PolicyName: "debug", PolicyDocument: anyone })),
      restore: ({ iam }) => iam.send(new DeleteRolePolicyCommand({ RoleName: writer, PolicyName: "debug" })),
      found: [["role", "undeclared", "policies.debug", "critical"]],
    },
    {
      drift: "another default version of an access policy",
      change: ({ iam }) =>
        iam.send(
          new CreatePolicyVersionCommand({
            PolicyArn: policyArn,
            PolicyDocument: anyone,
            SetAsDefault: true,
          }),
        ),
      restore: async ({ iam }) => {
        await iam.send(new SetDefaultPolicyVersionCommand({ PolicyArn: policyArn, VersionId: "v1" }));
        await iam.send(new DeletePolicyVersionCommand({ PolicyArn: policyArn, VersionId: "v2" }));
      },
      found: [
        ["access policy", "declared", "document.TradeProcessingStatus", "critical"],
        ["access policy", "declared", "document.TradeProcessingStatusKey", "critical"],
        ["access policy", "undeclared", "document.Everything", "critical"],
      ],
    },
    {
      drift: "an alarm's threshold raised",
      change: (all) => putAlarm(all, { Threshold: 1_000 }),
      restore: (all) => putAlarm(all, {}),
      found: [["alarm", "declared", "threshold", "major"]],
    },
    {
      drift: "an alarm's actions off",
      change: (all) => putAlarm(all, { ActionsEnabled: false }),
      restore: (all) => putAlarm(all, {}),
      found: [["alarm", "declared", "actionsEnabled", "major"]],
    },
    {
      drift: "an alarm deleted",
      change: ({ cloudWatch }) => cloudWatch.send(new DeleteAlarmsCommand({ AlarmNames: [alarmName] })),
      restore: (all) => putAlarm(all, {}),
      found: [["alarm", "declared", "existence", "major"]],
    },
    {
      drift: "an alarm that nobody declared",
      change: (all) => putAlarm(all, { AlarmName: "trade-status-by-hand-local" }),
      restore: ({ cloudWatch }) =>
        cloudWatch.send(new DeleteAlarmsCommand({ AlarmNames: ["trade-status-by-hand-local"] })),
      found: [["alarm", "undeclared", "declaration", "minor"]],
    },
  ];

  it("are in spec as they were applied, each thing of them", async () => {
    const reports = await verify();
    expect(reports.flatMap(({ findings }) => findings)).toEqual([]);
    const kinds = [...new Set(reports.map(({ kind }) => kind))].sort();
    expect(kinds).toEqual([
      "access policy",
      "alarm",
      "api",
      "dashboard",
      "function",
      "key",
      "log group",
      "queue",
      "role",
      "topic",
    ]);
  });

  it.each(drifts.map(({ drift }) => drift))(
    "with %s are found so, and in spec again when it is put back",
    async (name) => {
      const drift = drifts.find((one) => one.drift === name);
      if (drift === undefined) throw new Error(`There is no drift ${name}`);
      // Kept as it was applied, before anything is changed.
      await putAlarm(clients, {});
      await drift.change(clients);
      expect(await found()).toEqual(drift.found);
      await drift.restore(clients);
      expect(await found()).toEqual([]);
    },
  );

  it("never show a variable's value, nor does the command, which ends with 1", async () => {
    await variables({ DEBUG_TOKEN: "s3cret" })(clients);
    const {
      code: exit,
      stdout,
      stderr,
    } = await runScript("verify", ["--env", env, "trade-status-services", "--json"], deployment.variables);
    expect(stdout + stderr).not.toContain("s3cret");
    const document = JSON.parse(stdout) as { readonly reports: readonly Report[] };
    expect(document.reports.flatMap(({ findings }) => findings)).toMatchObject([
      { path: "variables.DEBUG_TOKEN", tier: "undeclared", actual: "set" },
    ]);
    expect(exit).toBe(1);
    await variables({ DEBUG_TOKEN: undefined })(clients);
  });
});
