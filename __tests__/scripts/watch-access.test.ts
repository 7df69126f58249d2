/** Where `npm run watch` finds an API, and how it shows who asks. */

import { ApiGatewayV2Client } from "@aws-sdk/client-apigatewayv2";
import { createServer, type Server, type ServerResponse } from "node:http";
// It says what the SDK need not say of Node 20.
import "../../scripts/lib/aws";
import { adapters } from "../../scripts/lib/watch/adapters";
import { findApi } from "../../scripts/lib/watch/api-address";
import { authorizationFor } from "../../scripts/lib/watch/authorization";
import { StatusApi } from "../../scripts/lib/watch/status-api";
import { listen } from "../../scripts/local/ports";
import { loadEnvironments } from "../../stacks/environments";
import { apiName } from "../../stacks/naming";
import type { EnvironmentName } from "../../tables/naming";
import { runScript } from "../support/scripts";

const environments = loadEnvironments({});
const execute = "https://abc123.execute-api.eu-west-1.amazonaws.com";

describe("an API of AWS", () => {
  /** Pages of GetApis, by the token that asks for them. */
  let pages: Readonly<Record<string, object>>;
  let server: Server;
  let apis: ApiGatewayV2Client;
  beforeAll(async () => {
    server = createServer((request, response) => {
      const token = new URL(request.url ?? "", "http://stub").searchParams.get("nextToken") ?? "";
      const page = pages[token];
      response.writeHead(page ? 200 : 403, { "content-type": "application/json" });
      response.end(JSON.stringify(page ?? { message: "not authorized to perform: apigateway:GET" }));
    });
    apis = new ApiGatewayV2Client({
      endpoint: `http://127.0.0.1:${await listen(server, 0)}`,
      region: "us-east-1",
      credentials: { accessKeyId: "local", secretAccessKey: "local" },
    });
  });
  afterAll(() => {
    apis.destroy();
    server.close();
  });

  const find = async (env: EnvironmentName, variables: Readonly<Record<string, string>> = {}) => {
    const environment = environments[env];
    const { signal } = new AbortController();
    const options = {
      system: "design-analysis",
      environment,
      url: undefined,
      variables,
      apis,
      signal,
    } as const;
    return (await findApi(options)).href;
  };
  const api = (name: string, endpoint = execute) => ({ name, apiEndpoint: endpoint, apiId: "abc123" });

  it("is found by its name, on whatever page it is", async () => {
    pages = {
      "": { items: [api("design-analysis"), api("trade-status-dev")], nextToken: "second" },
      second: { items: [api("design-analysis-dev", `${execute}:443`)] },
    };
    expect(await find("dev")).toBe(`${execute}/`);
    expect(await find("prod")).toBe(`${execute}/`);
    expect([apiName("design-analysis", "dev"), apiName("design-analysis", "prod")]).toEqual([
      "design-analysis-dev",
      "design-analysis",
    ]);
  });

  it("that is not there, or is there twice, cannot be told", async () => {
    pages = { "": { items: [api("design-analysis"), api("design-analysis", "https://other.example.com")] } };
    await expect(find("staging")).rejects.toThrow(
      'There is no API "design-analysis-staging" in us-east-1. Deploy the services of staging, check --region',
    );
    await expect(find("prod")).rejects.toThrow(
      `There are 2 APIs "design-analysis" in us-east-1: ${execute}, https://other.example.com. Name one with --url.`,
    );
  });

  it("that may not be looked up cannot be told", async () => {
    pages = {};
    await expect(find("dev")).rejects.toThrow(
      /^The API "design-analysis-dev" could not be looked up in us-east-1: .*Check credentials, region and the right/,
    );
  });

  it("is not looked for at the local AWS", async () => {
    await expect(find("dev", { AWS_ENDPOINT_URL: "http://127.0.0.1:5000" })).rejects.toThrow(
      "Give --url, or unset AWS_ENDPOINT_URL.",
    );
  });

  it("of local is at port 8000, or where API_URL says", async () => {
    expect(await find("local")).toBe("http://127.0.0.1:8000/");
    expect(await find("local", { API_URL: "http://localhost:9000/v1" })).toBe("http://localhost:9000/v1/");
  });
});

describe("what says who asks", () => {
  const away = new URL(`${execute}/`);
  const request = new URL("analysis/status/analysis_abc123", away);
  const credentials = () =>
    Promise.resolve({ accessKeyId: "AKIDEXAMPLE", secretAccessKey: "a-secret", sessionToken: "a-session" });
  const signing = { region: "us-east-1", profile: "production", credentials };

  it("is a signature with the AWS credentials, for the region of the API's own host", async () => {
    const authorization = authorizationFor(away, {}, signing);
    const headers = await authorization.headers(request);
    expect(headers["authorization"]).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-west-1\/execute-api\/aws4_request, /,
    );
    expect(headers["x-amz-security-token"]).toBe("a-session");
    expect(JSON.stringify(headers)).not.toContain("a-secret");
    expect(authorization.refused).toContain("AWS credentials of the profile production");
  });

  it("is signed for the environment's region where the host tells none", async () => {
    const domain = new URL("https://status.example.com/");
    const headers = await authorizationFor(domain, {}, signing).headers(domain);
    expect(headers["authorization"]).toContain("/us-east-1/execute-api/");
  });

  it("is the token where there is one, and then no credentials are asked for", async () => {
    const unused = () => Promise.reject(new Error("Nobody should ask."));
    const authorization = authorizationFor(away, { API_TOKEN: "t0ken" }, { ...signing, credentials: unused });
    expect(await authorization.headers(request)).toEqual({ authorization: "Bearer t0ken" });
    expect(authorization.refused).toContain("or unset API_TOKEN to sign with AWS credentials instead.");
    expect(authorization.refused).not.toContain("t0ken");
  });

  it("without credentials says how to get some", async () => {
    const none = () => Promise.reject(new Error("Could not load credentials from any providers"));
    const authorization = authorizationFor(away, {}, { ...signing, credentials: none });
    await expect(authorization.headers(request)).rejects.toThrow(
      "There are no AWS credentials to sign with: Could not load credentials from any providers. Sign in,",
    );
  });
});

describe("an API that takes the request and never answers", () => {
  it.each([
    ["at all", () => undefined],
    ["in full", (_: unknown, response: ServerResponse) => void response.writeHead(200).write("{")],
  ])("%s is waited for five times, then given up", async (_, silent) => {
    const server = createServer(silent);
    const url = new URL(`http://127.0.0.1:${await listen(server, 0)}/`);
    const troubles: (string | undefined)[] = [];
    const api = new StatusApi({
      system: "trade-status",
      adapter: adapters["trade-status"],
      url,
      authorization: { headers: () => Promise.resolve({}), refused: "" },
      retrySeconds: 0,
      requestSeconds: 0.1,
      onTrouble: (trouble) => troubles.push(trouble),
    });
    await expect(api.read("s", undefined, new AbortController().signal)).rejects.toThrow(
      `The API at ${url.href} failed 5 times in a row: no answer within 0.1 seconds.`,
    );
    expect(troubles).toHaveLength(4);
    server.closeAllConnections();
    server.close();
  });
});

describe("npm run watch cannot tell", () => {
  const watch = (env: string, args: readonly string[], variables: NodeJS.ProcessEnv = {}) =>
    runScript("watch", ["--system", "trade-status", "--env", env, ...args], variables);

  it.each([
    [
      "another machine in local",
      "local",
      ["--url", "https://example.com", "s"],
      "--url must point at this machine",
    ],
    [
      "plain HTTP to another machine",
      "dev",
      ["--url", "http://example.com", "s"],
      "--url must begin with https",
    ],
    ["a URL that is none", "dev", ["--url", "example", "s"], "--url must be the URL of an API, such as"],
    [
      "credentials in the URL",
      "dev",
      ["--url", "https://a:hunter2@example.com", "s"],
      "--url must hold no credentials",
    ],
    ["an id of dots", "local", [".."], '".." is no id.'],
    ["no id", "local", [], "missing required argument 'id'"],
    ["an interval that is too short", "local", ["--interval", "0.1", "s"], "Give seconds from 0.2 to 60."],
    ["a timeout that is no number", "local", ["--timeout", "soon", "s"], "Give seconds from 0.2 to 1000000."],
  ])("with %s: exit 2", async (_, env, args, sentence) => {
    const { code, stdout, stderr } = await watch(env, args, { API_TOKEN: "t0ken" });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(sentence);
    expect(stderr).not.toMatch(/hunter2|t0ken/);
  });

  it("with a token that cannot be sent, and does not repeat it: exit 2", async () => {
    const variables = { API_TOKEN: "t0ken\nt0ken", API_URL: "http://127.0.0.1:1024" };
    const { code, stderr } = await watch("local", ["s"], variables);
    expect(code).toBe(2);
    expect(stderr).toContain("API_TOKEN holds characters that no token has");
    expect(stderr).not.toContain("t0ken");
  });
});
