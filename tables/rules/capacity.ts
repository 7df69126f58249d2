import type { Autoscaling, Units } from "../capacity";
import type { Candidate, Problem } from "./rule";

/** AWS: default quota of a table in us-east-1, per direction, for provisioned and on-demand alike. */
const maxUnits = 40_000;
/** AWS: Application Auto Scaling, TargetValue of the DynamoDB utilization metrics. */
const targetRange = { min: 20, max: 90 };

const unitsLimit = `a whole number of units a second, 1 to ${maxUnits}`;
const quotaRemedy = "Stay within the account's quota, or raise the quota and this limit together.";

export function* capacityFitsItsMode(table: Candidate): Iterable<Problem> {
  const { capacity } = table;
  switch (capacity?.mode) {
    case "on-demand":
      yield* onDemandProblems(table);
      return;
    case "provisioned":
      yield* provisionedProblems(table);
      return;
    default:
      yield {
        rule: "capacity-mode",
        limit: "on-demand or provisioned",
        value: JSON.stringify(capacity) ?? "nothing",
        remedy: "Write capacity: onDemand() or provisioned({ read, write }).",
      };
  }
}

function* onDemandProblems({ capacity, indexes }: Candidate): Iterable<Problem> {
  for (const property of ["read", "write", "autoscaling"] as const) {
    if (property in capacity) {
      yield {
        rule: property === "autoscaling" ? "on-demand-with-autoscaling" : "on-demand-with-capacity",
        limit: "an on-demand table has no capacity units and nothing to scale",
        value: `${property}: ${JSON.stringify((capacity as unknown as Record<string, unknown>)[property])}`,
        remedy: "Write provisioned({ read, write }), or drop it.",
      };
    }
  }
  if (capacity.mode === "on-demand") {
    for (const property of ["maxReadUnits", "maxWriteUnits"] as const) {
      const value = capacity[property];
      if (value !== undefined) yield* unitsProblem(property, value);
    }
  }
  for (const [name, index] of Object.entries(indexes)) {
    if (index.capacity !== undefined) {
      yield {
        rule: "on-demand-with-index-capacity",
        limit: "an index of an on-demand table has no capacity of its own",
        value: `${JSON.stringify(index.capacity)}, in ${name}`,
        remedy: "Drop the index's capacity.",
      };
    }
  }
}

function* provisionedProblems({ capacity, indexes }: Candidate): Iterable<Problem> {
  for (const property of ["maxReadUnits", "maxWriteUnits"]) {
    if (property in capacity) {
      yield {
        rule: "provisioned-with-on-demand-maximum",
        limit: "only an on-demand table has maximum request units",
        value: property,
        remedy: "Bound a provisioned table by its units and autoscaling.max.",
      };
    }
  }
  if (capacity.mode !== "provisioned") return;
  yield* scaledUnitsProblems("the table", capacity);
  for (const [name, index] of Object.entries(indexes)) {
    // What the index leaves out it takes from the table: its units must fit the table's range then.
    if (index.capacity !== undefined) yield* scaledUnitsProblems(name, { ...capacity, ...index.capacity });
  }
}

function* scaledUnitsProblems(
  where: string,
  capacity: Units & { readonly autoscaling?: Autoscaling },
): Iterable<Problem> {
  for (const direction of ["read", "write"] as const) {
    yield* unitsProblem(`${direction} of ${where}`, capacity[direction]);
  }
  if (capacity.autoscaling === undefined) return;
  const { max, targetUtilization } = capacity.autoscaling;
  yield* unitsProblem(`autoscaling.max of ${where}`, max);
  const floor = Math.max(capacity.read, capacity.write);
  if (max < floor) {
    yield {
      rule: "autoscaling-range",
      limit: `autoscaling.max is at least the provisioned units, ${floor}`,
      value: `${max}, in ${where}`,
      remedy: "Raise the maximum or lower the units.",
    };
  }
  if (
    !Number.isFinite(targetUtilization) ||
    targetUtilization < targetRange.min ||
    targetUtilization > targetRange.max
  ) {
    yield {
      rule: "autoscaling-target",
      limit: `a target utilization of ${targetRange.min} to ${targetRange.max} percent`,
      value: `${targetUtilization}, in ${where}`,
      remedy: "70 suits most tables.",
    };
  }
}

function* unitsProblem(where: string, value: number): Iterable<Problem> {
  if (!Number.isInteger(value) || value < 1 || value > maxUnits) {
    yield { rule: "capacity-units", limit: unitsLimit, value: `${value} (${where})`, remedy: quotaRemedy };
  }
}
