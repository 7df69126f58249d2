import {
  DescribeScalableTargetsCommand,
  DescribeScalingPoliciesCommand,
  PutScalingPolicyCommand,
  RegisterScalableTargetCommand,
  TagResourceCommand,
  type ApplicationAutoScalingClient,
  type ScalableDimension,
  type ScalableTarget,
  type ScalingPolicy,
} from "@aws-sdk/client-application-auto-scaling";
import type { TableDescription } from "@aws-sdk/client-dynamodb";
import type { Environment } from "../../../stacks/environments";
import {
  defaultTags,
  scalableDimension,
  scalableId,
  scalingMetrics,
  scalingNamespace,
  scalingPolicyName,
} from "../../../stacks/naming";
import type { Capacity } from "../../../tables/capacity";
import type { TableSpec } from "../../../tables/table-spec";
import { compare, declared, undeclared, type Difference } from "../verify/finding";

/** Target tracking of one direction of a table or an index, as the stack declares it. */
export interface Scaling {
  readonly resourceId: string;
  readonly dimension: ScalableDimension;
  readonly min: number;
  readonly max: number;
  readonly policy: string;
  readonly metric: (typeof scalingMetrics)[keyof typeof scalingMetrics];
  readonly utilization: number;
  /** For people: `job-index, read`. */
  readonly what: string;
}

export interface LiveScaling {
  readonly targets: readonly ScalableTarget[];
  readonly policies: readonly ScalingPolicy[];
}

/**
 * What is scaled of a table under a name; nothing where the spec says none, and nothing of an index that is not
 * there: that is told as the missing index.
 */
export function scalingsOf(
  spec: TableSpec,
  table: string,
  { GlobalSecondaryIndexes: present = [] }: Pick<TableDescription, "GlobalSecondaryIndexes">,
): readonly Scaling[] {
  const parts: readonly (readonly [string | undefined, Capacity])[] = [
    [undefined, spec.capacity],
    ...Object.entries(spec.indexes)
      .filter(([name]) => present.some(({ IndexName }) => IndexName === name))
      .map(([name, { capacity }]) => [name, capacity] as const),
  ];
  return parts.flatMap(([index, units]) => {
    if (units.mode === "on-demand" || units.autoscaling === undefined) return [];
    const { max, targetUtilization } = units.autoscaling;
    return (["read", "write"] as const).map((direction) => ({
      resourceId: scalableId(table, index),
      dimension: scalableDimension(direction, index),
      min: units[direction],
      max,
      policy: scalingPolicyName(table, direction, index),
      metric: scalingMetrics[direction],
      utilization: targetUtilization,
      what: `${index ?? "table"}, ${direction}`,
    }));
  });
}

/** @throws what Application Auto Scaling answers. */
export async function readScaling(
  client: ApplicationAutoScalingClient,
  spec: TableSpec,
  table: string,
  abortSignal: AbortSignal,
): Promise<LiveScaling> {
  const ids = [scalableId(table), ...Object.keys(spec.indexes).map((index) => scalableId(table, index))];
  const ServiceNamespace = scalingNamespace;
  // At most 21 ids, two targets each: a page holds 50 (AWS: DescribeScalableTargets).
  const command = new DescribeScalableTargetsCommand({ ServiceNamespace, ResourceIds: ids });
  const [{ ScalableTargets = [] }, ...pages] = await Promise.all([
    client.send(command, { abortSignal }),
    ...ids.map((ResourceId) =>
      client.send(new DescribeScalingPoliciesCommand({ ServiceNamespace, ResourceId }), { abortSignal }),
    ),
  ]);
  return { targets: ScalableTargets, policies: pages.flatMap(({ ScalingPolicies = [] }) => ScalingPolicies) };
}

/** How one scaling differs from what is there; nothing when it does not. */
export function scalingDifferences(scaling: Scaling, live: LiveScaling): readonly Difference[] {
  const isOf = (one: {
    readonly ResourceId?: string | undefined;
    readonly ScalableDimension?: string | undefined;
  }) => one.ResourceId === scaling.resourceId && one.ScalableDimension === scaling.dimension;
  const path = `autoscaling.${scaling.what}`;
  const wanted = `${scaling.min} to ${scaling.max}`;
  const target = live.targets.find(isOf);
  if (target === undefined) return [declared(path, wanted, "absent", again)];
  const policy = live.policies.find((one) => isOf(one) && one.PolicyName === scaling.policy);
  const tracking = policy?.TargetTrackingScalingPolicyConfiguration;
  const tracked = `${scaling.metric} at ${scaling.utilization} %`;
  const { PredefinedMetricType: metric = "absent" } = tracking?.PredefinedMetricSpecification ?? {};
  return [
    ...compare(path, wanted, `${target.MinCapacity} to ${target.MaxCapacity}`, again),
    ...compare(`${path}.policy`, tracked, tracking && `${metric} at ${tracking.TargetValue} %`, again),
  ];
}

const again = "Run the restore again: it puts back what is missing.";

/** All differences, and targets that nobody declared. */
export function compareScaling(scalings: readonly Scaling[], live: LiveScaling): readonly Difference[] {
  const extra = live.targets.filter(
    ({ ResourceId, ScalableDimension }) =>
      !scalings.some(
        ({ resourceId, dimension }) => resourceId === ResourceId && dimension === ScalableDimension,
      ),
  );
  return [
    ...scalings.flatMap((scaling) => scalingDifferences(scaling, live)),
    ...extra.map(({ ResourceId, ScalableDimension }) =>
      undeclared(
        `autoscaling.${ResourceId}.${ScalableDimension}`,
        "present",
        "Declare it in the spec, or take it away with: aws application-autoscaling deregister-scalable-target",
      ),
    ),
  ];
}

/** Registers the target, tags it as the stack does, and puts the policy. Once more changes nothing. */
export async function putScaling(
  client: ApplicationAutoScalingClient,
  { resourceId, dimension, min, max, policy, metric, utilization }: Scaling,
  spec: TableSpec,
  environment: Environment,
): Promise<void> {
  const of = {
    ServiceNamespace: scalingNamespace,
    ResourceId: resourceId,
    ScalableDimension: dimension,
  } as const;
  const { ScalableTargetARN } = await client.send(
    new RegisterScalableTargetCommand({ ...of, MinCapacity: min, MaxCapacity: max }),
  );
  // Tags are not taken for a target that is there already, so they are put after it.
  await client.send(
    new TagResourceCommand({ ResourceARN: ScalableTargetARN, Tags: { ...defaultTags(spec, environment) } }),
  );
  await client.send(
    new PutScalingPolicyCommand({
      ...of,
      PolicyName: policy,
      PolicyType: "TargetTrackingScaling",
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: utilization,
        PredefinedMetricSpecification: { PredefinedMetricType: metric },
      },
    }),
  );
}
