import { AppautoscalingPolicy } from "@cdktf/provider-aws/lib/appautoscaling-policy";
import { AppautoscalingTarget } from "@cdktf/provider-aws/lib/appautoscaling-target";
import { Construct } from "constructs";
import type { Autoscaling, Units } from "../../tables/capacity";
import {
  scalableDimension,
  scalableId,
  scalingId,
  scalingMetrics,
  scalingNamespace,
  scalingPolicyName,
  type Direction,
} from "../naming";

export interface AutoscaledCapacityProps {
  readonly table: {
    readonly spec: { readonly id: string };
    readonly physicalName: string;
    /** Reference to the resource. */
    readonly name: string;
  };
  /** The index that is scaled; the table itself where it is left out. */
  readonly index: string | undefined;
  /** The least that is provisioned. */
  readonly units: Units;
  readonly autoscaling: Autoscaling;
}

/**
 * Target tracking of a table or an index, in both directions. It names no role: Application Auto Scaling
 * uses its service-linked role, and any other shows as a change in every plan.
 */
export class AutoscaledCapacity extends Construct {
  constructor(scope: Construct, props: AutoscaledCapacityProps) {
    super(scope, `autoscaling-${props.index ?? "table"}`);
    this.scale("read", props);
    this.scale("write", props);
  }

  private scale(direction: Direction, { table, index, units, autoscaling }: AutoscaledCapacityProps): void {
    const id = scalingId(table.spec.id, direction, index);
    const target = new AppautoscalingTarget(this, `${direction}-target`, {
      serviceNamespace: scalingNamespace,
      // By reference, so that the target is registered after a switch of billing mode, not before.
      resourceId: scalableId(table.name, index),
      scalableDimension: scalableDimension(direction, index),
      minCapacity: units[direction],
      maxCapacity: autoscaling.max,
    });
    target.overrideLogicalId(id);
    const policy = new AppautoscalingPolicy(this, `${direction}-policy`, {
      name: scalingPolicyName(table.physicalName, direction, index),
      policyType: "TargetTrackingScaling",
      serviceNamespace: target.serviceNamespace,
      resourceId: target.resourceId,
      scalableDimension: target.scalableDimension,
      targetTrackingScalingPolicyConfiguration: {
        targetValue: autoscaling.targetUtilization,
        predefinedMetricSpecification: { predefinedMetricType: scalingMetrics[direction] },
      },
    });
    policy.overrideLogicalId(id);
  }
}
