/** What people read when tables are destroyed: how to have them back, and until when. */

import type { Environment } from "../../../stacks/environments";
import type { WayBack } from "./backups";
import type { TablesWish } from "./wish";

/** KMS: ScheduleKeyDeletion; stacks/constructs/system-key.ts takes the longest time. */
const keyDays = 30;

/** @param keys ARNs of the keys that were scheduled for deletion. */
export function describeDestroyed(
  { stack, isWhole }: Pick<TablesWish, "stack" | "isWhole">,
  ways: readonly WayBack[],
  keys: readonly string[],
  { name, region }: Pick<Environment, "name" | "region">,
): string {
  const tables = ways.map(({ table }) => table);
  const restorable = ways.filter((way) => way.kind !== "none");
  return [
    isWhole
      ? `${stack} is destroyed, with ${tables.join(" and ")}.`
      : `${tables.join(" and ")} is destroyed. The rest of ${stack} stands, its key included.`,
    "The next deployment of the stack makes every table anew that is declared, empty: remove a table's file before, " +
      "where it is not wanted (docs/runbooks/destroy-tables.md).",
    ...(restorable.length > 0 || keys.length > 0
      ? ["", "To have items back (docs/runbooks/restore-a-table.md):"]
      : []),
    ...keys.flatMap((key) => callKeyBack(key, region)),
    ...restorable.map(
      (way) =>
        `  npm run restore -- --env ${name} ${way.table} --backup ${way.arn ?? "latest"} --to ${way.table}`,
    ),
    ...restorable.flatMap((way) =>
      way.kind === "last state"
        ? [`AWS keeps the last state of ${way.table} for 35 days.`]
        : [`The backup of ${way.table} stays, and is billed, until someone deletes it.`],
    ),
  ].join("\n");
}

function callKeyBack(key: string, region: string): readonly string[] {
  return [
    `  # Within ${keyDays} days: after that the key is gone, and with it all that it encrypts, backups too.`,
    `  aws kms cancel-key-deletion --region ${region} --key-id ${key}`,
    `  aws kms enable-key --region ${region} --key-id ${key}`,
  ];
}
