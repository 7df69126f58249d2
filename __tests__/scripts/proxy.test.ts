import { createServer, type Server } from "node:http";
import { listen } from "../../scripts/local/ports";
import { createProxy } from "../../scripts/local/proxy";

const arn = "arn:aws:application-autoscaling:us-east-1:123456789012:scalable-target/0ec5";

describe("the proxy in front of moto", () => {
  let moto: Server;
  let proxy: Server;
  let endpoint: string;
  let seen: { target: string; body: string }[] = [];

  beforeAll(async () => {
    moto = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => (body += chunk.toString()));
      request.on("end", () => {
        const target = String(request.headers["x-amz-target"] ?? "");
        seen.push({ target, body });
        if (target.endsWith("PutScheduledAction")) {
          response.writeHead(500, { "content-type": "text/html; charset=utf-8" }).end("<!doctype html>");
        } else if (target.endsWith("RegisterScalableTarget")) {
          response.end(JSON.stringify({ ScalableTargetARN: arn }));
        } else {
          response.writeHead(203, { "x-moto": "1" }).end(`${request.method} ${request.url} ${body}`);
        }
      });
    });
    proxy = createProxy(`http://127.0.0.1:${await listen(moto, 0)}`);
    endpoint = `http://127.0.0.1:${await listen(proxy, 0)}`;
  });
  afterAll(() => {
    proxy.close();
    moto.close();
  });
  beforeEach(() => (seen = []));

  const call = async (target: string, body: object = {}) => {
    const response = await fetch(endpoint, {
      method: "POST",
      headers: { "x-amz-target": target },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };

  it("hands calls over as they are, and answers with moto's status, headers and body", async () => {
    const response = await fetch(`${endpoint}/bucket/key?versionId=1`, { method: "PUT", body: "state" });
    expect(response.status).toBe(203);
    expect(response.headers.get("x-moto")).toBe("1");
    expect(await response.text()).toBe("PUT /bucket/key?versionId=1 state");
  });

  it("closes no connection that its client may be about to use again", async () => {
    const { headers } = await fetch(endpoint, { method: "POST" });
    expect(headers.get("connection")).toBe("keep-alive");
    // There would be the seconds after which an idle one is closed.
    expect(headers.get("keep-alive")).toBeNull();
  });

  it("keeps the tags of scalable targets, which moto forgets", async () => {
    const service = "AnyScaleFrontendService";
    await call(`${service}.RegisterScalableTarget`, { Tags: { System: "agent-matching" } });
    await call(`${service}.TagResource`, { ResourceARN: arn, Tags: { Environment: "dev", Old: "1" } });
    await call(`${service}.UntagResource`, { ResourceARN: arn, TagKeys: ["Old"] });
    const { body } = await call(`${service}.ListTagsForResource`, { ResourceARN: arn });
    expect(body).toEqual({ Tags: { System: "agent-matching", Environment: "dev" } });
    expect(seen.map(({ target }) => target)).toEqual([`${service}.RegisterScalableTarget`]);
  });

  it("says once, and readably, which operation moto lacks", async () => {
    const { status, body } = await call("AnyScaleFrontendService.PutScheduledAction");
    expect(status).toBe(400);
    expect(body["__type"]).toBe("NotImplementedException");
    expect(body["message"]).toContain("does not do AnyScaleFrontendService.PutScheduledAction");
  });
});

describe("without moto behind it", () => {
  it("the proxy says that the local AWS is not answering", async () => {
    const proxy = createProxy("http://127.0.0.1:9");
    try {
      const response = await fetch(`http://127.0.0.1:${await listen(proxy, 0)}`);
      expect(response.status).toBe(502);
      expect(await response.text()).toContain("The local AWS is not answering");
    } finally {
      proxy.close();
    }
  });
});
