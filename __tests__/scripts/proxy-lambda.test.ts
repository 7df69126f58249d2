/** Lambda on the local AWS: moto keeps the functions, the proxy runs them and remembers what moto forgets. */

import { createServer, type Server } from "node:http";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { addressOf, listen } from "../../scripts/local/ports";
import { createProxy } from "../../scripts/local/proxy";
import { lambdaInvoke, type LambdaInvoke } from "../../scripts/local/repairs/lambda-invoke";
import { bundle, temporaryFolder } from "../support/functions";

const name = "trade-status-api-local";
const functions = "/2015-03-31/functions";
const arn = `arn:aws:lambda:us-east-1:123456789012:function:${name}`;
const deadLetters = { TargetArn: "arn:aws:sqs:us-east-1:123456789012:trade-status-failures-local" };

/** Answers as moto does, and knows no function but the one; refuses what is marked so. */
const startMoto = () =>
  createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      const refused = body.includes("refused") || request.url?.includes("unknown");
      const configuration = { FunctionName: name, State: "Active" };
      const isGet = request.method === "GET" && !request.url?.endsWith("/configuration");
      if (refused) response.writeHead(404, { "x-amzn-errortype": "ResourceNotFoundException" });
      else if (request.method === "DELETE") response.writeHead(204);
      const document = isGet ? { Configuration: configuration, Code: {} } : configuration;
      response.end(request.method === "DELETE" ? "" : JSON.stringify(refused ? {} : document));
    });
  });

describe("the proxy", () => {
  const { folder, remove } = temporaryFolder();
  let moto: Server;
  let proxy: Server;
  let lambda: LambdaInvoke;

  beforeAll(async () => {
    moto = startMoto();
    await listen(moto, 0);
    lambda = lambdaInvoke({ folder, log: join(folder, "functions.log"), endpoint: () => addressOf(proxy) });
    proxy = createProxy(addressOf(moto), [lambda.repair]);
    await listen(proxy, 0);
  });
  afterAll(async () => {
    await lambda.stop();
    proxy.close();
    moto.close();
    remove();
  });

  const send = (method: string, path: string, body?: object, headers: Record<string, string> = {}) =>
    fetch(`${addressOf(proxy)}${functions}${path}`, {
      method,
      headers,
      ...(body && { body: JSON.stringify(body) }),
    });
  const zipped = (source: string) => Buffer.from(bundle(source)).toString("base64");
  const create = (source: string, changes: object = {}) =>
    send("POST", "", {
      FunctionName: name,
      Code: { ZipFile: zipped(source) },
      Handler: "index.handler",
      Environment: { Variables: { TABLE_NAME: "ai-trade-matching-processing-status-local" } },
      Timeout: 30,
      ...changes,
    });
  const invoke = (payload?: object, headers: Record<string, string> = {}, path = name) =>
    send("POST", `/${path}/invocations`, payload, headers);

  describe("on Invoke", () => {
    it("runs the bundle with its configuration against itself", async () => {
      await create(
        `exports.handler = async (event) => [event, process.env.TABLE_NAME, process.env.AWS_ENDPOINT_URL];`,
      );
      const response = await invoke({ sessionId: "test-session-123" });
      expect(response.status).toBe(200);
      expect(response.headers.has("x-amz-function-error")).toBe(false);
      expect(await response.json()).toEqual([
        { sessionId: "test-session-123" },
        "ai-trade-matching-processing-status-local",
        addressOf(proxy),
      ]);
    });

    it.each([name, `${name}:$LATEST`, `123456789012:function:${name}`, arn, `${arn}:live`])(
      "knows the function as %s",
      async (given) => {
        await create(`exports.handler = async () => "known";`);
        const response = await invoke({}, {}, encodeURIComponent(given));
        expect(await response.json()).toBe("known");
        expect(await (await invoke({}, {}, name)).json()).toBe("known");
      },
    );

    it("gives an event without payload as an empty object, and takes a qualifier", async () => {
      await create(`exports.handler = async (event) => event;`);
      const response = await send("POST", `/${name}/invocations?Qualifier=live`);
      expect(await response.json()).toEqual({});
    });

    it("answers a failed function with its error, not its trace", async () => {
      await create(`exports.handler = async () => { throw new RangeError("no such session"); };`);
      const response = await invoke({});
      expect(response.status).toBe(200);
      expect(response.headers.get("x-amz-function-error")).toBe("Unhandled");
      expect(await response.json()).toEqual({ errorType: "RangeError", errorMessage: "no such session" });
    });

    it("answers a function past its timeout", async () => {
      await create(`exports.handler = () => new Promise(() => {});`, { Timeout: 1 });
      const response = await invoke({});
      expect(response.headers.get("x-amz-function-error")).toBe("Unhandled");
      expect(await response.json()).toEqual({
        errorType: "Sandbox.Timedout",
        errorMessage: "Task timed out after 1.00 seconds",
      });
    });

    it("only says that it could, on a dry run", async () => {
      const trace = join(folder, "dry-run");
      await create(
        `exports.handler = async () => require("node:fs").appendFileSync(${JSON.stringify(trace)}, "x");`,
      );
      expect((await invoke({}, { "x-amz-invocation-type": "DryRun" })).status).toBe(204);
      await invoke({});
      expect(readFileSync(trace, "utf8")).toBe("x");
    });

    it("accepts an event at once and tries it three times", async () => {
      const trace = join(folder, "attempts");
      await create(`
        const { appendFileSync, readFileSync } = require("node:fs");
        let finish;
        const third = new Promise((resolve) => (finish = resolve));
        exports.handler = async ({ wait }) => {
          if (wait) return third;
          appendFileSync(${JSON.stringify(trace)}, "x");
          if (readFileSync(${JSON.stringify(trace)}).length === 3) finish();
          throw new Error("not this time");
        };`);
      const third = invoke({ wait: true });
      const response = await invoke({}, { "x-amz-invocation-type": "Event" });
      expect(response.status).toBe(202);
      expect(await response.text()).toBe("");
      await third;
      // One more of its own: a fourth attempt would have come before.
      await invoke({});
      expect(readFileSync(trace, "utf8")).toBe("xxxx");
    });

    it.each([
      ["a payload that is no JSON", "{", "RequestResponse", "InvalidRequestContentException"],
      ["another invocation type", "{}", "Later", "InvalidParameterValueException"],
    ])("refuses %s", async (_what, body, type, error) => {
      await create(`exports.handler = async () => "run";`);
      const response = await fetch(`${addressOf(proxy)}${functions}/${name}/invocations`, {
        method: "POST",
        headers: { "x-amz-invocation-type": type },
        body,
      });
      expect(response.status).toBe(400);
      expect(response.headers.get("x-amzn-errortype")).toBe(error);
    });

    it("leaves an unknown function to moto", async () => {
      const response = await invoke({}, {}, "unknown");
      expect(response.status).toBe(404);
    });
  });

  describe("runs", () => {
    it("new code and a new configuration after updates", async () => {
      await create(`exports.handler = async () => ["old", process.env.MODE];`);
      await invoke({});
      await send("PUT", `/${name}/code`, {
        ZipFile: zipped(`exports.main = async () => ["new", process.env.MODE];`),
      });
      await send("PUT", `/${name}/configuration`, {
        Handler: "index.main",
        Environment: { Variables: { MODE: "strict" } },
      });
      expect(await (await invoke({})).json()).toEqual(["new", "strict"]);
    });

    it("nothing that moto refused, or that is deleted", async () => {
      await create(`exports.handler = async () => "accepted";`);
      await send("PUT", `/${name}/code`, {
        ZipFile: zipped(`exports.handler = () => {};`),
        Marked: "refused",
      });
      expect(await (await invoke({})).json()).toBe("accepted");
      await send("DELETE", `/${name}`);
      expect(await (await invoke({})).json()).toMatchObject({ State: "Active" });
    });
  });

  describe("keeps dead-letter queues", () => {
    const configuration = async (path: string, method = "GET", body?: object) =>
      (await (await send(method, path, body)).json()) as Record<string, unknown>;

    it("in every answer about the function, until they are taken away", async () => {
      const created = await create(`exports.handler = () => {};`, { DeadLetterConfig: deadLetters });
      expect(await created.json()).toMatchObject({ FunctionName: name, DeadLetterConfig: deadLetters });
      expect(await configuration(`/${name}`)).toMatchObject({
        Configuration: { FunctionName: name, State: "Active", DeadLetterConfig: deadLetters },
        Code: {},
      });
      expect(await configuration(`/${name}/configuration`)).toMatchObject({ DeadLetterConfig: deadLetters });
      const changed = await configuration(`/${name}/configuration`, "PUT", { Timeout: 5 });
      expect(changed).toMatchObject({ DeadLetterConfig: deadLetters });
      const removal = { DeadLetterConfig: { TargetArn: "" } };
      expect(await configuration(`/${name}/configuration`, "PUT", removal)).not.toHaveProperty(
        "DeadLetterConfig",
      );
      expect((await configuration(`/${name}`))["Configuration"]).not.toHaveProperty("DeadLetterConfig");
    });
  });

  describe("keeps revisions", () => {
    const revision = async (response: Promise<Response>) =>
      ((await (await response).json()) as { readonly RevisionId?: string }).RevisionId;
    const update = (changes: object) => send("PUT", `/${name}/configuration`, changes);
    const present = () => revision(send("GET", `/${name}/configuration`));

    it("that change with the function and with nothing else", async () => {
      const created = await revision(create(`exports.handler = () => {};`));
      expect(created).toMatch(/^[0-9a-f-]{36}$/);
      expect(await present()).toBe(created);
      const updated = await revision(update({ Timeout: 5 }));
      expect(updated).not.toBe(created);
      expect(await present()).toBe(updated);
      const { Configuration } = (await (await send("GET", `/${name}`)).json()) as {
        readonly Configuration: { readonly RevisionId: string };
      };
      expect(Configuration.RevisionId).toBe(updated);
      const uploaded = await revision(
        send("PUT", `/${name}/code`, { ZipFile: zipped(`exports.handler = 1;`) }),
      );
      expect(uploaded).not.toBe(updated);
    });

    it("and lets one of two changes of the same revision through", async () => {
      const RevisionId = await revision(create(`exports.handler = () => {};`));
      const responses = await Promise.all([1, 2].map((Timeout) => update({ Timeout, RevisionId })));
      expect(responses.map(({ status }) => status).sort()).toEqual([200, 412]);
      const refused = responses.find(({ status }) => status === 412);
      expect(refused?.headers.get("x-amzn-errortype")).toBe("PreconditionFailedException");
    });

    it("but not for a change that moto refuses", async () => {
      const RevisionId = await revision(create(`exports.handler = () => {};`));
      expect((await update({ Description: "refused", RevisionId })).status).toBe(404);
      expect(await present()).toBe(RevisionId);
    });
  });

  it("runs nothing any more once it is stopped", async () => {
    await create(`
      let arrive;
      const arrived = new Promise((resolve) => (arrive = resolve));
      exports.handler = async ({ hang }) => {
        if (!hang) return arrived;
        arrive();
        return new Promise(() => setInterval(() => {}, 1000));
      };`);
    const hanging = invoke({ hang: true });
    await invoke({});
    await lambda.stop();
    expect(await (await hanging).json()).toMatchObject({ errorMessage: "The function has been stopped" });
    // Moto's answer: nobody else knows the function now.
    expect(await (await invoke({})).json()).toMatchObject({ State: "Active" });
  });
});
