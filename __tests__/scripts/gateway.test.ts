/** The local gateway answers as API Gateway does: the event that a function gets, and the reply that it makes. */

import { request } from "node:http";
import { describeGateway } from "../../scripts/local/gateway/describe-gateway";
import { startGateway, type Gateway } from "../../scripts/local/gateway/start-gateway";
import { demo, serveStacks, type EventSeen, type ServedStacks } from "../support/served-stacks";

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
const replying = (result: unknown, init: RequestInit = {}) =>
  call(`/status/test-session-123?reply=${encodeURIComponent(JSON.stringify(result))}`, init);

describe("a function behind the gateway", () => {
  it("gets an event of payload format 2.0", async () => {
    const event = await eventOf("/status/test-session-123?limit=50&tag=a&tag=b%20c", {
      headers: { "X-Trace": "7", cookie: "session=1; theme=dark" },
    });
    expect(event).toMatchObject({
      version: "2.0",
      routeKey: "GET /status/{sessionId}",
      rawPath: "/status/test-session-123",
      rawQueryString: "limit=50&tag=a&tag=b%20c",
      cookies: ["session=1", "theme=dark"],
      headers: { "x-trace": "7", host: `127.0.0.1:${gateway.port}` },
      queryStringParameters: { limit: "50", tag: "a,b c" },
      pathParameters: { sessionId: "test-session-123" },
      requestContext: {
        accountId: "123456789012",
        apiId: "trade-status-services-local-api",
        authorizer: {
          iam: {
            accountId: "123456789012",
            accessKey: "local",
            userArn: "arn:aws:iam::123456789012:root",
          },
        },
        http: {
          method: "GET",
          path: "/status/test-session-123",
          protocol: "HTTP/1.1",
          sourceIp: "127.0.0.1",
        },
        routeKey: "GET /status/{sessionId}",
        stage: "$default",
        time: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/) as unknown,
        timeEpoch: expect.any(Number) as unknown,
      },
      isBase64Encoded: false,
    });
    expect(event["headers"]).not.toHaveProperty("cookie");
    expect(event).not.toHaveProperty("body");
  });

  it.each([
    ["application/json", '{"status":"completed"}', false],
    ["application/problem+json; charset=utf-8", '{"title":"späť"}', false],
    ["application/x-www-form-urlencoded", "status=completed", true],
    ["application/octet-stream", "\u0000\u0001", true],
  ])("gets a body of %s as it is, or encoded", async (contentType, body, isBase64Encoded) => {
    const event = await eventOf("/status/test-session-123", {
      method: "PUT",
      headers: { "content-type": contentType },
      body,
    });
    const expected = isBase64Encoded ? Buffer.from(body).toString("base64") : body;
    expect(event).toMatchObject({ body: expected, isBase64Encoded });
  });

  it("serves calls side by side", async () => {
    const events = await Promise.all(
      Array.from({ length: 20 }, (_, index) => eventOf(`/status/test-session-${index}`)),
    );
    expect(events.map(({ pathParameters }) => pathParameters)).toEqual(
      Array.from({ length: 20 }, (_, index) => ({ sessionId: `test-session-${index}` })),
    );
  });
});

describe("a request finds its route:", () => {
  it.each([
    ["/status/newest", "GET /status/newest", undefined],
    ["/status/a%20b%2Fc", "GET /status/{sessionId}", { sessionId: "a b/c" }],
    ["/status/a/steps/b%20c", "ANY /status/{proxy+}", { proxy: "a/steps/b c" }],
  ])("%s is %s", async (path, routeKey, pathParameters) => {
    const event = await eventOf(path);
    expect(event["routeKey"]).toBe(routeKey);
    expect(event["pathParameters"]).toEqual(pathParameters);
  });

  it.each(["/nothing", "/status/", "/"])("%s has none", async (path) => {
    const response = await call(path);
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({ message: "Not Found" });
  });

  it("a malformed path has none", async () => {
    const response = await call("/status/%E0%A4%A");
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ message: "Bad Request" });
  });
});

describe("a function's answer becomes the reply:", () => {
  it("status, headers, cookies and body", async () => {
    const response = await replying({
      statusCode: 409,
      headers: { "Content-Type": "application/json", "X-Retry": 1, "Content-Length": "1" },
      cookies: ["a=1; HttpOnly", "b=2"],
      body: '{"error":{"code":"Conflict"}}',
    });
    expect(response.status).toBe(409);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(response.headers.get("x-retry")).toBe("1");
    expect(response.headers.getSetCookie()).toEqual(["a=1; HttpOnly", "b=2"]);
    expect(await response.json()).toEqual({ error: { code: "Conflict" } });
  });

  it("an encoded body is decoded", async () => {
    const response = await replying({ statusCode: 200, body: "AAEC", isBase64Encoded: true });
    expect([...new Uint8Array(await response.arrayBuffer())]).toEqual([0, 1, 2]);
  });

  it("without a status it is the body", async () => {
    const response = await replying({ sessionId: "test-session-123" });
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(await response.json()).toEqual({ sessionId: "test-session-123" });
  });

  it.each([204, 304])("%i has no body", async (statusCode) => {
    const response = await replying({ statusCode, body: "ignored" });
    expect(response.status).toBe(statusCode);
    expect(await response.text()).toBe("");
  });

  it("HEAD has no body either, only its length", async () => {
    const response = await replying({ statusCode: 200, body: "four" }, { method: "HEAD" });
    expect(response.headers.get("content-length")).toBe("4");
    expect(await response.text()).toBe("");
  });

  it.each([
    ["an error", "fail=1"],
    ["no status", "reply=" + encodeURIComponent('{"statusCode":"created"}')],
    ["no text as its body", "reply=" + encodeURIComponent('{"statusCode":200,"body":{}}')],
    ["a cookie of two lines", "reply=" + encodeURIComponent('{"statusCode":200,"cookies":["a\\nb"]}')],
    ["a header of two lines", "reply=" + encodeURIComponent('{"statusCode":200,"headers":{"x":"a\\nb"}}')],
  ])("%s is an internal error that tells nothing", async (_what, query) => {
    const response = await call(`/status/test-session-123?${query}`);
    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({ message: "Internal Server Error" });
  });

  it("none in time is an unavailable service, and the next call is served", async () => {
    const response = await call("/analysis/requests?hang=1", demo);
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({ message: "Service Unavailable" });
    expect((await call("/analysis/requests?limit=50", demo)).status).toBe(200);
  });

  it("a body that is too large never reaches it", async () => {
    const body = Buffer.alloc(10 * 1024 * 1024 + 1);
    const response = await call("/status/test-session-123", { method: "PUT", body });
    expect(response.status).toBe(413);
    expect(await response.json()).toEqual({ message: "Request Entity Too Large" });
  });
});

describe("the gateway", () => {
  it("joins headers that come twice", async () => {
    const body = await new Promise<string>((resolve, reject) => {
      const headers = { "x-forwarded-for": ["10.0.0.1", "10.0.0.2"] };
      request(`${gateway.url}/status/test-session-123`, { headers }, (response) => {
        let text = "";
        response.on("data", (chunk: Buffer) => (text += chunk.toString()));
        response.on("end", () => resolve(text));
      })
        .once("error", reject)
        .end();
    });
    const { event } = JSON.parse(body) as EventSeen;
    expect(event["headers"]).toMatchObject({ "x-forwarded-for": "10.0.0.1,10.0.0.2" });
  });

  it("describes its routes, and says what it does not check", () => {
    const text = describeGateway(gateway).join("\n");
    expect(text).toContain(gateway.url);
    expect(text).toMatch(/GET \/status\/\{sessionId\} +AWS_IAM +trade-status-services-local/);
    expect(text).toMatch(/GET \/analysis\/requests +JWT +design-analysis-services-local/);
    expect(text).toContain("AWS_IAM is not checked here");
    expect(text).toContain("signatures are not checked here");
    expect(text).toMatch(/curl -H "Authorization: Bearer [\w-]+\.[\w-]+\." "http:.*\/analysis\/requests"/);
  });

  it("refuses a port that is taken, and says which option gives another", async () => {
    const options = { apis: [], port: gateway.port, endpoint: "", folder: ".", log: gateway.log };
    await expect(startGateway(options)).rejects.toThrow(
      `Port ${gateway.port} is taken: give another with --api-port`,
    );
  });
});
