import { whenRead, type Comparison } from "./comparison";
import { compare, declared, unknown, type Difference } from "./finding";
import type { LiveTable } from "./live-table";

/**
 * The right key, and one that works and is rotated: a table whose key is disabled or about to be deleted is
 * unreadable.
 */
export function encryptionIsDeclared({ live }: Comparison): readonly Difference[] {
  const isMoving = live.description.SSEDescription?.Status === "UPDATING";
  const wait = "Wait until AWS has moved the table to its key, then verify again.";
  return [
    ...reachOfKey(live),
    // Meanwhile AWS names either key.
    ...(isMoving ? [unknown("encryption.status", "ENABLED", "UPDATING", wait)] : keyIsDeclared(live)),
    ...keyIsRotated(live),
  ];
}

/** DynamoDB notices within hours that a key is gone, and then archives the table in seven days. */
function reachOfKey({ description }: LiveTable): readonly Difference[] {
  const since = description.SSEDescription?.InaccessibleEncryptionDateTime;
  if (since === undefined) return [];
  return [
    declared(
      "encryption.access",
      "a key that DynamoDB can use",
      `none since ${since.toISOString()}`,
      "Now: enable the key, or give DynamoDB access to it again. After seven days AWS archives the table.",
    ),
  ];
}

function keyIsDeclared(live: LiveTable): readonly Difference[] {
  return whenRead("encryption.key", live.expectedKey, (expectedKey) => {
    const expected = expectedKey?.Arn;
    if (expected === undefined) {
      return [declared("encryption.key", "the key that the spec names", "no such key")];
    }
    const actual = live.description.SSEDescription?.KMSMasterKeyArn;
    if (actual === expected) return keyWorks(live);
    return [
      declared("encryption.key", expected, actual ?? "the key that AWS owns"),
      ...(actual === undefined ? [] : keyWorks(live)),
    ];
  });
}

function keyWorks({ key }: LiveTable): readonly Difference[] {
  return whenRead("encryption.keyState", key, (metadata) => {
    const state = metadata?.KeyState;
    return compare("encryption.keyState", "Enabled", state, keyStateRemedy(state));
  });
}

function keyStateRemedy(state: string | undefined): string {
  switch (state) {
    case "PendingDeletion":
      return "Now: aws kms cancel-key-deletion, then enable-key. Without the key the table cannot be read.";
    case undefined:
      return "There is no such key any more. Restore the table with another: docs/runbooks/restore-a-table.md.";
    default:
      return "aws kms enable-key. While the key is disabled the table cannot be read.";
  }
}

const keyIsRotated = ({ rotation }: LiveTable): readonly Difference[] =>
  whenRead("encryption.keyRotation", rotation, (isOn) =>
    isOn === false ? [declared("encryption.keyRotation", "on", "off")] : [],
  );
