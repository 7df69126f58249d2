/** What the plans of a rollback may hold: anything else is refused before it is applied. */

import { tableName } from "../../../tables/naming";
import type { TableSpec } from "../../../tables/table-spec";
import { attributeChanges } from "../plan/attribute-changes";
import type { PlannedChange, PlannedStack } from "../plan/planned-stack";
import { Refused } from "../refused";

const tableType = "aws_dynamodb_table";
const protection = "deletion_protection_enabled";
/** What must not be lost beside tables: without its key a table is unreadable. */
const keyTypes = new Set(["aws_kms_key", "aws_kms_alias"]);

/** How Terraform names a table of a tables stack. */
export const tableAddress = ({ id }: TableSpec): string => `${tableType}.${id}`;

/**
 * Lets through a plan that takes the protection of these tables off and does nothing else.
 *
 * @throws Refused with what else it would do.
 */
export function requireRelease(plan: PlannedStack, specs: readonly TableSpec[]): void {
  const addresses = specs.map(tableAddress);
  const others = plan.changes.filter((change) => !addresses.includes(change.address) || !isRelease(change));
  if (others.length === 0) return;
  throw new Refused(
    `Releasing the protection would also change ${list(others)}: the stack is not as it is declared. ` +
      `First: npm run deploy -- --env ${plan.environment} ${plan.stack}`,
  );
}

function isRelease(change: PlannedChange): boolean {
  const paths = attributeChanges(change).map(({ path }) => path);
  return change.action === "update" && paths.length === 1 && paths[0] === protection;
}

/**
 * Lets through a plan that destroys, and of the tables these alone; the key only with the whole stack.
 *
 * @throws Refused with what else it would do.
 */
export function requireDestructionOf(
  plan: PlannedStack,
  { specs, isWhole }: { readonly specs: readonly TableSpec[]; readonly isWhole: boolean },
): void {
  const addresses = specs.map(tableAddress);
  const others = plan.changes.filter(
    ({ action, type, address }) =>
      action !== "delete" ||
      (type === tableType && !addresses.includes(address)) ||
      (keyTypes.has(type) && !isWhole),
  );
  if (others.length === 0) return;
  const named = specs.map((spec) => tableName(spec, plan.environment));
  throw new Refused(
    `Destroying ${named.join(", ") || plan.stack} would also change ${list(others)}, which was not asked for. ` +
      "Nothing was destroyed.",
  );
}

/** What depends on destroyed tables and goes with them: it says what stays without for a while. */
export const goneBeside = (plan: PlannedStack): readonly PlannedChange[] =>
  plan.changes.filter(({ type }) => type !== tableType && !type.startsWith("aws_appautoscaling_"));

/** The ids of the keys that a plan destroys. */
export const keysOf = (plan: PlannedStack): readonly string[] =>
  plan.changes
    .filter(({ type, action }) => type === "aws_kms_key" && action === "delete")
    .flatMap(({ before }) => (typeof before?.["arn"] === "string" ? [before["arn"]] : []));

/** Whether two plans do the same to the same resources. */
export const isSamePlan = (one: PlannedStack, other: PlannedStack): boolean =>
  actionsOf(one).join() === actionsOf(other).join();

const actionsOf = ({ changes }: PlannedStack): readonly string[] =>
  changes.map(({ action, address }) => `${action} ${address}`).sort();

const list = (changes: readonly PlannedChange[]): string =>
  changes.map(({ address, action }) => `${address} (${action})`).join(", ");
