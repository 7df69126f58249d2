import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";

export interface EventParts {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Subject of the caller's token. */
  readonly caller?: string;
}

/** What API Gateway sends a function for a request, payload format 2.0. */
export function apiEvent(routeKey: string, parts: EventParts = {}): APIGatewayProxyEventV2 {
  const { path = {}, query = {}, headers = {}, body, caller = "demo" } = parts;
  const [method = "", route = ""] = routeKey.split(" ");
  const rawPath = route.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(path[name] ?? ""));
  return {
    version: "2.0",
    routeKey,
    rawPath,
    rawQueryString: new URLSearchParams(query).toString(),
    headers: { ...headers },
    queryStringParameters: { ...query },
    pathParameters: { ...path },
    requestContext: {
      accountId: "123456789012",
      apiId: "api",
      ...{ authorizer: { jwt: { claims: { sub: caller }, scopes: null } } },
      domainName: "api.execute-api.us-east-1.amazonaws.com",
      domainPrefix: "api",
      http: { method, path: rawPath, protocol: "HTTP/1.1", sourceIp: "127.0.0.1", userAgent: "jest" },
      requestId: "request",
      routeKey,
      stage: "$default",
      time: "24/Dec/2025:12:00:00 +0000",
      timeEpoch: 1766577600000,
    },
    ...(body !== undefined && { body }),
    isBase64Encoded: false,
  };
}

/** A function's HTTP side. */
export type HttpFunction = (event: APIGatewayProxyEventV2) => Promise<APIGatewayProxyStructuredResultV2>;

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly json: unknown;
}

export async function answer(handler: HttpFunction, routeKey: string, parts?: EventParts): Promise<Answer> {
  const { statusCode = 0, headers = {}, body = "" } = await handler(apiEvent(routeKey, parts));
  return { status: statusCode, headers, text: body, json: body === "" ? undefined : JSON.parse(body) };
}
