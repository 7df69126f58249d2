/**
 * HTTP as the Lambdas speak it. API Gateway has matched the route and decoded the path by the time a function
 * is called, so its route key is all the routing that there is (docs/adr/0005).
 */

import { createHash } from "node:crypto";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { callerOf } from "./caller";
import { isThrottled } from "./document-client";
import { ordinaryBodyBytes, parseJson } from "./input";
import { logger, logUnexpected, type LoggedCall } from "./logger";
import { Refusal, refusalStatus, type ErrorBody } from "./refusal";

export type RouteKey = `${"GET" | "POST" | "PATCH" | "DELETE"} /${string}`;

export interface HttpRequest {
  readonly path: Readonly<Record<string, string | undefined>>;
  readonly query: Readonly<Record<string, string | undefined>>;
  /** Names in lower case, as API Gateway sends them. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /**
   * The user who calls, verified.
   *
   * @throws Refusal `unauthenticated` when the call names none.
   */
  caller(): string;
  /**
   * The fields of the JSON body beside those of the path.
   *
   * @throws Refusal when the body is no object, or names a field of the path again.
   */
  input(): Readonly<Record<string, unknown>>;
}

export interface HttpReply {
  readonly status: number;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Routes = Readonly<Partial<Record<RouteKey, (request: HttpRequest) => Promise<HttpReply>>>>;

export interface HttpOptions {
  /** Bytes of a body that are read. */
  readonly bodyBytes?: number;
}

/** Answers API Gateway's events (payload format 2.0); every failure is an answer, too. */
export function httpHandler(routes: Routes, { bodyBytes = ordinaryBodyBytes }: HttpOptions = {}) {
  return async (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
    try {
      const route = Object.hasOwn(routes, event.routeKey) ? routes[event.routeKey as RouteKey] : undefined;
      if (route === undefined) throw new Refusal("not-found", "There is no such route.");
      return toResult(await route(toRequest(event, bodyBytes)));
    } catch (error) {
      const { requestId } = event.requestContext;
      return toResult(replyTo(error, { during: event.routeKey, requestId }));
    }
  };
}

function toRequest(event: APIGatewayProxyEventV2, bodyBytes: number): HttpRequest {
  const path = event.pathParameters ?? {};
  return {
    path,
    query: event.queryStringParameters ?? {},
    headers: event.headers,
    caller: () => callerOf(event),
    input: () => beside(parseJson(bodyText(event, bodyBytes), bodyBytes), path),
  };
}

type Fields = Readonly<Record<string, unknown>>;

function beside(body: Fields, path: Fields): Fields {
  const twice = Object.keys(path).find((name) => Object.hasOwn(body, name));
  if (twice !== undefined) throw new Refusal("invalid", `${twice} belongs into the path only.`, twice);
  return { ...body, ...path };
}

function bodyText({ body, isBase64Encoded }: APIGatewayProxyEventV2, limitBytes: number): string | undefined {
  if (body === undefined || !isBase64Encoded) return body;
  // Three bytes take four characters: what is too large is not decoded.
  return body.length > limitBytes * 2 ? body : Buffer.from(body, "base64").toString("utf8");
}

function replyTo(error: unknown, call: LoggedCall): HttpReply {
  const refusal = asRefusal(error);
  if (refusal !== undefined) {
    logger.info("Refused", { ...call, code: refusal.code });
    const { isPassing, code, body } = refusal;
    return { status: refusalStatus[code], body, headers: isPassing ? { "retry-after": "1" } : {} };
  }
  logUnexpected(error, call);
  const isTableMissing = error instanceof Error && error.name === "ResourceNotFoundException";
  const message = isTableMissing
    ? "The table is not there. Deploy the system's tables stack."
    : "The call failed. Try again; the function's log has the cause.";
  const body: ErrorBody = { error: { code: "internal", message } };
  return { status: 500, body };
}

/** What a caller may be told of an error, if anything. */
export function asRefusal(error: unknown): Refusal | undefined {
  if (error instanceof Refusal) return error;
  return isThrottled(error)
    ? new Refusal("throttled", "The table is busy. Try again after a second.")
    : undefined;
}

const toResult = ({ status, body, headers }: HttpReply): APIGatewayProxyStructuredResultV2 => ({
  statusCode: status,
  headers: {
    ...(body && { "content-type": "application/json" }),
    "cache-control": "no-store",
    ...headers,
  },
  ...(body && { body: JSON.stringify(body) }),
});

/**
 * An answer that is sent only when it has changed since the caller last had it (RFC 9110, If-None-Match):
 * one who polls gets 304 and no body most of the time.
 */
export function revalidated(request: HttpRequest, body: object): HttpReply {
  const hash = createHash("sha256").update(JSON.stringify(body)).digest("base64url").slice(0, 22);
  const etag = `"${hash}"`;
  const headers = { etag, "cache-control": "private, no-cache" };
  const known = (request.headers["if-none-match"] ?? "")
    .split(",")
    .map((tag) => tag.trim().replace(/^W\//, ""));
  return known.includes(etag) || known.includes("*")
    ? { status: 304, headers }
    : { status: 200, body, headers };
}
