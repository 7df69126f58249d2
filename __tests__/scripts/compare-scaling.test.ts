/** Scalable targets, policies and scheduled actions beside what the specs say, without a call. */

import type { ScalingPolicy } from "@aws-sdk/client-application-auto-scaling";
import type { LiveTable } from "../../scripts/lib/verify/live-table";
import { Unread } from "../../scripts/lib/verify/reading";
import { agentConversations } from "../../tables/agent-conversations";
import { designAnalysisTracking } from "../../tables/design-analysis-tracking";
import { described, differences } from "../support/live-table";

const denied = new Unread("AccessDeniedException: not authorized");

describe("autoscaling", () => {
  type Scaling = LiveTable["scaling"];
  type Known = { [Part in keyof Scaling]: Exclude<Scaling[Part], Unread> };
  const scaledBy = (change: (known: Known) => Partial<Scaling>) =>
    differences(agentConversations, ({ scaling }) => ({
      scaling: { ...scaling, ...change(scaling as Known) },
    }));
  const [table, index] = [
    { ResourceId: "table/agent-conversations-dev", path: "autoscaling.table.read" },
    {
      ResourceId: "table/agent-conversations-dev/index/agent-conversations-index",
      path: "autoscaling.indexes.agent-conversations-index.write",
    },
  ];
  const isReadOfTable = (one: Pick<ScalingPolicy, "ResourceId" | "ScalableDimension">) =>
    one.ResourceId === table.ResourceId && one.ScalableDimension === "dynamodb:table:ReadCapacityUnits";

  it.each([
    [{ MaxCapacity: 40 }, { path: table.path, expected: "10 to 100", actual: "10 to 40" }],
    [
      { SuspendedState: { DynamicScalingOutSuspended: true, ScheduledScalingSuspended: false } },
      { path: `${table.path}.suspended`, expected: "nothing", actual: "scaling out" },
    ],
  ])("whose target has %j", (change, expected) => {
    const targets = ({ targets: all }: Known) => ({
      targets: all.map((one) => (isReadOfTable(one) ? { ...one, ...change } : one)),
    });
    expect(scaledBy(targets)).toMatchObject([{ tier: "declared", ...expected }]);
  });

  it.each([
    [{ TargetValue: 50 }, { path: "", actual: "DynamoDBReadCapacityUtilization at 50 %" }],
    [
      { PredefinedMetricSpecification: undefined, CustomizedMetricSpecification: { Namespace: "ours" } },
      { path: "", actual: "another metric at 70 %" },
    ],
    [{ ScaleInCooldown: 300 }, { path: ".scaleInCooldown", expected: "0", actual: "300" }],
    [{ ScaleOutCooldown: 60 }, { path: ".scaleOutCooldown", expected: "0", actual: "60" }],
    [{ DisableScaleIn: true }, { path: ".scaleIn", expected: "on", actual: "off" }],
  ])("whose policy has %j", (change, { path, ...expected }) => {
    const policies = ({ policies: all }: Known) => ({
      policies: all.map((one) =>
        isReadOfTable(one)
          ? {
              ...one,
              TargetTrackingScalingPolicyConfiguration: {
                TargetValue: 70,
                ...one.TargetTrackingScalingPolicyConfiguration,
                ...change,
              },
            }
          : one,
      ),
    });
    expect(scaledBy(policies)).toMatchObject([
      { tier: "declared", path: `${table.path}.policy${path}`, ...expected },
    ]);
  });

  it("that is AWS's default where AWS writes it out is in spec", () => {
    const defaults = { ScaleInCooldown: 0, ScaleOutCooldown: 0, DisableScaleIn: false, TargetValue: 70 };
    const policies = ({ policies: all }: Known) => ({
      policies: all.map((one) => ({
        ...one,
        TargetTrackingScalingPolicyConfiguration: {
          ...one.TargetTrackingScalingPolicyConfiguration,
          ...defaults,
        },
      })),
    });
    expect(scaledBy(policies)).toEqual([]);
  });

  it("of a missing target is told once, with no word of its policy", () => {
    const without = ({ targets, policies }: Known) => ({
      targets: targets.filter((one) => !isReadOfTable(one)),
      policies: policies.filter((one) => !isReadOfTable(one)),
    });
    expect(scaledBy(without)).toMatchObject([{ tier: "declared", path: table.path, actual: "absent" }]);
  });

  it("that nobody declared is found: a target, a second policy, a scheduled action", () => {
    const of = { ServiceNamespace: "dynamodb", CreationTime: new Date(0) } as const;
    const written = {
      ...of,
      ResourceId: index.ResourceId,
      ScalableDimension: "dynamodb:index:WriteCapacityUnits" as const,
    };
    const added = ({ policies }: Known) => ({
      policies: [
        ...policies,
        { ...written, PolicyName: "half", PolicyARN: "", PolicyType: "StepScaling" as const },
      ],
      scheduled: [
        {
          ...written,
          ScheduledActionName: "nights",
          ScheduledActionARN: "",
          Schedule: "cron(0 20 * * ? *)",
          ScalableTargetAction: { MinCapacity: 1 },
        },
      ],
    });
    expect(scaledBy(added)).toMatchObject([
      { tier: "undeclared", path: `${index.path}.policies.half`, actual: "StepScaling" },
      {
        tier: "undeclared",
        path: `${index.path}.scheduled.nights`,
        actual: "cron(0 20 * * ? *), min 1, max as it is",
      },
    ]);
    const onDemand = differences(designAnalysisTracking, ({ scaling }) => ({
      scaling: {
        ...scaling,
        targets: [
          {
            ...of,
            ResourceId: "table/design-analysis-tracking-dev/index/nobodys-index",
            ScalableDimension: "dynamodb:index:ReadCapacityUnits" as const,
            MinCapacity: 1,
            MaxCapacity: 9,
            RoleARN: "",
          },
        ],
      },
    }));
    expect(onDemand).toMatchObject([
      { tier: "undeclared", path: "autoscaling.indexes.nobodys-index.read", actual: "1 to 9" },
    ]);
  });

  it("of a declared index that is gone is no second finding: the index is one", () => {
    const gone = differences(agentConversations, described({ GlobalSecondaryIndexes: [] }));
    expect(gone).toMatchObject([{ path: "indexes.agent-conversations-index" }]);
  });

  it.each(["targets", "policies", "scheduled"] as const)(
    "whose %s AWS does not tell is unknown, and hides nothing else of it",
    (part) => {
      const other = part === "targets" ? "policies" : "targets";
      const found = scaledBy((known) => ({ [other]: known[other].slice(1), [part]: denied }));
      expect(found).toHaveLength(2);
      expect(found).toContainEqual(
        expect.objectContaining({ tier: "unknown", path: `autoscaling.${part}`, actual: denied.reason }),
      );
      expect(found).toContainEqual(expect.objectContaining({ tier: "declared" }));
    },
  );
});
