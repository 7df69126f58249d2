import type {
  ScalableTarget,
  ScalingPolicy,
  ScheduledAction,
} from "@aws-sdk/client-application-auto-scaling";
import type { Comparison } from "./comparison";
import { whenRead } from "./comparison";
import { declaredScalings, scalingsOf, type Scaling } from "./expected-scaling";
import { compare, declared, undeclared, type Difference } from "./finding";
import type { LiveScaling } from "./live-scaling";
import { Unread } from "./reading";

/** What names one direction of a table or an index, in an answer of AWS. */
interface Scaled {
  readonly ResourceId?: string | undefined;
  readonly ScalableDimension?: string | undefined;
}

/** Targets, policies and scheduled actions: those of the spec, and those that nobody declared. */
export function autoscalingDifferences({
  spec,
  name,
  live: { description, scaling },
}: Pick<Comparison, "spec" | "name" | "live">): readonly Difference[] {
  const expected = scalingsOf(spec, name, description);
  // A declared index that is gone leaves its targets behind: they come into use again with it.
  const all = declaredScalings(spec, name);
  return [
    ...whenRead("autoscaling.targets", scaling.targets, (targets) => [
      ...expected.flatMap((one) => targetDifferences(one, targets)),
      ...targets.filter((target) => !all.some((one) => isOf(one)(target))).map(undeclaredTarget),
    ]),
    ...whenRead("autoscaling.policies", scaling.policies, (policies) => [
      // Without a target there is no policy: the target is told.
      ...expected
        .filter((one) => scaling.targets instanceof Unread || scaling.targets.some(isOf(one)))
        .flatMap((one) => policyDifferences(one, policies)),
      ...policies.filter((policy) => !isDeclared(policy, all)).map(undeclaredPolicy),
    ]),
    ...whenRead("autoscaling.scheduled", scaling.scheduled, (actions) => actions.map(undeclaredAction)),
  ];
}

/** How one scaling differs from what could be read of it; nothing when it does not. */
export function scalingDifferences(
  scaling: Scaling,
  { targets, policies }: LiveScaling,
): readonly Difference[] {
  return [
    ...(targets instanceof Unread ? [] : targetDifferences(scaling, targets)),
    ...(policies instanceof Unread ? [] : policyDifferences(scaling, policies)),
  ];
}

const isOf =
  ({ resourceId, dimension }: Scaling) =>
  ({ ResourceId, ScalableDimension }: Scaled) =>
    ResourceId === resourceId && ScalableDimension === dimension;

function targetDifferences(scaling: Scaling, targets: readonly ScalableTarget[]): readonly Difference[] {
  const path = pathOf(scaling.index, scaling.direction);
  const wanted = `${scaling.min} to ${scaling.max}`;
  const target = targets.find(isOf(scaling));
  if (target === undefined) return [declared(path, wanted, "absent")];
  return [
    ...compare(path, wanted, `${target.MinCapacity} to ${target.MaxCapacity}`),
    ...compare(`${path}.suspended`, "nothing", suspensions(target), resumeRemedy(scaling)),
  ];
}

function suspensions({ SuspendedState: state = {} }: ScalableTarget): string {
  const suspended = [
    state.DynamicScalingOutSuspended === true && "scaling out",
    state.DynamicScalingInSuspended === true && "scaling in",
    state.ScheduledScalingSuspended === true && "scheduled scaling",
  ].filter((one) => one !== false);
  return suspended.length === 0 ? "nothing" : suspended.join(", ");
}

/** Terraform leaves a suspension as it is. */
const resumeRemedy = ({ resourceId, dimension }: Scaling): string =>
  `Resume it: aws application-autoscaling register-scalable-target ${naming(resourceId, dimension)} ` +
  "--suspended-state DynamicScalingInSuspended=false,DynamicScalingOutSuspended=false,ScheduledScalingSuspended=false";

function policyDifferences(scaling: Scaling, policies: readonly ScalingPolicy[]): readonly Difference[] {
  const path = `${pathOf(scaling.index, scaling.direction)}.policy`;
  const policy = policies.find((one) => isOf(scaling)(one) && one.PolicyName === scaling.policy);
  const tracking = policy?.TargetTrackingScalingPolicyConfiguration;
  const tracked = `${scaling.metric} at ${scaling.utilization} %`;
  const { PredefinedMetricType: metric = "another metric" } = tracking?.PredefinedMetricSpecification ?? {};
  return [
    ...compare(path, tracked, tracking && `${metric} at ${tracking.TargetValue} %`),
    // AWS: TargetTrackingScalingPolicyConfiguration; of DynamoDB both default to 0.
    ...compare(`${path}.scaleInCooldown`, 0, tracking?.ScaleInCooldown ?? 0),
    ...compare(`${path}.scaleOutCooldown`, 0, tracking?.ScaleOutCooldown ?? 0),
    ...compare(`${path}.scaleIn`, "on", tracking?.DisableScaleIn === true ? "off" : "on"),
  ];
}

const isDeclared = (policy: ScalingPolicy, all: readonly Scaling[]): boolean =>
  all.some((one) => isOf(one)(policy) && one.policy === policy.PolicyName);

const undeclaredTarget = (target: ScalableTarget): Difference =>
  undeclared(
    livePath(target),
    `${target.MinCapacity} to ${target.MaxCapacity}`,
    `Declare it in the spec, or: aws application-autoscaling deregister-scalable-target ${liveNaming(target)}`,
  );

const undeclaredPolicy = (policy: ScalingPolicy): Difference =>
  undeclared(
    `${livePath(policy)}.policies.${policy.PolicyName}`,
    policy.PolicyType ?? "present",
    "Two policies pull at the same units: aws application-autoscaling delete-scaling-policy " +
      `--policy-name ${policy.PolicyName} ${liveNaming(policy)}`,
  );

const undeclaredAction = (action: ScheduledAction): Difference => {
  const { MinCapacity: min = "as it is", MaxCapacity: max = "as it is" } = action.ScalableTargetAction ?? {};
  return undeclared(
    `${livePath(action)}.scheduled.${action.ScheduledActionName}`,
    `${action.Schedule ?? "present"}, min ${min}, max ${max}`,
    "It moves what the spec declares: aws application-autoscaling delete-scheduled-action " +
      `--scheduled-action-name ${action.ScheduledActionName} ${liveNaming(action)}`,
  );
};

/** Such as `autoscaling.indexes.job-index.read`. */
const pathOf = (index: string | undefined, direction: string): string =>
  `autoscaling.${index === undefined ? "table" : `indexes.${index}`}.${direction}`;

function livePath({ ResourceId = "", ScalableDimension = "" }: Scaled): string {
  const [, index] = ResourceId.split("/index/");
  return pathOf(index, ScalableDimension.endsWith(":ReadCapacityUnits") ? "read" : "write");
}

const liveNaming = ({ ResourceId = "", ScalableDimension = "" }: Scaled): string =>
  naming(ResourceId, ScalableDimension);

const naming = (resourceId: string, dimension: string): string =>
  `--service-namespace dynamodb --resource-id ${resourceId} --scalable-dimension ${dimension}`;
