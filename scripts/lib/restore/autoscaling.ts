import {
  PutScalingPolicyCommand,
  RegisterScalableTargetCommand,
  TagResourceCommand,
  type ApplicationAutoScalingClient,
} from "@aws-sdk/client-application-auto-scaling";
import type { Environment } from "../../../stacks/environments";
import { defaultTags, scalingNamespace } from "../../../stacks/naming";
import type { TableSpec } from "../../../tables/table-spec";
import type { Scaling } from "../verify/expected-scaling";

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
    new RegisterScalableTargetCommand({
      ...of,
      MinCapacity: min,
      MaxCapacity: max,
      SuspendedState: {
        DynamicScalingInSuspended: false,
        DynamicScalingOutSuspended: false,
        ScheduledScalingSuspended: false,
      },
    }),
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
