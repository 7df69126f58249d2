/** Changes to the services of a system that nobody declared, and what takes them back. */

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
import type { StackClients } from "../../scripts/lib/verify/stacks/clients";
import { bundle } from "./functions";
import { tokens } from "./services";

const [writer, reader] = ["trade-status-write-local", "trade-status-read-local"];
const policyArn = "arn:aws:iam::123456789012:policy/agentcore_dynamodb_access-local";

export interface Drift {
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
export const putAlarm = async ({ cloudWatch }: StackClients, change: Partial<MetricAlarm>) => {
  const found = await cloudWatch.send(new DescribeAlarmsCommand({ AlarmNames: [alarmName] }));
  declaredAlarm ??= found.MetricAlarms?.[0];
  if (declaredAlarm === undefined) throw new Error(`There is no alarm ${alarmName}`);
  const { AlarmName, EvaluationPeriods, ComparisonOperator, ...rest } = { ...declaredAlarm, ...change };
  await cloudWatch.send(
    new PutMetricAlarmCommand({
      AlarmName,
      EvaluationPeriods,
      ComparisonOperator,
      ...rest,
    }),
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

export const variables =
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

/**
 * What is done to trade-status in the environment local, and how it is found.
 *
 * @param declaredCode zip that the reader was deployed with.
 */
export const serviceDrifts = (declaredCode: () => Uint8Array): readonly Drift[] => [
  {
    drift: "other code",
    change: (one) => code(bundle("exports.handler = async () => 'debug';"))(one),
    restore: (one) => code(declaredCode())(one),
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
