import { Schedule, ScheduleGroup } from "../../stacks/constructs/schedule";
import { Workflow } from "../../stacks/constructs/workflow";
import { modelStatements } from "../../stacks/constructs/model-statements";
import { emptyStack, someFunction } from "../support/construct-stack";

describe("a workflow's construct", () => {
  it.each([
    [{}, "undefined"],
    [{ TimeoutSeconds: 0 }, "0"],
    [{ TimeoutSeconds: "900" }, "900"],
  ])("refuses a definition whose executions could last a year: %j", (definition, found) => {
    const stack = emptyStack();
    expect(() => new Workflow(stack, { definition, invokes: [someFunction(stack)] })).toThrow(
      `The workflow design-analysis: TimeoutSeconds must be a whole number above 0; found ${found}.`,
    );
  });
});

describe("a schedule's construct", () => {
  it.each([59, 86_401, 90.5])(
    "refuses a delivery that the scheduler does not take: %d",
    (deliveredWithin) => {
      const stack = emptyStack();
      const schedule = {
        description: "Nightly",
        runs: someFunction(stack),
        expression: "rate(1 day)",
        enabled: true,
        deliveredWithin,
      };
      expect(() => new Schedule(new ScheduleGroup(stack), schedule)).toThrow(
        `Schedule of "read": deliveredWithin must be a whole number from 60 to 86400; found ${deliveredWithin}.`,
      );
    },
  );
});

describe("the statements for a model", () => {
  const account = "${data.aws_caller_identity.caller.account_id}";
  const resourcesOf = (id: string) =>
    modelStatements(emptyStack(), id, "InvokeModel").map(({ Action, Resource, Condition }) => ({
      Action,
      Resource,
      ...(Condition && { Condition }),
    }));

  it("name a model in the region, and nothing else", () => {
    expect(resolved(resourcesOf("amazon.nova-pro-v1:0"))).toEqual([
      {
        Action: ["bedrock:InvokeModel"],
        Resource: ["arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0"],
      },
    ]);
  });

  it.each(["us", "eu", "apac", "global", "jp"])(
    "name a profile of %s, and its model in any region, through the profile alone",
    (geography) => {
      const id = `${geography}.anthropic.claude-sonnet-4-6`;
      const profile = `arn:aws:bedrock:us-east-1:${account}:inference-profile/${id}`;
      expect(resolved(resourcesOf(id))).toEqual([
        { Action: ["bedrock:InvokeModel", "bedrock:GetInferenceProfile"], Resource: [profile] },
        {
          Action: ["bedrock:InvokeModel"],
          Resource: ["arn:aws:bedrock:*::foundation-model/anthropic.claude-sonnet-4-6"],
          Condition: { StringEquals: { "bedrock:InferenceProfileArn": profile } },
        },
      ]);
    },
  );

  /** With references as Terraform's JSON has them. */
  const resolved = (value: unknown): unknown => JSON.parse(JSON.stringify(value).replaceAll(token, account));
  const token = /\$\{TfToken\[[^\]]+\]\}/g;
});
