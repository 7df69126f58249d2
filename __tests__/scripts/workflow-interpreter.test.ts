/** State machines as the local AWS runs them: what tasks are handed, how they fail, how executions end. */

import type { Invocation } from "../../scripts/local/functions/function";
import { runWorkflow, type Json, type WorkflowRun } from "../../scripts/local/workflow/interpreter";
import { workflowDefinition } from "../../stacks/brand-processing/workflow-definition";

const arnOf = (name: string) => `arn:aws:lambda:us-east-1:000000000000:function:${name}`;
const definition = workflowDefinition({ steps: arnOf("steps"), generate: arnOf("generate") });
const executionArn = "arn:aws:states:us-east-1:000000000000:execution:brand-processing-local:brand-12345";
const brand = { brandid: 12345, brandname: "Starbucks", sector: "Food & Beverage" };
const metadata = { summary: "Coffee houses.", keywords: ["coffee"], categories: ["Cafés"] };

type Answers = Readonly<Record<string, (payload: Json) => Invocation | Promise<Invocation>>>;

const answered = (payload: unknown): Invocation => ({ outcome: "answered", payload });
const failed = (errorType: string, errorMessage: string): Invocation => ({
  outcome: "failed",
  errorType,
  errorMessage,
});

const ordinary: Answers = {
  claim: () => answered({ claimed: true, brand }),
  generate: () => answered(metadata),
  complete: () => answered({ marked: true }),
  fail: () => answered({ marked: true }),
};

/** Runs the workflow with some of its functions' answers replaced, and tells what they were called with. */
async function run(answers: Answers = {}, changes: Partial<WorkflowRun> = {}) {
  const calls: { readonly name: string; readonly payload: Json }[] = [];
  const result = await runWorkflow({
    definition,
    input: { brandid: 12345, attempt: 1 },
    executionArn,
    retryMilliseconds: 0,
    invoke: async (functionName, payload) => {
      const step = (payload as { step?: string }).step ?? "generate";
      expect(functionName).toBe(arnOf(step === "generate" ? "generate" : "steps"));
      calls.push({ name: step, payload });
      const answer = answers[step] ?? ordinary[step];
      return (await answer?.(payload)) ?? answered(null);
    },
    ...changes,
  });
  return { result, calls, names: calls.map(({ name }) => name) };
}

describe("an execution of the brands' workflow", () => {
  it("hands each step the brand, the attempt and its own ARN", async () => {
    const { result, calls } = await run();
    expect(result.status).toBe("SUCCEEDED");
    const subject = { brandid: 12345, attempt: 1, execution: executionArn };
    expect(calls.map(({ payload }) => payload)).toEqual([
      { step: "claim", ...subject },
      { brand },
      { step: "complete", ...subject, metadata },
    ]);
  });

  it("ends well without the model when the claim is refused", async () => {
    const { result, names } = await run({ claim: () => answered({ claimed: false, brand: null }) });
    expect({ status: result.status, names }).toEqual({ status: "SUCCEEDED", names: ["claim"] });
  });

  it("asks the model again when it may answer better, and marks the brand when it does not", async () => {
    const refusal = failed("AnswerRefused", "The model's answer is not JSON.");
    const { result, calls, names } = await run({ generate: () => refusal });
    expect(names).toEqual(["claim", "generate", "generate", "fail"]);
    const Cause = JSON.stringify({
      errorType: "AnswerRefused",
      errorMessage: "The model's answer is not JSON.",
    });
    expect(calls.at(-1)?.payload).toMatchObject({ step: "fail", error: { Error: "AnswerRefused", Cause } });
    expect(result).toMatchObject({ status: "FAILED", error: "AnswerRefused" });
  });

  it.each(["TooManyRequestsException", "ModelThrottled"])(
    "waits for a place through forty tries that fail as %s",
    async (name) => {
      const error = name === "ModelThrottled" ? name : `Lambda.${name}`;
      let tries = 0;
      const { result } = await run({
        generate: () => ((tries += 1) <= 40 ? failed(error, "Busy.") : answered(metadata)),
      });
      expect({ status: result.status, tries }).toEqual({ status: "SUCCEEDED", tries: 41 });
    },
  );

  it.each([
    ["Throttled", 6],
    ["Contended", 6],
    ["Refusal", 1],
  ])("repeats a claim that fails as %s, %i tries in all", async (name, tries) => {
    const { names } = await run({ claim: () => failed(name, "It failed.") });
    expect(names.filter((step) => step === "claim")).toHaveLength(tries);
    expect(names.at(-1)).toBe("fail");
  });

  it("fails by the function's name for the failure when not even that can be marked", async () => {
    const { result } = await run({
      generate: () => failed("AnswerRefused", "The model's answer is not JSON."),
      fail: () => failed("Error", "The step failed."),
    });
    expect(result).toMatchObject({ status: "FAILED", error: "Error" });
  });

  it("takes a function's time limit for a failure that may pass", async () => {
    let tries = 0;
    const slow = (): Invocation =>
      (tries += 1) < 3 ? { outcome: "timed out", seconds: 10 } : answered({ claimed: true, brand });
    const { result, names } = await run({ claim: slow });
    expect({ status: result.status, names }).toEqual({
      status: "SUCCEEDED",
      names: ["claim", "claim", "claim", "generate", "complete"],
    });
  });

  it("listens once for its end however often it calls: Node warns of a leak at the eleventh time", async () => {
    const listens = jest.spyOn(EventTarget.prototype, "addEventListener");
    const busy = () => failed("ModelThrottled", "Too many requests, please wait before trying again.");
    const { names } = await run({ generate: busy });
    expect(names.filter((name) => name === "generate")).toHaveLength(9);
    const targets: readonly unknown[] = listens.mock.contexts;
    listens.mockRestore();
    expect(targets).not.toHaveLength(0);
    expect(new Set(targets).size).toBe(targets.length);
  });

  it("ends at once when a function answers with more than Step Functions takes", async () => {
    const large = () => answered({ ...metadata, summary: "Coffee houses. ".repeat(20_000) });
    const { result, names } = await run({ generate: large });
    expect(names).toEqual(["claim", "generate"]);
    expect(result).toEqual({
      status: "FAILED",
      error: "States.DataLimitExceeded",
      cause: "The task arn:aws:states:::lambda:invoke returned a result of more than 262144 bytes.",
    });
  });

  it("repeats a call that Lambda does not take", async () => {
    let tries = 0;
    const { result } = await run({
      claim: () => {
        if ((tries += 1) > 1) return answered({ claimed: true, brand });
        throw Object.assign(new Error("Rate exceeded"), { name: "TooManyRequestsException" });
      },
    });
    expect({ status: result.status, tries }).toEqual({ status: "SUCCEEDED", tries: 2 });
  });
});

describe("an execution that does not end by itself", () => {
  const never = () => new Promise<Invocation>(() => undefined);
  const one = (more: object) => ({
    StartAt: "Wait",
    ...more,
    States: {
      Wait: {
        Type: "Task",
        Resource: "arn:aws:states:::lambda:invoke",
        Parameters: { FunctionName: "steps", Payload: { step: "claim" } },
        Retry: [{ ErrorEquals: ["States.ALL"], MaxAttempts: 5 }],
        End: true,
      },
    },
  });
  const ends = { input: {}, executionArn, retryMilliseconds: 0 };

  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it("times out as a whole, and calls nothing afterwards", async () => {
    let calls = 0;
    const invoke = () => ((calls += 1), never());
    const running = runWorkflow({ ...ends, definition: one({ TimeoutSeconds: 900 }), invoke });
    // A task without its own limit has the interpreter's 60 seconds.
    await jest.advanceTimersByTimeAsync(359_000);
    expect(calls).toBe(6);
    const long = runWorkflow({ ...ends, definition: one({ TimeoutSeconds: 30 }), invoke });
    await jest.advanceTimersByTimeAsync(30_000);
    expect(await long).toEqual({ status: "TIMED_OUT", error: "States.Timeout" });
    expect(await running).toMatchObject({ status: "FAILED", error: "States.Timeout" });
    const before = calls;
    await jest.advanceTimersByTimeAsync(1_000_000);
    expect(calls).toBe(before);
  });

  it("is stopped by its signal", async () => {
    const stop = new AbortController();
    const running = runWorkflow({ ...ends, definition: one({}), invoke: never, signal: stop.signal });
    stop.abort();
    expect(await running).toEqual({ status: "ABORTED" });
  });
});

it("refuses a task that is no Lambda function", async () => {
  const States = { Save: { Type: "Task", Resource: "arn:aws:states:::dynamodb:putItem", End: true } };
  const running = run({}, { definition: { StartAt: "Save", States } });
  await expect(running).rejects.toThrow(/^The task Save calls arn:aws:states:::dynamodb:putItem/);
});
