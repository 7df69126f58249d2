import { InvalidArgumentError } from "commander";
import { catalogue } from "../../../tables/catalogue";
import { environmentNames, tableName, type EnvironmentName } from "../../../tables/naming";
import type { TableSpec } from "../../../tables/table-spec";
import { Refused } from "../refused";

/** AWS: "Naming rules". */
const allowed = /^[a-zA-Z0-9_.-]{3,255}$/;

/** @throws InvalidArgumentError for a name that DynamoDB does not take. */
export function readTargetName(text: string): string {
  if (allowed.test(text)) return text;
  throw new InvalidArgumentError("Give a name of 3 to 255 characters of a-z, A-Z, 0-9, _ . and -.");
}

/**
 * Keeps a restore away from every table that this repository owns. A table's own name is free only when the
 * table is gone, which a backup alone outlives: the caller looks.
 *
 * @throws Refused for the name of another table, in any environment, and for the own name at a point in time.
 */
export function checkTargetName(
  spec: TableSpec,
  environment: EnvironmentName,
  to: string,
  source: "point in time" | "backup",
): void {
  if (to === tableName(spec, environment)) {
    if (source === "backup") return;
    throw new Refused(
      `${to} is the table itself, and a restore makes a new one: choose another name. Its own name is free for ` +
        "--backup when the table is gone.",
    );
  }
  for (const other of catalogue) {
    const owner = environmentNames.find((name) => tableName(other, name) === to);
    if (owner !== undefined) {
      throw new Refused(`${to} is the name of the table ${other.id} in ${owner}: choose another one.`);
    }
  }
}
