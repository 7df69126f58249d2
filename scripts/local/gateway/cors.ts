import type { IncomingHttpHeaders } from "node:http";
import type { Api, Cors } from "./api";
import type { GatewayReply } from "./reply";

/** The method for which a browser asks permission; nothing for any other request. */
export function preflightMethod(method: string, headers: IncomingHttpHeaders): string | undefined {
  const asked = headers["access-control-request-method"];
  return method === "OPTIONS" && headers.origin !== undefined ? asked : undefined;
}

/** API Gateway answers a preflight itself; an origin that is not allowed learns nothing. */
export function preflightReply(cors: Cors, origin: string | undefined): GatewayReply {
  const { allowMethods, allowHeaders, maxAge } = cors;
  const allowed = originHeaders(cors, origin);
  const permissions = {
    ...(allowMethods.length > 0 && { "access-control-allow-methods": allowMethods.join(",") }),
    ...(allowHeaders.length > 0 && { "access-control-allow-headers": allowHeaders.join(",") }),
    ...(maxAge !== undefined && { "access-control-max-age": String(maxAge) }),
  };
  return {
    status: 204,
    headers: { ...allowed, ...("access-control-allow-origin" in allowed && permissions) },
    cookies: [],
    body: Buffer.alloc(0),
  };
}

/** Where an API configures CORS, its own headers replace those of a function. */
export function withCors({ cors }: Api, origin: string | undefined, reply: GatewayReply): GatewayReply {
  if (cors === undefined) return reply;
  const others = Object.entries(reply.headers).filter(([name]) => !name.startsWith("access-control-"));
  return { ...reply, headers: { ...Object.fromEntries(others), ...originHeaders(cors, origin) } };
}

function originHeaders(cors: Cors, origin: string | undefined): Readonly<Record<string, string>> {
  const { allowOrigins, allowCredentials, exposeHeaders } = cors;
  if (origin === undefined || !allowOrigins.some((allowed) => matches(allowed, origin))) return {};
  const everybody = allowOrigins.includes("*");
  return {
    "access-control-allow-origin": everybody ? "*" : origin,
    ...(!everybody && { vary: "Origin" }),
    ...(allowCredentials && { "access-control-allow-credentials": "true" }),
    ...(exposeHeaders.length > 0 && { "access-control-expose-headers": exposeHeaders.join(",") }),
  };
}

/** Besides origins, API Gateway takes `*` and `https://*`. */
const matches = (allowed: string, origin: string): boolean =>
  allowed === "*" ||
  allowed === origin ||
  (allowed.endsWith("://*") && origin.startsWith(allowed.slice(0, -1)));
