/** An HTTP API against its stack, on what API Gateway answers: each difference by its path. */

import {
  apiDifferences,
  routeDifferences,
  stageDifferences,
  type LiveApi,
} from "../../../scripts/lib/verify/stacks/compare-api";
import type { Difference } from "../../../scripts/lib/verify/finding";
import { account, declaredStack, referencesIn } from "../../support/declared-stacks";
import { tokens } from "../../support/services";

const told = (differences: readonly Difference[]) =>
  differences.map(({ tier, path, actual }) => `${tier} ${path}: ${actual}`);

describe("an API", () => {
  const stack = declaredStack("trade-status-services-dev", tokens);
  const integration = stack.one("aws_apigatewayv2_integration", "read");
  const authorizer = stack.one("aws_apigatewayv2_authorizer", "tokens");
  const key = "GET /status/{sessionId}";
  const expected = async () => [
    await referencesIn(stack).resolve({ key, authorization: "JWT", integration, authorizer }),
  ];
  const uri =
    "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/" +
    `arn:aws:lambda:us-east-1:${account}:function:trade-status-read-dev/invocations`;
  const applied: LiveApi = {
    routes: [{ RouteKey: key, Target: "integrations/i1", AuthorizationType: "JWT", AuthorizerId: "t1" }],
    integrations: [
      { IntegrationId: "i1", IntegrationType: "AWS_PROXY", IntegrationUri: uri, PayloadFormatVersion: "2.0" },
    ],
    authorizers: [
      {
        AuthorizerId: "t1",
        Name: "tokens",
        AuthorizerType: "JWT",
        IdentitySource: ["$request.header.Authorization"],
        JwtConfiguration: { Issuer: tokens.DEV_JWT_ISSUER, Audience: ["console", "portal"] },
      },
    ],
  };
  const [route] = applied.routes;
  const compared = async (change: Partial<LiveApi> = {}) =>
    told(routeDifferences(await expected(), { ...applied, ...change }));

  it("as it was applied is in spec, its audience in any order", async () => {
    expect(await compared()).toEqual([]);
  });

  it.each<[string, Partial<LiveApi>, readonly string[]]>([
    ["a route that is gone", { routes: [] }, [`declared routes.${key}: absent`]],
    [
      "a route that anyone may call now",
      { routes: [{ ...route, RouteKey: key, AuthorizationType: "NONE" }] },
      [`declared openRoutes.${key}.authorization: NONE`],
    ],
    [
      "a route that takes signatures instead of tokens",
      { routes: [{ ...route, RouteKey: key, AuthorizationType: "AWS_IAM" }] },
      [`declared routes.${key}.authorization: AWS_IAM`],
    ],
    [
      "an open route that nobody declared",
      { routes: [...applied.routes, { RouteKey: "GET /debug", Target: "integrations/i1" }] },
      [
        "undeclared openRoutes.GET /debug: authorization NONE, to " +
          `arn:aws:lambda:us-east-1:${account}:function:trade-status-read-dev`,
      ],
    ],
    [
      "an integration with another function",
      { integrations: [{ ...applied.integrations[0], IntegrationUri: uri.replace("read", "write") }] },
      [
        `declared routes.${key}.integration.function: ` +
          `arn:aws:lambda:us-east-1:${account}:function:trade-status-write-dev`,
      ],
    ],
    [
      "an authorizer with a wider audience",
      {
        authorizers: [
          {
            ...applied.authorizers[0],
            Name: "tokens",
            JwtConfiguration: { Issuer: tokens.DEV_JWT_ISSUER, Audience: ["console", "portal", "any"] },
          },
        ],
      },
      [`declared routes.${key}.authorizer.audience: any, console, portal`],
    ],
  ])("with %s is told so", async (_, change, differences) => {
    expect(await compared(change)).toEqual(differences);
  });

  it("whose stage has no throttle, or that has another stage, is told so", async () => {
    const stages = await referencesIn(stack).resolve(
      stack.all("aws_apigatewayv2_stage").map(([, stage]) => stage),
    );
    const [stage] = stages;
    const live = {
      StageName: "$default",
      AutoDeploy: true,
      AccessLogSettings: {
        DestinationArn: `${stage?.access_log_settings?.destination_arn ?? ""}:*`,
        Format: stage?.access_log_settings?.format,
      },
      DefaultRouteSettings: {
        DetailedMetricsEnabled: true,
        ThrottlingBurstLimit: 40,
        ThrottlingRateLimit: 100,
      },
    };
    expect(stageDifferences(stages, [live])).toEqual([]);
    const open = { ...live, DefaultRouteSettings: { DetailedMetricsEnabled: true } };
    expect(told(stageDifferences(stages, [open, { StageName: "test" }]))).toEqual([
      "declared stages.$default.throttle.rate: none",
      "declared stages.$default.throttle.burst: none",
      "undeclared stages.test: a stage",
    ]);
  });

  it("that browsers may call from pages which nobody declared is told so", () => {
    const api = stack.one("aws_apigatewayv2_api", "api");
    const live = {
      Name: api.name,
      Description: api.description,
      ProtocolType: "HTTP" as const,
      RouteSelectionExpression: undefined,
    };
    expect(apiDifferences(api, live)).toEqual([]);
    expect(told(apiDifferences(api, { ...live, CorsConfiguration: { AllowOrigins: ["*"] } }))).toEqual([
      "undeclared cors: origins *",
    ]);
  });
});
