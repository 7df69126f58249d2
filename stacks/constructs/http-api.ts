import { Apigatewayv2Api } from "@cdktf/provider-aws/lib/apigatewayv2-api";
import { Apigatewayv2Authorizer } from "@cdktf/provider-aws/lib/apigatewayv2-authorizer";
import { Apigatewayv2Integration } from "@cdktf/provider-aws/lib/apigatewayv2-integration";
import { Apigatewayv2Route } from "@cdktf/provider-aws/lib/apigatewayv2-route";
import { Apigatewayv2Stage } from "@cdktf/provider-aws/lib/apigatewayv2-stage";
import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import { TerraformOutput } from "cdktf";
import { Construct } from "constructs";
import { apiAlarms } from "../monitoring/service-alarms";
import { apiLogGroup, apiName } from "../naming";
import type { ServicesStack } from "../services-stack";
import { Alarms } from "./alarms";
import type { NodeFunction } from "./node-function";
import type { Statement } from "./table-statements";

export type RouteKey = `${"GET" | "POST" | "PATCH" | "DELETE"} /${string}`;

/**
 * Who calls a route. People come with a token, where the environment has an issuer, and otherwise sign as IAM
 * principals; machines always sign. No route is open.
 */
export type Callers = "people" | "machines";

export interface Route {
  readonly to: NodeFunction;
  readonly for: Callers;
}

export interface HttpApiProps<Key extends RouteKey> {
  readonly description: string;
  readonly routes: Readonly<Record<Key, Route>>;
  /** Requests a second over all routes. */
  readonly rate?: number;
}

const defaultRate = 100;
const preflightSeconds = 3_600;

/** Nothing of a request but its route: paths hold identifiers, bodies hold more. */
const accessLogFormat = JSON.stringify({
  requestId: "$context.requestId",
  time: "$context.requestTime",
  route: "$context.routeKey",
  status: "$context.status",
  latency: "$context.responseLatency",
  integrationLatency: "$context.integrationLatency",
  error: "$context.error.message",
  authorizerError: "$context.authorizer.error",
  integrationError: "$context.integrationErrorMessage",
});

/**
 * AWS deletes nothing that a route refers to, and Terraform changes routes only after it has deleted: what
 * replaces it has to be there before.
 */
const replacedFirst = { createBeforeDestroy: true } as const;

/** A system's HTTP API (API Gateway v2): its routes, each with an authorization, log and throttle. */
export class HttpApi<Key extends RouteKey = RouteKey> extends Construct {
  private readonly api: Apigatewayv2Api;
  private readonly routes: readonly (readonly [Key, Route])[];

  /** @throws Error when it has no route. */
  constructor(
    private readonly stack: ServicesStack,
    props: HttpApiProps<Key>,
  ) {
    super(stack, "api");
    const { system, environment } = stack;
    const routes = Object.entries<Route>(props.routes) as [Key, Route][];
    if (routes.length === 0)
      throw new Error(`The API of ${stack.stackId} has no route. Add one, or leave it out.`);
    this.routes = routes;
    this.api = new Apigatewayv2Api(this, "api", {
      name: apiName(system, environment.name),
      description: props.description,
      protocolType: "HTTP",
      ...this.cors(),
    });
    this.api.overrideLogicalId("api");
    const authorize = this.authorization();
    const integrations = new Map<NodeFunction, Apigatewayv2Integration>();
    for (const [key, route] of routes) {
      const integration = integrations.get(route.to) ?? this.integrate(route.to);
      integrations.set(route.to, integration);
      const id = routeId(key);
      new Apigatewayv2Route(this, `route-${id}`, {
        apiId: this.api.id,
        routeKey: key,
        target: `integrations/${integration.id}`,
        ...authorize(route),
      }).overrideLogicalId(id);
      new LambdaPermission(this, `permission-${id}`, {
        statementId: id,
        action: "lambda:InvokeFunction",
        functionName: route.to.name,
        principal: "apigateway.amazonaws.com",
        sourceArn: this.routeArn(key),
      }).overrideLogicalId(id);
    }
    this.deploy(props.rate ?? defaultRate);
    new Alarms(this, stack, apiAlarms(apiName(system, environment.name), this.api.id));
    stack.watched.apiId = this.api.id;
    new TerraformOutput(this, "url", { value: this.api.apiEndpoint }).overrideLogicalId("api_url");
  }

  /** Whether any route does: without one, there is nothing to allow an IAM principal. */
  get takesSignatures(): boolean {
    return this.routes.some(([, route]) => !this.takesTokens(route));
  }

  /** Lets an IAM principal call every route that takes signatures. */
  invokeStatement(): Statement {
    return {
      Sid: "CallTheApi",
      Effect: "Allow",
      Action: ["execute-api:Invoke"],
      // A request's ARN has values where the route has parameters.
      Resource: this.routes
        .filter(([, route]) => !this.takesTokens(route))
        .map(([key]) => this.routeArn(key).replace(/\{\w+\}/g, "*")),
    };
  }

  private takesTokens(route: Route): boolean {
    return route.for === "people" && this.stack.environment.jwt !== undefined;
  }

  /** The first `*` is the stage: there is one, and AWS does not say how it writes `$default` there. */
  private routeArn(key: RouteKey): string {
    return `${this.api.executionArn}/*/${key.replace(" ", "")}`;
  }

  private cors() {
    const { corsOrigins } = this.stack.environment;
    if (corsOrigins.length === 0) return {};
    // A page has a token, and no signature.
    const methods = this.routes
      .filter(([, route]) => this.takesTokens(route))
      .map(([key]) => key.split(" ")[0] ?? "");
    return {
      corsConfiguration: {
        allowOrigins: [...corsOrigins],
        allowMethods: [...new Set(methods)].sort(),
        allowHeaders: ["authorization", "content-type", "if-none-match"],
        exposeHeaders: ["etag", "retry-after"],
        maxAge: preflightSeconds,
      },
    };
  }

  private authorization() {
    const { jwt } = this.stack.environment;
    const signed = { authorizationType: "AWS_IAM" };
    if (jwt === undefined || !this.routes.some(([, route]) => this.takesTokens(route))) return () => signed;
    const authorizer = new Apigatewayv2Authorizer(this, "tokens", {
      apiId: this.api.id,
      name: "tokens",
      authorizerType: "JWT",
      identitySources: ["$request.header.Authorization"],
      jwtConfiguration: { issuer: jwt.issuer, audience: [...jwt.audience] },
      lifecycle: replacedFirst,
    });
    authorizer.overrideLogicalId("tokens");
    const token = { authorizationType: "JWT", authorizerId: authorizer.id };
    return (route: Route) => (this.takesTokens(route) ? token : signed);
  }

  private integrate({ id, invokeArn }: NodeFunction): Apigatewayv2Integration {
    const integration = new Apigatewayv2Integration(this, `integration-${id}`, {
      apiId: this.api.id,
      integrationType: "AWS_PROXY",
      integrationUri: invokeArn,
      payloadFormatVersion: "2.0",
      lifecycle: replacedFirst,
    });
    integration.overrideLogicalId(id);
    return integration;
  }

  private deploy(rate: number): void {
    const { system, environment } = this.stack;
    const functions = [...new Set(this.routes.map(([, { to }]) => to))];
    const logs = new CloudwatchLogGroup(this, "logs", {
      name: apiLogGroup(apiName(system, environment.name)),
      retentionInDays: environment.logRetentionDays,
    });
    logs.overrideLogicalId("api");
    new Apigatewayv2Stage(this, "stage", {
      apiId: this.api.id,
      name: "$default",
      autoDeploy: true,
      accessLogSettings: { destinationArn: logs.arn, format: accessLogFormat },
      defaultRouteSettings: {
        throttlingRateLimit: rate,
        // No more at once than the functions take: the caller hears 429 instead of 503.
        throttlingBurstLimit: functions.reduce(
          (sum, { reservedConcurrency }) => sum + reservedConcurrency,
          0,
        ),
        detailedMetricsEnabled: true,
      },
    }).overrideLogicalId("api");
  }
}

/** `GET /status/{sessionId}` is `get_status_sessionId`. */
const routeId = (key: RouteKey): string =>
  key.toLowerCase().slice(0, key.indexOf(" ")) +
  key
    .slice(key.indexOf(" "))
    .replaceAll(/[^\w]+/g, "_")
    .replace(/_$/, "");
