/** Step Functions on the local AWS: moto keeps the state machines, the proxy checks and runs them. */

import {
  CreateStateMachineCommand,
  DeleteStateMachineCommand,
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  ListStateMachineVersionsCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
  UpdateStateMachineCommand,
  ValidateStateMachineDefinitionCommand,
} from "@aws-sdk/client-sfn";
import { createServer, type Server } from "node:http";
import type { Invocation } from "../../scripts/local/functions/function";
import { addressOf, listen } from "../../scripts/local/ports";
import { createProxy } from "../../scripts/local/proxy";
import { stepFunctions, type StepFunctions } from "../../scripts/local/repairs/step-functions";
import { workflowDefinition } from "../../stacks/brand-processing/workflow-definition";

const arn = "arn:aws:states:us-east-1:123456789012:stateMachine:brand-processing-dev";
const roleArn = "arn:aws:iam::123456789012:role/brand-processing-dev";
const functionArn = (name: string) => `arn:aws:lambda:us-east-1:123456789012:function:${name}`;
const definition = JSON.stringify(
  workflowDefinition({ steps: functionArn("workflow"), generate: functionArn("generate") }),
);
/** A workflow that ends at once. */
const pass = (Result: object) =>
  JSON.stringify({ StartAt: "A", States: { A: { Type: "Pass", Result, End: true } } });
const starbucks = { brandid: 12345, brandname: "Starbucks", sector: "Food & Beverage" };

/** Answers as moto does to what reaches it. */
const startMoto = () =>
  createServer((request, response) => {
    request.resume().on("end", () => {
      const isCreation = request.headers["x-amz-target"] === "AWSStepFunctions.CreateStateMachine";
      response.end(
        JSON.stringify(isCreation ? { stateMachineArn: arn, creationDate: 1 } : { updateDate: 1 }),
      );
    });
  });

describe("Step Functions on the local AWS", () => {
  let moto: Server;
  let proxy: Server;
  let states: StepFunctions;
  let client: SFNClient;
  let calls: { readonly name: string; readonly payload: unknown }[];
  let answer: (name: string, payload: { readonly step?: string }) => Promise<Invocation>;

  const answered = (payload: unknown): Invocation => ({ outcome: "answered", payload });

  beforeEach(async () => {
    calls = [];
    answer = (name, { step }) => {
      if (name === functionArn("generate")) return Promise.resolve(answered({ summary: "Coffee" }));
      return Promise.resolve(
        answered(step === "claim" ? { claimed: true, brand: starbucks } : { marked: true }),
      );
    };
    moto = startMoto();
    await listen(moto, 0);
    states = stepFunctions((name, payload) => {
      calls.push({ name, payload });
      return answer(name, payload as { readonly step?: string });
    });
    proxy = createProxy(addressOf(moto), [states.repair]);
    await listen(proxy, 0);
    client = new SFNClient({
      endpoint: addressOf(proxy),
      region: "us-east-1",
      credentials: { accessKeyId: "local", secretAccessKey: "local" },
      maxAttempts: 1,
    });
  });
  afterEach(() => {
    states.stop();
    client.destroy();
    proxy.close();
    moto.close();
  });

  const create = (text = definition) =>
    client.send(new CreateStateMachineCommand({ name: "brand-processing-dev", definition: text, roleArn }));
  const start = (name?: string, input: object = { brandid: 12345, attempt: 1 }) =>
    client.send(new StartExecutionCommand({ stateMachineArn: arn, name, input: JSON.stringify(input) }));
  const describeExecution = (executionArn = "") =>
    client.send(new DescribeExecutionCommand({ executionArn }));
  const ended = async (executionArn: string | undefined) => {
    for (;;) {
      const execution = await describeExecution(executionArn);
      if (execution.status !== "RUNNING") return execution;
      await new Promise(setImmediate);
    }
  };
  /** Lets no task end until it is told to. */
  const hold = () => {
    let release: (invocation: Invocation) => void = () => undefined;
    const held = new Promise<Invocation>((resolve) => (release = resolve));
    answer = () => held;
    return release;
  };

  describe("checks definitions", () => {
    const validate = (text: string) =>
      client.send(new ValidateStateMachineDefinitionCommand({ definition: text }));

    it("and finds nothing in that of the brands' workflow", async () => {
      expect(await validate(definition)).toMatchObject({ result: "OK", diagnostics: [] });
    });

    it.each([
      ["that is no JSON", "{", "INVALID_JSON_DESCRIPTION"],
      ["that is no object", "null", "INVALID_JSON_DESCRIPTION"],
      ["without states", JSON.stringify({ StartAt: "A" }), "SCHEMA_VALIDATION_FAILED"],
      [
        "that goes on where nothing is",
        JSON.stringify({ StartAt: "A", States: { A: { Type: "Pass", Next: "B" } } }),
        "MISSING_TRANSITION_TARGET",
      ],
    ])("and refuses one %s, also when it is deployed", async (_, text, code) => {
      const { result, diagnostics } = await validate(text);
      expect(result).toBe("FAIL");
      expect(diagnostics?.map((one) => one.code)).toContain(code);
      await expect(create(text)).rejects.toMatchObject({ name: "InvalidDefinition" });
      await expect(start()).rejects.toMatchObject({ name: "StateMachineDoesNotExist" });
    });
  });

  it("has no versions of a state machine", async () => {
    await create();
    const command = new ListStateMachineVersionsCommand({ stateMachineArn: arn });
    expect((await client.send(command)).stateMachineVersions).toEqual([]);
  });

  it("runs an execution through the functions of its tasks", async () => {
    await create();
    const { executionArn = "", startDate } = await start("brand-12345-attempt-1");
    expect(executionArn).toBe(
      "arn:aws:states:us-east-1:123456789012:execution:brand-processing-dev:brand-12345-attempt-1",
    );
    expect(await ended(executionArn)).toMatchObject({
      status: "SUCCEEDED",
      stateMachineArn: arn,
      name: "brand-12345-attempt-1",
      input: '{"brandid":12345,"attempt":1}',
      startDate,
      stopDate: expect.any(Date) as Date,
      output: expect.stringContaining('"brandid":12345') as string,
    });
    const subject = { brandid: 12345, attempt: 1, execution: executionArn };
    expect(calls).toEqual([
      { name: functionArn("workflow"), payload: { step: "claim", ...subject } },
      { name: functionArn("generate"), payload: { brand: starbucks } },
      {
        name: functionArn("workflow"),
        payload: { step: "complete", ...subject, metadata: { summary: "Coffee" } },
      },
    ]);
    const { events } = await client.send(new GetExecutionHistoryCommand({ executionArn }));
    expect(events?.map(({ type }) => type)).toEqual(["ExecutionStarted", "ExecutionSucceeded"]);
  });

  it("tells why an execution failed", async () => {
    await create();
    answer = () =>
      Promise.resolve({ outcome: "failed", errorType: "Refusal", errorMessage: "No such brand." });
    const { executionArn } = await start();
    const { status, error, cause, output } = await ended(executionArn);
    expect({ status, error, output }).toEqual({ status: "FAILED", error: "Refusal", output: undefined });
    expect(JSON.parse(cause ?? "")).toEqual({ errorType: "Refusal", errorMessage: "No such brand." });
    const { events } = await client.send(
      new GetExecutionHistoryCommand({ executionArn, reverseOrder: true }),
    );
    expect(events?.[0]).toMatchObject({ type: "ExecutionFailed" });
  });

  describe("takes a name", () => {
    it("once while it runs: the same call has the same answer", async () => {
      await create();
      hold();
      const answers = await Promise.all(Array.from({ length: 50 }, () => start("brand-12345-attempt-1")));
      expect(new Set(answers.map(({ executionArn }) => executionArn)).size).toBe(1);
      expect(new Set(answers.map(({ startDate }) => startDate?.getTime())).size).toBe(1);
      expect(calls).toHaveLength(1);
    });

    it("not with another input, and never again once its execution is over", async () => {
      await create();
      const release = hold();
      const { executionArn } = await start("brand-12345-attempt-1");
      await expect(start("brand-12345-attempt-1", { brandid: 12345, attempt: 2 })).rejects.toMatchObject({
        name: "ExecutionAlreadyExists",
      });
      release(answered({ claimed: false, brand: null }));
      expect((await ended(executionArn)).status).toBe("SUCCEEDED");
      await expect(start("brand-12345-attempt-1")).rejects.toMatchObject({ name: "ExecutionAlreadyExists" });
    });

    it.each([
      ["of 81 characters", "a".repeat(81), "ValidationException"],
      ["with a colon", "brand:12345", "InvalidName"],
    ])("but none %s", async (_, name, refusal) => {
      await create();
      await start("a".repeat(80));
      await expect(start(name)).rejects.toMatchObject({ name: refusal });
    });
  });

  it("refuses an input that is no JSON, and knows no execution that never began", async () => {
    await create();
    await expect(
      client.send(new StartExecutionCommand({ stateMachineArn: arn, input: "{" })),
    ).rejects.toMatchObject({ name: "InvalidExecutionInput" });
    await expect(describeExecution(arn.replace("stateMachine", "execution"))).rejects.toMatchObject({
      name: "ExecutionDoesNotExist",
    });
  });

  it("lists executions by status and page, the newest first", async () => {
    await create(pass({}));
    for (const name of ["one", "two", "three"]) await ended((await start(name)).executionArn);
    await client.send(new UpdateStateMachineCommand({ stateMachineArn: arn, definition }));
    hold();
    await start("four");
    const list = (more: object) => client.send(new ListExecutionsCommand({ stateMachineArn: arn, ...more }));
    const names = async (more: object) => (await list(more)).executions?.map(({ name }) => name);
    expect(await names({})).toEqual(["four", "three", "two", "one"]);
    expect(await names({ statusFilter: "RUNNING" })).toEqual(["four"]);
    const { nextToken } = await list({ statusFilter: "SUCCEEDED", maxResults: 2 });
    expect(await names({ statusFilter: "SUCCEEDED", maxResults: 2, nextToken })).toEqual(["one"]);
    // AWS: 0 is the default.
    expect(await list({ maxResults: 0 })).toMatchObject({ executions: { length: 4 } });
    await expect(list({ nextToken: "-1" })).rejects.toMatchObject({ name: "InvalidToken" });
  });

  it("runs what begins after a change on the changed definition", async () => {
    await create(pass({ version: 1 }));
    await client.send(
      new UpdateStateMachineCommand({ stateMachineArn: arn, definition: pass({ version: 2 }) }),
    );
    // A change of the role alone.
    await client.send(new UpdateStateMachineCommand({ stateMachineArn: arn, roleArn }));
    expect((await ended((await start()).executionArn)).output).toBe('{"version":2}');
  });

  it("stops an execution, with the reason that it is given", async () => {
    await create();
    const release = hold();
    const { executionArn } = await start();
    await client.send(new StopExecutionCommand({ executionArn, error: "Wrong", cause: "Not this brand" }));
    const stopped = { status: "ABORTED", error: "Wrong", cause: "Not this brand" };
    expect(await describeExecution(executionArn)).toMatchObject(stopped);
    release(answered({ claimed: true, brand: starbucks }));
    await new Promise(setImmediate);
    expect(await describeExecution(executionArn)).toMatchObject(stopped);
    expect(calls).toHaveLength(1);
  });

  it("forgets the executions of a state machine that is deleted, and runs none of them on", async () => {
    await create();
    const release = hold();
    const { executionArn } = await start("brand-12345-attempt-1");
    await client.send(new DeleteStateMachineCommand({ stateMachineArn: arn }));
    release(answered({ claimed: true, brand: starbucks }));
    await expect(describeExecution(executionArn)).rejects.toMatchObject({ name: "ExecutionDoesNotExist" });
    await expect(start()).rejects.toMatchObject({ name: "StateMachineDoesNotExist" });
    expect(calls).toHaveLength(1);
  });
});
