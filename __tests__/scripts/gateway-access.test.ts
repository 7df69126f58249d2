/** Whom the local gateway lets through: tokens, and origins of browsers. */

import type { Gateway } from "../../scripts/local/gateway/start-gateway";
import { bearer, demo, serveStacks, type EventSeen, type ServedStacks } from "../support/served-stacks";
import { audience, issuer } from "../support/services-stack";

let served: ServedStacks;
let gateway: Gateway;
beforeAll(async () => {
  served = await serveStacks();
  ({ gateway } = served);
});
afterAll(() => served.stop());

const call = (path: string, init: RequestInit = {}) => fetch(`${gateway.url}${path}`, init);
const eventOf = async (path: string, init: RequestInit = {}) =>
  ((await (await call(path, init)).json()) as EventSeen).event;

describe("a JWT route", () => {
  const unsigned = (claims: object) =>
    `${Buffer.from('{"alg":"none"}').toString("base64url")}.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.`;

  it("hands the claims on as texts", async () => {
    const token = unsigned({
      sub: "user-1",
      client_id: audience,
      exp: 4102444800,
      groups: ["a", "b"],
      scope: "read",
    });
    const event = await eventOf("/analysis/requests", bearer(token));
    expect(event.requestContext["authorizer"]).toEqual({
      jwt: {
        claims: { sub: "user-1", client_id: audience, exp: "4102444800", groups: "[a b]", scope: "read" },
        scopes: ["read"],
      },
    });
  });

  it("takes a token of localToken", async () => {
    const event = await eventOf("/analysis/requests?limit=50", demo);
    expect(event.requestContext["authorizer"]).toMatchObject({
      jwt: { claims: { sub: "demo", iss: issuer, aud: audience } },
    });
  });

  it.each([
    ["no token", {}],
    ["another scheme", { headers: { authorization: "Basic ZGVtbzpkZW1v" } }],
    ["no JWT", bearer("demo")],
    ["one that does not decode", bearer("a.b.c")],
    ["no subject", bearer(unsigned({ aud: audience }))],
    ["an expired one", bearer(unsigned({ sub: "demo", exp: 1 }))],
    ["one that is not valid yet", bearer(unsigned({ sub: "demo", nbf: 4102444800 }))],
    ["another issuer's", bearer(unsigned({ sub: "demo", iss: "https://elsewhere.example.com" }))],
    ["one for another audience", bearer(unsigned({ sub: "demo", aud: ["elsewhere"] }))],
    ["one of another client", bearer(unsigned({ sub: "demo", client_id: "elsewhere" }))],
  ])("refuses %s", async (_what, init) => {
    const response = await call("/analysis/requests?limit=50", init);
    expect(response.status).toBe(401);
    expect(await response.json()).toEqual({ message: "Unauthorized" });
  });
});

describe("CORS", () => {
  const preflight = (path: string, origin: string) =>
    call(path, {
      method: "OPTIONS",
      headers: { origin, "access-control-request-method": "GET" },
    });

  it("answers a preflight of an allowed origin without a token", async () => {
    const response = await preflight("/analysis/requests", "https://app.example.com");
    expect(response.status).toBe(204);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "access-control-allow-origin": "https://app.example.com",
      "access-control-allow-methods": "GET,POST",
      "access-control-allow-headers": "authorization",
      "access-control-max-age": "600",
    });
  });

  it("allows another origin nothing", async () => {
    const response = await preflight("/analysis/requests", "https://elsewhere.example.com");
    expect([...response.headers.keys()].filter((name) => name.startsWith("access-control-"))).toEqual([]);
  });

  it("adds the origin to replies, refusals included", async () => {
    const headers = { origin: "https://app.example.com" };
    const response = await call("/analysis/requests", { headers });
    expect(response.status).toBe(401);
    expect(response.headers.get("access-control-allow-origin")).toBe("https://app.example.com");
  });

  it("is not there where the API does not configure it", async () => {
    const headers = { origin: "https://app.example.com" };
    const response = await call("/status/test-session-123", { headers });
    expect(response.headers.has("access-control-allow-origin")).toBe(false);
    const event = (await (await preflight("/status/a/b", headers.origin)).json()) as EventSeen;
    expect(event.event["routeKey"]).toBe("ANY /status/{proxy+}");
  });
});
