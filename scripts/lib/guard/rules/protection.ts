/** Deletion protection and point-in-time recovery. */

import { attributeChanges } from "../../plan/attribute-changes";
import type { PlannedChange, Values } from "../../plan/planned-stack";
import type { Finding, Rule } from "../rule";
import { blocks, tableChanges, tableUpdates } from "../tables";
import { allowCommand, deployCommand, pages, releaseCommand, twoSteps } from "../ways-out";

interface Protection {
  readonly name: string;
  readonly path: string;
  readonly isOn: (values: Values | undefined) => boolean;
}

const deletionProtection: Protection = {
  name: "deletion protection",
  path: "deletion_protection_enabled",
  isOn: (values) => values?.["deletion_protection_enabled"] === true,
};

const recovery: Protection = {
  name: "point-in-time recovery",
  path: "point_in_time_recovery",
  isOn: (values) => blocks(values, "point_in_time_recovery").some(({ enabled }) => enabled === true),
};

export const liftsProtection: Rule = {
  id: "lifts-protection",
  title: "A table loses its protection together with another change",
  find: (plan, { environment }) =>
    tableChanges(plan).flatMap((change): readonly Finding[] => {
      const lifted = [deletionProtection, recovery].filter((one) => isLifted(one, change));
      const others = otherChanges(change, lifted);
      if (lifted.length === 0 || others.length === 0) return [];
      const { table } = change;
      return [
        {
          subject: table,
          reason:
            `The plan takes ${lifted.map(({ name }) => name).join(" and ")} from ${table} and changes ` +
            `${others.join(", ")} in the same step, which nothing then holds up.`,
          wayOut: twoSteps(
            lifted.includes(deletionProtection)
              ? `the protection alone, ${environment.protected ? releaseCommand(plan, table) : deployCommand(plan)}`
              : `the other changes, ${deployCommand(plan)}`,
            `the rest, ${deployCommand(plan)}`,
            pages.protection,
          ),
        },
      ];
    }),
};

export const dropsRecovery: Rule = {
  id: "drops-recovery",
  title: "A table of a protected environment loses point-in-time recovery",
  find: (plan, { environment }) =>
    tableUpdates(plan)
      .filter((update) => environment.protected && isLifted(recovery, update))
      .map(({ table }) => ({
        subject: table,
        reason:
          `The plan switches point-in-time recovery of ${table} off: its restorable past is lost at once, ` +
          `and ${environment.name} is protected.`,
        wayOut: twoSteps(
          `aws dynamodb create-backup --table-name ${table} --backup-name before-recovery-off`,
          allowCommand(plan, table),
          pages.protection,
        ),
      })),
};

const isLifted = ({ isOn }: Protection, { before, after, action }: PlannedChange): boolean =>
  (action === "update" || action === "replace") && isOn(before) && !isOn(after);

/** Two protections that go together are each the other's change. */
function otherChanges(change: PlannedChange, lifted: readonly Protection[]): readonly string[] {
  const ownPath = lifted.length === 1 ? lifted[0]?.path : undefined;
  const paths = attributeChanges(change)
    .map(({ path }) => path)
    .filter((path) => ownPath === undefined || (path !== ownPath && !path.startsWith(`${ownPath}.`)))
    .filter((path) => !isMovedByAutoscaler(path) && !isDeclaration(path));
  return change.action === "replace" ? [...new Set([...change.replacedBy, ...paths])] : paths;
}

/** Key attributes are declared with the index that they are for. */
const isDeclaration = (path: string): boolean => path.startsWith("attribute.");

/** Every deployment sets the units of an autoscaled index back (docs/runbooks/change-a-table.md). */
const isMovedByAutoscaler = (path: string): boolean => /(^|\.)(read|write)_capacity$/.test(path);
