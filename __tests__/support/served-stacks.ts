import { readApis } from "../../scripts/local/gateway/read-apis";
import { startGateway, type Gateway } from "../../scripts/local/gateway/start-gateway";
import { localToken } from "../../scripts/local/gateway/token";
import { temporaryFolder } from "./functions";
import { audience, issuer, writeServicesStack } from "./services-stack";

export interface ServedStacks {
  readonly gateway: Gateway;
  stop(): Promise<void>;
}

/** What the function of these stacks answers with, unless the query tells it otherwise. */
export interface EventSeen {
  readonly event: Record<string, unknown> & { readonly requestContext: Record<string, unknown> };
}

export const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
export const demo = bearer(localToken("demo", { issuer, audience: [audience] }));

const source = `
  exports.handler = async (event) => {
    const { reply, fail, hang } = event.queryStringParameters ?? {};
    if (fail) throw new Error("not for callers");
    if (hang) return new Promise(() => {});
    return reply ? JSON.parse(reply) : { event };
  };`;

/** A gateway in front of two services stacks: one for signed requests, one for tokens and browsers. */
export async function serveStacks(): Promise<ServedStacks> {
  const { folder, remove } = temporaryFolder();
  const [trades, analyses] = ["trade-status-services-local", "design-analysis-services-local"] as const;
  writeServicesStack(folder, trades, {
    source,
    routes: {
      "GET /status/{sessionId}": "AWS_IAM",
      "GET /status/newest": "AWS_IAM",
      "ANY /status/{proxy+}": "AWS_IAM",
      "PUT /status/{sessionId}": "AWS_IAM",
    },
  });
  writeServicesStack(folder, analyses, {
    source,
    routes: { "GET /analysis/requests": "JWT" },
    cors: {
      allow_origins: ["https://app.example.com"],
      allow_methods: ["GET", "POST"],
      allow_headers: ["authorization"],
      max_age: 600,
    },
    timeout: 2,
  });
  const gateway = await startGateway({
    apis: readApis(folder, [trades, analyses]),
    port: 0,
    endpoint: "http://127.0.0.1:4566",
    folder,
    log: `${folder}/functions.log`,
  });
  return {
    gateway,
    async stop() {
      await gateway.stop();
      remove();
    },
  };
}
