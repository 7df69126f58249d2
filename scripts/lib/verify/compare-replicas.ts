import { ReplicaStatus, type ReplicaDescription } from "@aws-sdk/client-dynamodb";
import { tableTags } from "../../../stacks/naming";
import { compareRecovery, compareTags } from "./compare-settings";
import { whenRead, type Comparison } from "./comparison";
import { expectedReplicas, type ExpectedReplica } from "./expected-replicas";
import { compare, declared, undeclared, unknown, type Difference } from "./finding";

/** Copies in other regions: those of the spec, as the stack makes them, and those that nobody declared. */
export function replicaDifferences(comparison: Comparison): readonly Difference[] {
  const { spec, environment, place, live } = comparison;
  const expected = expectedReplicas(spec, environment);
  // The table itself is one of the replicas of a global table.
  const present = (live.description.Replicas ?? []).filter(({ RegionName }) => RegionName !== place.region);
  return [
    ...expected.flatMap((one) => {
      const found = present.find(({ RegionName }) => RegionName === one.region);
      return found === undefined
        ? [declared(`replicas.${one.region}`, "a replica", "absent")]
        : compareReplica(comparison, one, found);
    }),
    ...present
      .filter(({ RegionName }) => !expected.some(({ region }) => region === RegionName))
      .map(({ RegionName: region, ReplicaStatus: status }) =>
        undeclared(
          `replicas.${region}`,
          `a replica, ${status ?? "in no known state"}`,
          "It holds every item: declare it in the spec, or delete it there.",
        ),
      ),
  ];
}

/** AWS has not finished with it. */
const passing: readonly (ReplicaStatus | undefined)[] = [ReplicaStatus.CREATING, ReplicaStatus.UPDATING];

function compareReplica(
  { spec, environment, live }: Comparison,
  { region, keyArn }: ExpectedReplica,
  { ReplicaStatus: status, KMSMasterKeyId: key }: ReplicaDescription,
): readonly Difference[] {
  const path = `replicas.${region}`;
  if (passing.includes(status)) {
    const wait = "Wait until AWS has finished with the replica, then verify again.";
    return [unknown(`${path}.status`, "ACTIVE", String(status), wait)];
  }
  const settings = live.replicas.get(region);
  return [
    ...compare(`${path}.status`, "ACTIVE", status, "Look at the replica in its region's console."),
    ...compare(`${path}.key`, keyArn, key ?? "the key that AWS owns"),
    ...(settings === undefined
      ? []
      : [
          ...whenRead(`${path}.pointInTimeRecovery`, settings.recovery, (recovery) =>
            compareRecovery(`${path}.pointInTimeRecovery`, recovery, undefined),
          ),
          ...whenRead(`${path}.tags`, settings.tags, (tags) =>
            compareTags(`${path}.tags`, tableTags(spec, environment), tags),
          ),
        ]),
  ];
}
