/** Compares what AWS says of a table with what its spec says. Pure: no calls. */

import type { Environment } from "../../../stacks/environments";
import { tableTags } from "../../../stacks/naming";
import { keyAttributes, type TableSpec } from "../../../tables/table-spec";
import { capacityDifferences } from "./compare-capacity";
import { indexDifferences } from "./compare-indexes";
import { compare, declared, undeclared, type Difference } from "./finding";
import type { LiveTable } from "./live-table";

export interface Comparison {
  readonly spec: TableSpec;
  readonly environment: Environment;
  readonly live: LiveTable;
}

type Check = (comparison: Comparison) => readonly Difference[];

const checks: readonly Check[] = [
  statusIsActive,
  keysAreDeclared,
  ({ spec, live }) => indexDifferences(spec, live.description),
  ({ spec, live }) => capacityDifferences(spec, live.description),
  timeToLiveIsDeclared,
  recoveryIsOn,
  encryptionIsDeclared,
  protectionIsDeclared,
  tagsAreDeclared,
];

export const compareTable = (comparison: Comparison): readonly Difference[] =>
  checks.flatMap((check) => check(comparison));

function statusIsActive({ live }: Comparison): readonly Difference[] {
  const remedy = "Wait until AWS has finished, then verify again.";
  return compare("status", "ACTIVE", live.description.TableStatus, remedy);
}

/** Another key means another table: Terraform would replace it. */
function keysAreDeclared({ spec, live }: Comparison): readonly Difference[] {
  const remedy = "A key cannot be changed: restore the data into a table with the declared keys.";
  const schema = live.description.KeySchema ?? [];
  const liveKey = (type: "HASH" | "RANGE") => schema.find(({ KeyType }) => KeyType === type)?.AttributeName;
  const liveTypes = new Map(
    (live.description.AttributeDefinitions ?? []).map(({ AttributeName, AttributeType }) => [
      AttributeName,
      AttributeType,
    ]),
  );
  return [
    ...compare("partitionKey", spec.partitionKey, liveKey("HASH"), remedy),
    ...compare("sortKey", spec.sortKey ?? "absent", liveKey("RANGE") ?? "absent", remedy),
    // An attribute that is gone with its index is told as the missing index.
    ...keyAttributes(spec)
      .filter((name) => liveTypes.has(name))
      .flatMap((name) =>
        compare(
          `attributes.${name}.type`,
          spec.attributes[name]?.type ?? "absent",
          liveTypes.get(name),
          remedy,
        ),
      ),
  ];
}

/** AWS takes up to an hour to switch TTL: what is on its way counts as there. */
function timeToLiveIsDeclared({ spec, live }: Comparison): readonly Difference[] {
  const { TimeToLiveStatus = "DISABLED", AttributeName } = live.timeToLive;
  const isOn = TimeToLiveStatus === "ENABLED" || TimeToLiveStatus === "ENABLING";
  const actual = isOn ? `on ${AttributeName ?? "no attribute"}` : "off";
  const expected = spec.timeToLive?.enabled ? `on ${spec.timeToLive.attribute}` : "off";
  return compare("timeToLive", expected, actual);
}

function recoveryIsOn({ spec, live }: Comparison): readonly Difference[] {
  const { PointInTimeRecoveryStatus = "DISABLED", RecoveryPeriodInDays } = live.recovery;
  if (PointInTimeRecoveryStatus !== "ENABLED") {
    return [declared("pointInTimeRecovery", "ENABLED", PointInTimeRecoveryStatus)];
  }
  return RecoveryPeriodInDays === undefined
    ? []
    : compare("pointInTimeRecovery.days", spec.recoveryDays, RecoveryPeriodInDays);
}

/** The right key, and one that works: a table whose key is disabled or about to be deleted is unreadable. */
function encryptionIsDeclared({ live }: Comparison): readonly Difference[] {
  const { key, expectedKey } = live;
  const expected = expectedKey?.Arn;
  if (expected === undefined) {
    return [declared("encryption.key", "the key that the spec names", "no such key")];
  }
  const actual = live.description.SSEDescription?.KMSMasterKeyArn ?? "the key that AWS owns";
  const state = key?.KeyState;
  return [
    ...compare("encryption.key", expected, actual),
    ...(actual === expected && state !== "Enabled"
      ? [declared("encryption.keyState", "Enabled", state ?? "absent", keyStateRemedy(state))]
      : []),
  ];
}

function keyStateRemedy(state: string | undefined): string {
  return state === "PendingDeletion"
    ? "Now: aws kms cancel-key-deletion, then enable-key. Without the key the table cannot be read."
    : "aws kms enable-key. While the key is disabled the table cannot be read.";
}

function protectionIsDeclared({ environment, live }: Comparison): readonly Difference[] {
  const word = (isOn: boolean) => (isOn ? "on" : "off");
  return compare(
    "deletionProtection",
    word(environment.protected),
    word(live.description.DeletionProtectionEnabled ?? false),
  );
}

function tagsAreDeclared({ spec, environment, live }: Comparison): readonly Difference[] {
  const expected = tableTags(spec, environment);
  const missing = Object.entries(expected).flatMap(([key, value]) =>
    compare(`tags.${key}`, value, live.tags[key]),
  );
  const extra = Object.entries(live.tags)
    .filter(([key]) => !(key in expected) && !key.startsWith("aws:"))
    .map(([key, value]) => undeclared(`tags.${key}`, value, "Declare the tag in the spec, or remove it."));
  return [...missing, ...extra];
}
