/** Policies, alarms and the rest against their stacks, on AWS's own answers: each difference by its path. */

import type { MetricAlarm } from "@aws-sdk/client-cloudwatch";
import { attachmentDifferences } from "../../../scripts/lib/verify/stacks/access-policies";
import { lifecycleDifferences } from "../../../scripts/lib/verify/stacks/buckets";
import { alarmDifferences } from "../../../scripts/lib/verify/stacks/compare-alarm";
import { policyDifferences } from "../../../scripts/lib/verify/stacks/policy-statements";
import { subscriptionDifferences } from "../../../scripts/lib/verify/stacks/topics";
import { selectorDifferences } from "../../../scripts/lib/verify/stacks/trails";
import { definitionDifferences } from "../../../scripts/lib/verify/stacks/workflows";
import type { Difference } from "../../../scripts/lib/verify/finding";
import { account, declaredStack, referencesIn } from "../../support/declared-stacks";

const told = (differences: readonly Difference[]) =>
  differences.map(({ tier, path, actual }) => `${tier} ${path}: ${actual}`);

describe("a policy", () => {
  const table = `arn:aws:dynamodb:us-east-1:${account}:table/agent-profiles`;
  const read = {
    Sid: "Read",
    Effect: "Allow",
    Action: ["dynamodb:GetItem", "dynamodb:Query"],
    Resource: [table],
  };
  const text = (...Statement: readonly object[]) => JSON.stringify({ Version: "2012-10-17", Statement });
  const compared = (live: string) =>
    told(policyDifferences("document", text(read), live, { openPath: "open" }));

  it.each([
    ["as it was put", text(read)],
    ["with its lists in another order", text({ ...read, Action: ["dynamodb:Query", "dynamodb:GetItem"] })],
    ["with one value in the place of a list of one, as AWS gives it", text({ ...read, Resource: table })],
    [
      "with actions written in other letters",
      text({ ...read, Action: ["dynamodb:getitem", "DynamoDB:Query"] }),
    ],
  ])("%s is in spec", (_, live) => {
    expect(compared(live)).toEqual([]);
  });

  it("that allows more is told by statement and element", () => {
    const Action = ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:DeleteItem"];
    expect(compared(text({ ...read, Action }))).toEqual([
      "declared document.Read.Action: dynamodb:deleteitem, dynamodb:getitem, dynamodb:query",
    ]);
  });

  it("without a statement, and with another, is told so", () => {
    const all = { Effect: "Allow", Action: "*", Resource: "*" };
    expect(compared(text(all))).toEqual([
      "declared document.Read: absent",
      "undeclared document.statement 1: Allow * on *",
    ]);
  });

  it("that lets in everyone is told apart, unless a condition says whom", () => {
    const everyone = { Sid: "All", Effect: "Allow", Principal: { AWS: "*" }, Action: "sns:Publish" };
    const narrow = { ...everyone, Condition: { StringEquals: { "aws:SourceAccount": account } } };
    expect(compared(text(read, everyone))).toEqual(["undeclared open.All: Allow sns:publish for AWS *"]);
    expect(compared(text(read, narrow))[0]).toMatch(/^undeclared document\.All/);
  });
});

describe("an access policy", () => {
  it("without a role of its own may be attached by whom it is for", () => {
    expect(attachmentDifferences([], ["role portal", "user ada"])).toEqual([]);
  });

  it("of a role is that role's alone: one that was replaced is told", () => {
    expect(told(attachmentDifferences(["agentcore-2"], ["role agentcore"]))).toEqual([
      "declared attachedTo.role agentcore-2: absent",
      "undeclared attachedTo.role agentcore: attached",
    ]);
  });
});

describe("an alarm", () => {
  const stack = declaredStack("trade-status-services-dev");
  const block = stack.one("aws_cloudwatch_metric_alarm", "write__errors");
  const topic = `arn:aws:sns:us-east-1:${account}:trade-status-alarms-dev`;
  const compared = async (change: Partial<MetricAlarm> = {}) => {
    const expected = await referencesIn(stack).resolve(block);
    const applied: MetricAlarm = {
      AlarmName: expected.alarm_name,
      AlarmDescription: expected.alarm_description,
      ActionsEnabled: true,
      OKActions: [topic],
      AlarmActions: [topic],
      InsufficientDataActions: [],
      StateValue: "ALARM",
      MetricName: expected.metric_name,
      Namespace: expected.namespace,
      Statistic: expected.statistic as "Sum",
      Dimensions: Object.entries(expected.dimensions).map(([Name, Value]) => ({ Name, Value })),
      Period: expected.period,
      EvaluationPeriods: expected.evaluation_periods,
      DatapointsToAlarm: expected.datapoints_to_alarm,
      Threshold: expected.threshold,
      ComparisonOperator: "GreaterThanOrEqualToThreshold",
      TreatMissingData: "notBreaching",
      Metrics: expected.metric_query.map(({ id, expression, label, return_data, metric }) => ({
        Id: id,
        Expression: expression,
        Label: label,
        ReturnData: return_data,
        MetricStat: metric && {
          Metric: {
            Namespace: metric.namespace,
            MetricName: metric.metric_name,
            Dimensions: Object.entries(metric.dimensions).map(([Name, Value]) => ({ Name, Value })),
          },
          Period: metric.period,
          Stat: metric.stat,
        },
      })),
      ...change,
    };
    return told(alarmDifferences(expected, applied));
  };

  it("as it was applied is in spec, also while it fires", async () => {
    expect(await compared()).toEqual([]);
  });

  it.each<[string, Partial<MetricAlarm>, readonly string[]]>([
    ["another threshold", { Threshold: 1_000 }, ["declared threshold: 1000"]],
    ["its actions off", { ActionsEnabled: false }, ["declared actionsEnabled: off"]],
    ["nobody to tell", { AlarmActions: [] }, ["declared actions.alarm: none"]],
    ["missing data that breach", { TreatMissingData: "breaching" }, ["declared missingData: breaching"]],
    ["more periods", { EvaluationPeriods: 99 }, ["declared periods: 99"]],
    [
      "another part in its expression",
      { Metrics: [{ Id: "extra", Expression: "m1 * 0" }] },
      ["undeclared metrics.extra: m1 * 0"],
    ],
  ])("with %s is told so", async (_, change, differences) => {
    expect(await compared(change)).toEqual(expect.arrayContaining([...differences]));
  });
});

it("subscriptions that nobody declared are told without their endpoints", () => {
  const expected = [{ topic_arn: "t", protocol: "email", endpoint: "oncall@example.com" }];
  const pending = {
    Protocol: "email",
    Endpoint: "oncall@example.com",
    SubscriptionArn: "PendingConfirmation",
  };
  const other = {
    Protocol: "https",
    Endpoint: "https://x.example/?token=s3cret",
    SubscriptionArn: "arn:aws:sns:a:b:c:1f",
  };
  expect(subscriptionDifferences(expected, [pending])).toEqual([]);
  const differences = subscriptionDifferences(expected, [other]);
  expect(told(differences)).toEqual([
    "declared subscriptions.email.oncall@example.com: absent",
    "undeclared subscriptions.https: subscription 1f",
  ]);
  expect(JSON.stringify(differences)).not.toContain("s3cret");
});

it("a trail that records something else than it should is told so", () => {
  const selector = {
    field: "resources.ARN",
    equals: ["arn:1"],
    not_equals: [],
    starts_with: [],
    not_starts_with: [],
    ends_with: [],
    not_ends_with: [],
  };
  const expected = {
    event_selector: [],
    advanced_event_selector: [{ name: "Items", field_selector: [selector] }],
  };
  const live = (arn: string) => ({
    AdvancedEventSelectors: [{ FieldSelectors: [{ Field: "resources.ARN", Equals: [arn] }] }],
  });
  expect(selectorDifferences(expected, live("arn:1"))).toEqual([]);
  expect(selectorDifferences(expected, live("arn:2"))).toMatchObject([{ path: "selectors" }]);
  expect(selectorDifferences(expected, {})).toMatchObject([{ path: "selectors", actual: "none" }]);
});

it("a workflow is told state by state", () => {
  const text = (States: object, TimeoutSeconds = 60) =>
    JSON.stringify({ StartAt: "Claim", States, TimeoutSeconds });
  const [claim, fail] = [{ Type: "Pass", Next: "Fail" }, { Type: "Fail" }];
  expect(
    definitionDifferences(text({ Claim: claim, Fail: fail }), text({ Fail: fail, Claim: claim })),
  ).toEqual([]);
  expect(
    told(
      definitionDifferences(
        text({ Claim: claim, Fail: fail }),
        text({ Claim: { Type: "Pass", End: true }, Skip: fail }, 1),
      ),
    ),
  ).toEqual([
    "declared definition.Claim: differs",
    "declared definition.Fail: absent",
    "declared definition.Skip: present",
    "declared definition: start or timeout differs",
  ]);
});

it("a bucket that would delete what is to be kept is told so", () => {
  const rule = {
    id: "retention",
    status: "Enabled",
    filter: [{ prefix: "" }],
    expiration: [{ days: 2_555 }],
    noncurrent_version_expiration: [],
    abort_incomplete_multipart_upload: [{ days_after_initiation: 7 }],
  };
  const live = (Days: number) => ({
    ID: "retention",
    Status: "Enabled" as const,
    Filter: { Prefix: "" },
    Expiration: { Days },
    AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
  });
  expect(lifecycleDifferences([rule], [live(2_555)])).toEqual([]);
  expect(lifecycleDifferences([rule], [live(1)])).toMatchObject([{ path: "lifecycle.retention" }]);
  expect(lifecycleDifferences([], [live(1)])).toMatchObject([
    { tier: "undeclared", path: "lifecycle.retention" },
  ]);
});
