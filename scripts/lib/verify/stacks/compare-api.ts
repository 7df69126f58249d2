/** Compares what API Gateway says of an HTTP API with its stack. Pure: no calls. */

import type { Api, Authorizer, Cors, Integration, Route, Stage } from "@aws-sdk/client-apigatewayv2";
import { declared, undeclared, type Difference } from "../finding";
import type { Declared } from "./resource-schemas";
import { declareOrRemove, deployStack, same, sameFields, sameSet } from "./same";

/** A route with its references resolved. */
export interface DeclaredRoute {
  readonly key: string;
  readonly authorization: string;
  readonly integration: Declared<"aws_apigatewayv2_integration">;
  readonly authorizer?: Declared<"aws_apigatewayv2_authorizer">;
}

/** What of an API refers to each other by ids that AWS gives. */
export interface LiveApi {
  readonly routes: readonly Route[];
  readonly integrations: readonly Integration[];
  readonly authorizers: readonly Authorizer[];
}

export function apiDifferences(expected: Declared<"aws_apigatewayv2_api">, live: Api): readonly Difference[] {
  return [
    ...sameFields(
      "",
      {
        protocol: expected.protocol_type,
        description: expected.description,
        endpointDisabled: expected.disable_execute_api_endpoint,
      },
      {
        protocol: live.ProtocolType,
        description: live.Description ?? "",
        endpointDisabled: live.DisableExecuteApiEndpoint ?? false,
      },
    ),
    ...corsDifferences(expected.cors_configuration, live.CorsConfiguration),
  ];
}

function corsDifferences(
  expected: Declared<"aws_apigatewayv2_api">["cors_configuration"],
  live: Cors | undefined,
): readonly Difference[] {
  const origins = live?.AllowOrigins ?? [];
  if (expected === undefined) {
    return live === undefined || Object.values(live).every((one) => one === undefined)
      ? []
      : [undeclared("cors", `origins ${origins.join(", ") || "none"}`, declareOrRemove)];
  }
  if (live === undefined) {
    return [declared("cors", `origins ${expected.allow_origins.join(", ")}`, "absent", deployStack)];
  }
  return [
    ...sameSet("cors.origins", expected.allow_origins, origins),
    ...sameSet("cors.methods", expected.allow_methods, live.AllowMethods ?? []),
    ...sameSet("cors.headers", lower(expected.allow_headers), lower(live.AllowHeaders ?? [])),
    ...sameSet("cors.exposed", lower(expected.expose_headers), lower(live.ExposeHeaders ?? [])),
    ...same("cors.credentials", expected.allow_credentials, live.AllowCredentials ?? false),
    ...same("cors.maxAge", expected.max_age, live.MaxAge ?? 0),
  ];
}

/** Names of headers know no case. */
const lower = (names: readonly string[]): readonly string[] => names.map((name) => name.toLowerCase());

/** Routes that are missing, lead elsewhere, are called by others, or that nobody declared. */
export function routeDifferences(expected: readonly DeclaredRoute[], live: LiveApi): readonly Difference[] {
  const keys = new Set(expected.map(({ key }) => key));
  return [
    ...expected.flatMap((route) => {
      const found = live.routes.find(({ RouteKey }) => RouteKey === route.key);
      return found === undefined
        ? [declared(`routes.${route.key}`, route.authorization, "absent", deployStack)]
        : [...callerDifferences(route, found, live), ...targetDifferences(route, found, live)];
    }),
    ...live.routes
      .filter(({ RouteKey = "" }) => !keys.has(RouteKey))
      .map((route) => {
        const { RouteKey = "", AuthorizationType = "NONE" } = route;
        const to = functionOf(integrationOf(route, live)?.IntegrationUri) ?? "nothing";
        return undeclared(
          `${isOpen(route) ? "openRoutes" : "routes"}.${RouteKey}`,
          `authorization ${AuthorizationType}, to ${to}`,
          declareOrRemove,
        );
      }),
  ];
}

const isOpen = ({ AuthorizationType = "NONE" }: Route): boolean => AuthorizationType === "NONE";

function callerDifferences(
  { key, authorization, authorizer }: DeclaredRoute,
  live: Route,
  { authorizers }: LiveApi,
): readonly Difference[] {
  const wasOpened = isOpen(live) && authorization !== "NONE";
  const path = `${wasOpened ? "openRoutes" : "routes"}.${key}`;
  const type = live.AuthorizationType ?? "NONE";
  if (type !== authorization) return same(`${path}.authorization`, authorization, type);
  if (authorizer === undefined) return [];
  const found = authorizers.find(({ AuthorizerId }) => AuthorizerId === live.AuthorizerId);
  if (found === undefined) return [declared(`${path}.authorizer`, authorizer.name, "absent", deployStack)];
  return [
    ...sameFields(
      `${path}.authorizer.`,
      {
        name: authorizer.name,
        type: authorizer.authorizer_type,
        issuer: authorizer.jwt_configuration?.issuer,
      },
      { name: found.Name, type: found.AuthorizerType, issuer: found.JwtConfiguration?.Issuer },
    ),
    ...sameSet(
      `${path}.authorizer.audience`,
      authorizer.jwt_configuration?.audience ?? [],
      found.JwtConfiguration?.Audience ?? [],
    ),
    ...sameSet(`${path}.authorizer.identitySource`, authorizer.identity_sources, found.IdentitySource ?? []),
  ];
}

function targetDifferences(
  { key, integration }: DeclaredRoute,
  route: Route,
  live: LiveApi,
): readonly Difference[] {
  const path = `routes.${key}.integration`;
  const found = integrationOf(route, live);
  if (found === undefined) return [declared(path, "an integration", "absent", deployStack)];
  return [
    ...sameFields(
      `${path}.`,
      { type: integration.integration_type, payloadFormat: integration.payload_format_version },
      { type: found.IntegrationType, payloadFormat: found.PayloadFormatVersion },
    ),
    ...same(`${path}.function`, functionOf(integration.integration_uri), functionOf(found.IntegrationUri)),
  ];
}

const integrationOf = ({ Target }: Route, { integrations }: LiveApi): Integration | undefined =>
  integrations.find(({ IntegrationId = "" }) => Target === `integrations/${IntegrationId}`);

/** AWS takes a function's ARN and the ARN of its invocation alike. */
const functionOf = (uri: string | undefined): string | undefined =>
  uri === undefined ? undefined : (/arn:aws:lambda:[^/]+/.exec(uri)?.[0] ?? uri);

/** A second stage would serve the same routes past the throttle and the log of the first. */
export function stageDifferences(
  expected: readonly Declared<"aws_apigatewayv2_stage">[],
  live: readonly Stage[],
): readonly Difference[] {
  const names = new Set(expected.map(({ name }) => name));
  return [
    ...expected.flatMap((stage) => {
      const found = live.find(({ StageName }) => StageName === stage.name);
      return found === undefined
        ? [declared(`stages.${stage.name}`, "a stage", "absent", deployStack)]
        : oneStage(stage, found);
    }),
    ...live
      .filter(({ StageName = "" }) => !names.has(StageName))
      .map(({ StageName = "" }) => undeclared(`stages.${StageName}`, "a stage", declareOrRemove)),
  ];
}

function oneStage(expected: Declared<"aws_apigatewayv2_stage">, live: Stage): readonly Difference[] {
  const { access_log_settings: log, default_route_settings: settings } = expected;
  const path = `stages.${expected.name}`;
  return [
    ...same(`${path}.autoDeploy`, expected.auto_deploy, live.AutoDeploy ?? false),
    ...same(`${path}.accessLog`, log?.destination_arn, withoutStar(live.AccessLogSettings?.DestinationArn)),
    ...same(`${path}.accessLogFormat`, log?.format, live.AccessLogSettings?.Format),
    ...same(
      `${path}.throttle.rate`,
      settings?.throttling_rate_limit,
      live.DefaultRouteSettings?.ThrottlingRateLimit,
    ),
    ...same(
      `${path}.throttle.burst`,
      settings?.throttling_burst_limit,
      live.DefaultRouteSettings?.ThrottlingBurstLimit,
    ),
    ...same(
      `${path}.detailedMetrics`,
      settings?.detailed_metrics_enabled ?? false,
      live.DefaultRouteSettings?.DetailedMetricsEnabled ?? false,
    ),
    ...Object.entries(live.RouteSettings ?? {}).map(([key, route]) =>
      undeclared(
        `${path}.throttle.${key}`,
        `rate ${route.ThrottlingRateLimit ?? "none"}, burst ${route.ThrottlingBurstLimit ?? "none"}`,
        declareOrRemove,
      ),
    ),
  ];
}

/** Of a log group AWS may tell the ARN of all its streams. */
const withoutStar = (arn: string | undefined): string | undefined => arn?.replace(/:\*$/, "");
