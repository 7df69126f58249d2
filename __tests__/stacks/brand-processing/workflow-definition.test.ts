import { answerMilliseconds } from "../../../functions/brand-processing/metadata-model";
import { checkTimes, times } from "../../../stacks/brand-processing/times";
import { workflowDefinition, workflowSeconds } from "../../../stacks/brand-processing/workflow-definition";
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

describe("the times of brand processing", () => {
  it("let a function end before its task, and the sweeper wait longer than an execution may last", () => {
    expect(checkTimes(times)).toEqual(times);
    expect(times.generateTimeout).toBeLessThan(workflowSeconds.generate);
    expect(times.stepTimeout).toBeLessThan(workflowSeconds.step);
    // The model's silence has a name before the function ends.
    expect(1_000 * times.generateTimeout).toBeGreaterThan(answerMilliseconds);
    expect(60 * times.staleAfter).toBeGreaterThan(workflowSeconds.whole);
  });

  it.each([
    [{ generateTimeout: 120 }, "generateTimeout must be below 120 seconds, the task's own; found 120"],
    [{ stepTimeout: 16 }, "stepTimeout must be below 15 seconds, the task's own; found 16"],
    [{ staleAfter: 15 }, "staleAfter must be above 15 minutes, which an execution may last; found 15"],
  ])("are refused when they do not fit: %j", (change, message) => {
    expect(() => checkTimes({ ...times, ...change })).toThrow(message);
  });
});
