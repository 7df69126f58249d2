/** Compares what AWS says of a table with what its spec says. Pure: no calls. */

import type { Environment } from "../../../stacks/environments";
import { tableTags } from "../../../stacks/naming";
import { keyAttributes, type TableSpec } from "../../../tables/table-spec";
import { capacityDifferences } from "./compare-capacity";
import { indexDifferences } from "./compare-indexes";
import { compare, declared, undeclared, unknown, type Difference } from "./finding";
import { Unread, type LiveTable, type Reading } from "./live-table";

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

/** What AWS is still doing is neither right nor wrong: the autoscaler alone puts a table into UPDATING. */
function statusIsActive({ live }: Comparison): readonly Difference[] {
  const { TableStatus: status } = live.description;
  if (status === "CREATING" || status === "UPDATING") {
    return [unknown("status", "ACTIVE", status, "Wait until AWS has finished, then verify again.")];
  }
  const remedy =
    status === "INACCESSIBLE_ENCRYPTION_CREDENTIALS"
      ? "Enable the key, or give DynamoDB access to it again."
      : "Look at the table in the console: deploying does not mend this.";
  return compare("status", "ACTIVE", status, remedy);
}

/** Checks one aspect, or says that it could not be read. */
function whenRead<T>(
  path: string,
  value: Reading<T>,
  check: (value: T) => readonly Difference[],
): readonly Difference[] {
  if (!(value instanceof Unread)) return check(value);
  return [unknown(path, "an answer from AWS", value.reason, "Check the rights to describe it.")];
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
  return whenRead("timeToLive", live.timeToLive, ({ TimeToLiveStatus = "DISABLED", AttributeName }) => {
    const isOn = TimeToLiveStatus === "ENABLED" || TimeToLiveStatus === "ENABLING";
    const actual = isOn ? `on ${AttributeName ?? "no attribute"}` : "off";
    const expected = spec.timeToLive?.enabled ? `on ${spec.timeToLive.attribute}` : "off";
    const isOnAnother = isOn && spec.timeToLive?.enabled;
    return compare("timeToLive", expected, actual, isOnAnother ? otherAttributeRemedy : undefined);
  });
}

const otherAttributeRemedy =
  "Switch TTL off first, wait an hour, then deploy: docs/runbooks/change-a-table.md.";

function recoveryIsOn({ spec, live }: Comparison): readonly Difference[] {
  return whenRead("pointInTimeRecovery", live.recovery, (recovery) => {
    const { PointInTimeRecoveryStatus = "DISABLED", RecoveryPeriodInDays } = recovery;
    if (PointInTimeRecoveryStatus !== "ENABLED") {
      return [declared("pointInTimeRecovery", "ENABLED", PointInTimeRecoveryStatus)];
    }
    return RecoveryPeriodInDays === undefined
      ? []
      : compare("pointInTimeRecovery.days", spec.recoveryDays, RecoveryPeriodInDays);
  });
}

/** The right key, and one that works: a table whose key is disabled or about to be deleted is unreadable. */
function encryptionIsDeclared({ live }: Comparison): readonly Difference[] {
  return whenRead("encryption.key", live.expectedKey, (expectedKey) => {
    const expected = expectedKey?.Arn;
    if (expected === undefined) {
      return [declared("encryption.key", "the key that the spec names", "no such key")];
    }
    const actual = live.description.SSEDescription?.KMSMasterKeyArn ?? "the key that AWS owns";
    return actual === expected ? keyWorks(live) : [declared("encryption.key", expected, actual)];
  });
}

function keyWorks({ key }: LiveTable): readonly Difference[] {
  return whenRead("encryption.keyState", key, (metadata) => {
    const state = metadata?.KeyState;
    return compare("encryption.keyState", "Enabled", state, keyStateRemedy(state));
  });
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
  return whenRead("tags", live.tags, (tags) => {
    const missing = Object.entries(expected).flatMap(([key, value]) =>
      compare(`tags.${key}`, value, tags[key]),
    );
    const extra = Object.entries(tags)
      .filter(([key]) => !(key in expected) && !key.startsWith("aws:"))
      .map(([key, value]) => undeclared(`tags.${key}`, value, "Declare the tag in the spec, or remove it."));
    return [...missing, ...extra];
  });
}
