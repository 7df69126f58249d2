import type { Candidate, Problem } from "./rule";

/** What each part of a definition may have. The types hold it too, save in what they infer. */
const known = {
  capacity: {
    "on-demand": ["mode", "maxReadUnits", "maxWriteUnits"],
    provisioned: ["mode", "read", "write", "autoscaling"],
  },
  index: ["partitionKey", "sortKey", "projection", "capacity"],
  localIndex: ["sortKey", "projection"],
  indexCapacity: ["read", "write", "autoscaling"],
  autoscaling: ["max", "targetUtilization"],
  projection: ["include"],
  timeToLive: ["attribute", "retentionDays", "enabled"],
  replica: ["region", "keyArns"],
};

/** A misspelt property says nothing: an index without its sort key, a table that is not scaled. */
export function* propertiesAreKnown(table: Candidate): Iterable<Problem> {
  const { capacity } = table;
  yield* unknownIn("capacity", capacity, known.capacity[capacity?.mode] ?? Object.keys(capacity ?? {}));
  if (capacity?.mode === "provisioned") {
    yield* unknownIn("capacity.autoscaling", capacity.autoscaling, known.autoscaling);
  }
  for (const [name, index] of Object.entries(table.indexes)) {
    yield* unknownIn(`indexes.${name}`, index, known.index);
    yield* unknownIn(`indexes.${name}.projection`, index.projection, known.projection);
    yield* unknownIn(`indexes.${name}.capacity`, index.capacity, known.indexCapacity);
    yield* unknownIn(`indexes.${name}.capacity.autoscaling`, index.capacity?.autoscaling, known.autoscaling);
  }
  for (const [name, index] of Object.entries(table.localIndexes)) {
    yield* unknownIn(`localIndexes.${name}`, index, known.localIndex);
    yield* unknownIn(`localIndexes.${name}.projection`, index.projection, known.projection);
  }
  yield* unknownIn("timeToLive", table.timeToLive, known.timeToLive);
  for (const replica of table.replicas) yield* unknownIn("replicas", replica, known.replica);
}

function* unknownIn(where: string, value: unknown, properties: readonly string[]): Iterable<Problem> {
  if (typeof value !== "object" || value === null) return;
  for (const property of Object.keys(value)) {
    if (properties.includes(property)) continue;
    yield {
      rule: "unknown-property",
      limit: `${where} has ${properties.join(", ")}`,
      value: `"${property}"`,
      remedy: "Correct its spelling, or drop it.",
    };
  }
}
