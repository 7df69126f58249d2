import { validateHeaderName, validateHeaderValue, type ServerResponse } from "node:http";
import type { Invocation } from "../functions/function";

export interface GatewayReply {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: readonly string[];
  readonly body: Buffer;
}

/** What API Gateway answers by itself. */
export const messageReply = (status: number, message: string, headers = {}): GatewayReply => ({
  status,
  headers: { "content-type": "application/json", ...headers },
  cookies: [],
  body: Buffer.from(JSON.stringify({ message })),
});

/** The reply that a function's answer stands for. */
export function replyOf(invocation: Invocation): GatewayReply {
  switch (invocation.outcome) {
    case "answered":
      return readResult(invocation.payload) ?? brokenFunction;
    case "failed":
      return brokenFunction;
    case "timed out":
      return messageReply(503, "Service Unavailable");
  }
}

const brokenFunction = messageReply(500, "Internal Server Error");

interface Result {
  readonly statusCode?: unknown;
  readonly headers?: unknown;
  readonly cookies?: unknown;
  readonly body?: unknown;
  readonly isBase64Encoded?: unknown;
}

/** Nothing when a function answers what API Gateway does not understand. */
function readResult(payload: unknown): GatewayReply | undefined {
  const result = (typeof payload === "object" && payload !== null ? payload : {}) as Result;
  if (result.statusCode === undefined) return inferred(payload);
  const { headers = {}, cookies = [], body = "", isBase64Encoded = false } = result;
  const status = Number(result.statusCode);
  if (!Number.isInteger(status) || status < 200 || status > 599) return undefined;
  if (typeof body !== "string" || !areCookies(cookies)) return undefined;
  const named = readHeaders(headers);
  if (named === undefined) return undefined;
  return {
    status,
    headers: { "content-type": "text/plain;charset=UTF-8", ...named },
    cookies,
    body: Buffer.from(body, isBase64Encoded === true ? "base64" : "utf8"),
  };
}

/** Without a status the answer itself is the body: API Gateway's inference. */
const inferred = (payload: unknown): GatewayReply => ({
  status: 200,
  headers: { "content-type": "application/json" },
  cookies: [],
  body: Buffer.from(typeof payload === "string" ? payload : JSON.stringify(payload)),
});

const areCookies = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((one) => typeof one === "string" && isHeader("set-cookie", one));

/** What is none would throw when it is sent. */
function isHeader(name: string, value: string): boolean {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
}

/** Framing is the server's. */
const framing = /^(connection|content-length|keep-alive|transfer-encoding)$/;

function readHeaders(headers: unknown): Readonly<Record<string, string>> | undefined {
  if (typeof headers !== "object" || headers === null) return undefined;
  const entries = Object.entries(headers).map(
    ([name, value]) => [name.toLowerCase(), String(value)] as const,
  );
  if (!entries.every(([name, value]) => isHeader(name, value))) return undefined;
  return Object.fromEntries(entries.filter(([name]) => !framing.test(name)));
}

export function sendReply(outgoing: ServerResponse, { status, headers, cookies, body }: GatewayReply): void {
  const hasBody = status !== 204 && status !== 304;
  for (const [name, value] of Object.entries(headers)) {
    if (hasBody || name !== "content-type") outgoing.setHeader(name, value);
  }
  if (cookies.length > 0) outgoing.setHeader("set-cookie", cookies);
  // The answer to HEAD tells the length of a body that it does not carry.
  if (hasBody) outgoing.setHeader("content-length", body.length);
  outgoing.writeHead(status);
  outgoing.end(hasBody && outgoing.req.method !== "HEAD" ? body : undefined);
}
