/** Capacity of tables and indexes: on-demand or provisioned, never a mixture. */

/** AWS bills what is consumed. The maxima, in request units a second, bound a runaway client's cost. */
export interface OnDemand {
  readonly mode: "on-demand";
  readonly maxReadUnits?: number;
  readonly maxWriteUnits?: number;
}

/** Capacity units a second: one read unit is a strongly consistent read of 4 KB, one write unit is 1 KB. */
export interface Units {
  readonly read: number;
  readonly write: number;
}

/** Target tracking between the provisioned units and `max`, at `targetUtilization` percent. */
export interface Autoscaling {
  readonly max: number;
  readonly targetUtilization: number;
}

export interface Provisioned extends Units {
  readonly mode: "provisioned";
  readonly autoscaling?: Autoscaling;
}

export type Capacity = OnDemand | Provisioned;

/** What an index of a provisioned table may set itself; what it leaves out it takes from the table. */
export interface IndexCapacity extends Units {
  readonly autoscaling?: Autoscaling;
}

export const onDemand = (maxima: Omit<OnDemand, "mode"> = {}): OnDemand => ({ mode: "on-demand", ...maxima });

export const provisioned = (units: Omit<Provisioned, "mode">): Provisioned => ({
  mode: "provisioned",
  ...units,
});
