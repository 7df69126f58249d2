import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { localAccountId } from "../../../stacks/local-endpoint";
import type { Caller } from "./authorize";

export interface RequestParts {
  readonly incoming: IncomingMessage;
  readonly rawPath: string;
  readonly rawQueryString: string;
  readonly routeKey: string;
  readonly pathParameters: Readonly<Record<string, string>>;
  readonly caller: Caller;
  readonly apiName: string;
  readonly body: Buffer;
}

/** The request as an event of payload format 2.0, which is what HTTP APIs send to functions. */
export function eventOf(request: RequestParts) {
  const { incoming, rawPath, rawQueryString, routeKey, pathParameters, caller, apiName, body } = request;
  const headers = headersOf(incoming);
  const { cookie, ...others } = headers;
  const now = new Date();
  const domainName = headers["host"] ?? "127.0.0.1";
  return {
    version: "2.0",
    routeKey,
    rawPath,
    rawQueryString,
    ...(cookie !== undefined && { cookies: cookie.split(/;\s*|,(?=[^;,]+=)/).filter(Boolean) }),
    headers: others,
    ...(rawQueryString !== "" && { queryStringParameters: queryOf(rawQueryString) }),
    ...(Object.keys(pathParameters).length > 0 && { pathParameters }),
    requestContext: {
      accountId: localAccountId,
      apiId: apiName,
      authorizer: caller,
      domainName,
      domainPrefix: apiName,
      http: {
        method: incoming.method ?? "GET",
        path: rawPath,
        protocol: `HTTP/${incoming.httpVersion}`,
        sourceIp: incoming.socket.remoteAddress ?? "127.0.0.1",
        userAgent: headers["user-agent"] ?? "",
      },
      requestId: randomUUID(),
      routeKey,
      stage: "$default",
      time: accessLogTime(now),
      timeEpoch: now.getTime(),
    },
    ...bodyOf(body, headers["content-type"]),
  };
}

/** Of the connection, not of the request: API Gateway keeps them. */
const ofConnection = /^(connection|keep-alive|transfer-encoding|te|trailer|upgrade|proxy-.*|expect)$/;

function headersOf({ rawHeaders }: IncomingMessage): Readonly<Record<string, string>> {
  const headers = new Map<string, string>();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const [name = "", value = ""] = rawHeaders.slice(index, index + 2);
    const key = name.toLowerCase();
    if (ofConnection.test(key)) continue;
    const before = headers.get(key);
    const separator = key === "cookie" ? "; " : ",";
    headers.set(key, before === undefined ? value : `${before}${separator}${value}`);
  }
  return Object.fromEntries(headers);
}

function queryOf(rawQueryString: string): Readonly<Record<string, string>> {
  const values = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(rawQueryString)) {
    const before = values.get(name);
    values.set(name, before === undefined ? value : `${before},${value}`);
  }
  return Object.fromEntries(values);
}

/** Such as 12/Mar/2020:19:03:58 +0000. */
function accessLogTime(date: Date): string {
  const [, weekdayless = ""] = /^\w+, (.*) GMT$/.exec(date.toUTCString()) ?? [];
  const [day, month, year, time] = weekdayless.split(" ");
  return `${day}/${month}/${year}:${time} +0000`;
}

/** API Gateway takes these for texts and encodes everything else, form posts included. */
const textual = /^(text\/[^;]+|application\/(json|javascript|xml|[\w.-]+\+(json|xml)))\s*(;|$)/i;

function bodyOf(body: Buffer, contentType = "text/plain") {
  if (body.length === 0) return { isBase64Encoded: false };
  const isText = textual.test(contentType);
  return { body: body.toString(isText ? "utf8" : "base64"), isBase64Encoded: !isText };
}
