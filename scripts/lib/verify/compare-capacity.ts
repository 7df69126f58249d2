import type { TableDescription } from "@aws-sdk/client-dynamodb";
import type { Capacity, OnDemand, Provisioned } from "../../../tables/capacity";
import type { TableSpec } from "../../../tables/table-spec";
import { compare, declared, type Difference } from "./finding";

type LiveCapacity = Pick<TableDescription, "ProvisionedThroughput" | "OnDemandThroughput">;

/** Billing mode, and the units of the table and each index: exact, or within the autoscaled range. */
export function capacityDifferences(spec: TableSpec, live: TableDescription): readonly Difference[] {
  // A table that was never on-demand has no summary.
  const liveMode = live.BillingModeSummary?.BillingMode === "PAY_PER_REQUEST" ? "on-demand" : "provisioned";
  const modes = compare("billingMode", spec.capacity.mode, liveMode);
  if (modes.length > 0) return modes;
  return [
    ...compareUnits("capacity", spec.capacity, live),
    ...Object.entries(spec.indexes).flatMap(([name, index]) => {
      const found = live.GlobalSecondaryIndexes?.find(({ IndexName }) => IndexName === name);
      return found === undefined ? [] : compareUnits(`indexes.${name}.capacity`, index.capacity, found);
    }),
  ];
}

function compareUnits(path: string, expected: Capacity, live: LiveCapacity): readonly Difference[] {
  switch (expected.mode) {
    case "provisioned":
      return compareProvisioned(path, expected, live);
    case "on-demand":
      return compareMaxima(path, expected, live);
  }
}

function compareProvisioned(path: string, expected: Provisioned, live: LiveCapacity): readonly Difference[] {
  const units = {
    read: live.ProvisionedThroughput?.ReadCapacityUnits ?? 0,
    write: live.ProvisionedThroughput?.WriteCapacityUnits ?? 0,
  };
  return (["read", "write"] as const).flatMap((direction) => {
    const [min, actual] = [expected[direction], units[direction]];
    const max = expected.autoscaling?.max ?? min;
    if (actual >= min && actual <= max) return [];
    const isIgnored = path === "capacity" && expected.autoscaling !== undefined;
    return [
      declared(
        `${path}.${direction}`,
        min === max ? min : `${min} to ${max}`,
        actual,
        isIgnored ? "Set the units back: Terraform ignores those of an autoscaled table." : undefined,
      ),
    ];
  });
}

/** AWS reports a maximum that was taken off as -1. */
function compareMaxima(path: string, expected: OnDemand, live: LiveCapacity): readonly Difference[] {
  const word = (units: number | undefined) => (units === undefined || units === -1 ? "none" : units);
  return [
    ...compare(
      `${path}.maxReadUnits`,
      word(expected.maxReadUnits),
      word(live.OnDemandThroughput?.MaxReadRequestUnits),
    ),
    ...compare(
      `${path}.maxWriteUnits`,
      word(expected.maxWriteUnits),
      word(live.OnDemandThroughput?.MaxWriteRequestUnits),
    ),
  ];
}
