/** Lambda bundles in worker threads: what they see, how their calls end, and that nothing of them remains. */

import { strToU8, zipSync } from "fflate";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import type { FunctionDefinition, RunningFunction } from "../../scripts/local/functions/function";
import { startFunction } from "../../scripts/local/functions/start-function";
import { defineFunction, temporaryFolder } from "../support/functions";

const endpoint = "http://127.0.0.1:4566";
const { folder, remove } = temporaryFolder();
const log = join(folder, "functions.log");
const started: RunningFunction[] = [];

const start = (source: string, changes: Partial<FunctionDefinition> = {}): RunningFunction => {
  const running = startFunction(defineFunction(source, changes), { folder, log, endpoint });
  started.push(running);
  return running;
};

afterEach(() => Promise.all(started.splice(0).map((running) => running.stop())));
afterAll(remove);

describe("a function", () => {
  it("answers with what its handler returns for the event", async () => {
    const running = start(
      `exports.handler = async ({ sessionId }) => ({ sessionId, status: "processing" });`,
    );
    expect(await running.invoke({ sessionId: "test-session-123" })).toEqual({
      outcome: "answered",
      payload: { sessionId: "test-session-123", status: "processing" },
    });
  });

  it("sees its own variables and Lambda's, none of this process", async () => {
    process.env["DEPLOYMENT_SECRET"] = "of the parent";
    const running = start(`exports.handler = async () => process.env;`, {
      environment: { TABLE_NAME: "ai-trade-matching-processing-status-local", AWS_ENDPOINT_URL: "elsewhere" },
    });
    const invocation = await running.invoke({});
    delete process.env["DEPLOYMENT_SECRET"];
    expect(invocation).toMatchObject({
      payload: {
        TABLE_NAME: "ai-trade-matching-processing-status-local",
        AWS_ENDPOINT_URL: endpoint,
        AWS_ACCESS_KEY_ID: "local",
        AWS_REGION: "us-east-1",
        AWS_LAMBDA_FUNCTION_NAME: "trade-status-api-local",
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "256",
        LAMBDA_TASK_ROOT: join(folder, "trade-status-api-local"),
      },
    });
    const seen = invocation.outcome === "answered" ? Object.keys(invocation.payload as object) : [];
    expect(seen).not.toContain("DEPLOYMENT_SECRET");
    expect(seen).not.toContain("PATH");
  });

  it("gets Lambda's context", async () => {
    const running = start(`
      exports.handler = async (event, context) => ({
        ...context,
        remains: context.getRemainingTimeInMillis() > 0 && context.getRemainingTimeInMillis() <= 30000,
      });`);
    expect(await running.invoke({})).toMatchObject({
      payload: {
        functionName: "trade-status-api-local",
        invokedFunctionArn: "arn:aws:lambda:us-east-1:123456789012:function:trade-status-api-local",
        memoryLimitInMB: "256",
        awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown,
        remains: true,
      },
    });
  });

  it("may be an ES module, or answer through a callback", async () => {
    const module = zipSync({ "index.mjs": strToU8(`export const handler = async () => "module";`) });
    expect(await start("", { name: "module", zip: module }).invoke({})).toMatchObject({ payload: "module" });
    const callback = start(`exports.handler = (event, context, done) => done(null, "called back");`);
    expect(await callback.invoke({})).toMatchObject({ payload: "called back" });
  });

  it("interleaves concurrent calls in one thread", async () => {
    const running = start(`
      let waiting;
      exports.handler = async ({ first }) => {
        if (first) return new Promise((resolve) => (waiting = resolve));
        waiting("released by the second call");
        return "second";
      };`);
    const answers = await Promise.all([running.invoke({ first: true }), running.invoke({})]);
    expect(answers).toMatchObject([{ payload: "released by the second call" }, { payload: "second" }]);
  });
});

describe("a call fails, and the process does not,", () => {
  it.each([
    ["rejects", `exports.handler = async () => { throw new TypeError("no such session"); };`],
    ["throws", `exports.handler = () => { throw new TypeError("no such session"); };`],
    ["throws while it is loaded", `throw new TypeError("no such session");`],
    [
      "throws outside of the call",
      `exports.handler = () => new Promise(() => setImmediate(() => { throw new TypeError("no such session"); }));`,
    ],
  ])("when the bundle %s", async (_what, source) => {
    expect(await start(source).invoke({})).toEqual({
      outcome: "failed",
      errorType: "TypeError",
      errorMessage: "no such session",
    });
  });

  it.each([
    ["has no handler", `exports.main = () => {};`, "Runtime.HandlerNotFound"],
    ["ends its process", `exports.handler = () => process.exit(0);`, "Runtime.ExitError"],
    [
      "answers with more than Lambda hands on",
      `exports.handler = async () => "x".repeat(7 * 1024 * 1024);`,
      "Function.ResponseSizeTooLarge",
    ],
  ])("when the bundle %s", async (_what, source, errorType) => {
    expect(await start(source).invoke({})).toMatchObject({ outcome: "failed", errorType });
  });

  it("when the bundle is no zip", async () => {
    const invocation = await start("", { zip: new Uint8Array([1, 2, 3]) }).invoke({});
    expect(invocation).toMatchObject({ outcome: "failed", errorType: "Runtime.ImportModuleError" });
  });

  it("and the trace stands in the log", async () => {
    await start(`exports.handler = async () => { throw new Error("told in the log"); };`).invoke({});
    await start(
      `exports.handler = () => { setImmediate(() => { throw new Error("told, too"); }); return new Promise(() => {}); };`,
    ).invoke({});
    const text = readFileSync(log, "utf8");
    expect(text).toMatch(/Error: told in the log\n\s+at .*index\.js/);
    expect(text).toMatch(/Error: told, too\n\s+at .*index\.js/);
  });

  it("and the next call gets a fresh thread", async () => {
    const running = start(`
      let calls = 0;
      exports.handler = async ({ end }) => (end ? process.exit(1) : (calls += 1));`);
    await running.invoke({});
    await running.invoke({ end: true });
    expect(await running.invoke({})).toEqual({ outcome: "answered", payload: 1 });
  });
});

describe("a call past its timeout", () => {
  const hangs = `
    exports.handler = ({ how }) => {
      if (how === "busy") for (;;);
      if (how === "waiting") return new Promise(() => {});
      return Promise.resolve("recovered");
    };`;

  it.each(["busy", "waiting"])("ends its %s thread; the next call starts another", async (how) => {
    const running = start(hangs, { timeoutSeconds: 1 });
    expect(await running.invoke({ how })).toEqual({ outcome: "timed out", seconds: 1 });
    expect(await running.invoke({})).toEqual({ outcome: "answered", payload: "recovered" });
  });

  it("fails the other calls in the thread", async () => {
    const running = start(hangs, { timeoutSeconds: 1 });
    const outcomes = await Promise.all([
      running.invoke({ how: "waiting" }),
      running.invoke({ how: "waiting" }),
    ]);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(["timed out", "failed"]);
  });

  it("is not counted while the bundle loads, which has a limit of its own", async () => {
    const running = startFunction(defineFunction(`for (;;);`, { timeoutSeconds: 0.1 }), {
      folder,
      log,
      endpoint,
      loadSeconds: 0.2,
    });
    expect(await running.invoke({})).toMatchObject({
      outcome: "failed",
      errorMessage: "The bundle did not load within 0.2 seconds",
    });
    await running.stop();
  });
});

describe("a stopped function", () => {
  const listens = `
    const server = require("node:net").createServer();
    exports.handler = ({ wait }) => wait
      ? new Promise(() => {})
      : new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server.address().port)));`;

  const answers = (port: number) =>
    new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => resolve(true));
      socket.once("error", () => resolve(false)).once("close", () => socket.destroy());
      socket.unref();
    });

  it("leaves no thread, fails the calls in it and takes no others", async () => {
    const running = start(listens);
    const invocation = await running.invoke({});
    const port = invocation.outcome === "answered" ? (invocation.payload as number) : 0;
    expect(await answers(port)).toBe(true);
    const waiting = running.invoke({ wait: true });
    await running.stop();
    expect(await answers(port)).toBe(false);
    expect(await waiting).toMatchObject({ outcome: "failed", errorMessage: "The function has been stopped" });
    expect(await running.invoke({})).toMatchObject({ outcome: "failed" });
  });
});
