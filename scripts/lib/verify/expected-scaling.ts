import type { ScalableDimension } from "@aws-sdk/client-application-auto-scaling";
import type { TableDescription } from "@aws-sdk/client-dynamodb";
import {
  scalableDimension,
  scalableId,
  scalingMetrics,
  scalingPolicyName,
  type Direction,
} from "../../../stacks/naming";
import type { Capacity } from "../../../tables/capacity";
import type { TableSpec } from "../../../tables/table-spec";

/** Target tracking of one direction of a table or an index, as the stack declares it. */
export interface Scaling {
  readonly resourceId: string;
  readonly dimension: ScalableDimension;
  readonly min: number;
  readonly max: number;
  readonly policy: string;
  readonly metric: (typeof scalingMetrics)[keyof typeof scalingMetrics];
  readonly utilization: number;
  readonly index: string | undefined;
  readonly direction: Direction;
}

/** All that a spec scales of a table under a name; nothing where it says none. */
export function declaredScalings(spec: TableSpec, table: string): readonly Scaling[] {
  const parts: readonly (readonly [string | undefined, Capacity])[] = [
    [undefined, spec.capacity],
    ...Object.entries(spec.indexes).map(([name, { capacity }]) => [name, capacity] as const),
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
      index,
      direction,
    }));
  });
}

/** Without those of indexes that are not there: that is told as the missing index. */
export const scalingsOf = (
  spec: TableSpec,
  table: string,
  { GlobalSecondaryIndexes: present = [] }: Pick<TableDescription, "GlobalSecondaryIndexes">,
): readonly Scaling[] =>
  declaredScalings(spec, table).filter(
    ({ index }) => index === undefined || present.some(({ IndexName }) => IndexName === index),
  );
