import { answerMilliseconds } from "../../../functions/brand-processing/metadata-model";
import { checkTimes, times } from "../../../stacks/brand-processing/times";
import {
  longestSeconds,
  workflowDefinition,
  workflowSeconds,
} from "../../../stacks/brand-processing/workflow-definition";
import { checkDefinition } from "../../../scripts/local/workflow/definitions";

const lambda = (name: string) => `arn:aws:lambda:us-east-1:123456789012:function:brand-processing-${name}`;
const definition = workflowDefinition({ steps: lambda("workflow"), generate: lambda("generate") });

describe("the definition of a brand's workflow", () => {
  it("is one that Step Functions takes", async () => {
    expect(await checkDefinition(JSON.stringify(definition))).toEqual([]);
  });

  it("would be refused with a state that leads nowhere", async () => {
    const broken = JSON.stringify(definition).replace('"Next":"Complete"', '"Next":"Completion"');
    expect(await checkDefinition(broken)).not.toEqual([]);
  });

  it("is the one that was reviewed", () => {
    expect(definition).toMatchSnapshot();
  });
});

interface Task {
  readonly Retry: readonly { readonly ErrorEquals: readonly string[]; readonly MaxAttempts: number }[];
}
const { States } = definition as { readonly States: Readonly<Record<string, object>> };
const triesFor = (state: string, error: string) =>
  (States[state] as Task).Retry.find(({ ErrorEquals }) => ErrorEquals.includes(error))?.MaxAttempts;

describe("a brand's workflow", () => {
  it("has hundreds of brands wait for a place, and sits out a short outage of the model", () => {
    expect(triesFor("Generate", "Lambda.TooManyRequestsException")).toBeGreaterThanOrEqual(30);
    expect(triesFor("Generate", "ModelThrottled")).toBeGreaterThanOrEqual(30);
    expect(triesFor("Generate", "ModelUnavailable")).toBe(8);
  });

  it("ends as failed by the error's name, also where Step Functions gives no cause", () => {
    expect(States["Failed"]).toMatchObject({ Type: "Fail", ErrorPath: "$.error.Error" });
    expect(States["Failed"]).not.toHaveProperty("CausePath");
  });
});

describe("the times of brand processing", () => {
  it("let a function end before its task, and the sweeper wait longer than an execution may last", () => {
    expect(checkTimes(times)).toEqual(times);
    expect(times.generateTimeout).toBeLessThan(workflowSeconds.generate);
    expect(times.stepTimeout).toBeLessThan(workflowSeconds.step);
    // The model's silence has a name before the function ends.
    expect(1_000 * times.generateTimeout).toBeGreaterThan(answerMilliseconds);
    expect(60 * times.staleAfter).toBeGreaterThan(workflowSeconds.whole);
  });

  it("let an execution last as long as its parts can, with all their retries", () => {
    // By hand: three steps of 362 s for a place, 31 s of other waits and 6 calls; the generation's 3,362, 515, 30
    // and 1 s, and 14 calls.
    expect(longestSeconds).toBe(3 * (362 + 31 + 6 * 15) + 3_362 + 515 + 30 + 1 + 14 * 120);
    expect(workflowSeconds.whole).toBeGreaterThanOrEqual(longestSeconds);
    expect(() => checkTimes(times, 900)).toThrow(
      `an execution must be given ${longestSeconds} seconds at least, which its parts can take with all their ` +
        "retries; found 900",
    );
  });

  it.each([
    [{ generateTimeout: 120 }, "generateTimeout must be below 120 seconds, the task's own; found 120"],
    [{ stepTimeout: 16 }, "stepTimeout must be below 15 seconds, the task's own; found 16"],
    [{ staleAfter: 120 }, "staleAfter must be above 120 minutes, which an execution may last; found 120"],
  ])("are refused when they do not fit: %j", (change, message) => {
    expect(() => checkTimes({ ...times, ...change })).toThrow(message);
  });
});
