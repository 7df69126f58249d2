/** Settings that a table and its replicas have alike. */

import type { PointInTimeRecoveryDescription } from "@aws-sdk/client-dynamodb";
import { compare, declared, undeclared, type Difference } from "./finding";
import type { Tags } from "./live-replicas";

/** @param days that recovery reaches back; nothing is said of them where they are not declared. */
export function compareRecovery(
  path: string,
  { PointInTimeRecoveryStatus: status = "DISABLED", RecoveryPeriodInDays }: PointInTimeRecoveryDescription,
  days: number | undefined,
): readonly Difference[] {
  if (status !== "ENABLED") return [declared(path, "ENABLED", status)];
  return RecoveryPeriodInDays === undefined || days === undefined
    ? []
    : compare(`${path}.days`, days, RecoveryPeriodInDays);
}

/** Those of AWS itself aside. */
export function compareTags(path: string, expected: Tags, tags: Tags): readonly Difference[] {
  return [
    ...Object.entries(expected).flatMap(([key, value]) => compare(`${path}.${key}`, value, tags[key])),
    ...Object.entries(tags)
      .filter(([key]) => !(key in expected) && !key.startsWith("aws:"))
      .map(([key, value]) =>
        undeclared(`${path}.${key}`, value, "Declare the tag in the spec, or remove it."),
      ),
  ];
}
