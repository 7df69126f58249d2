import type { PlannedStack } from "../../plan/planned-stack";
import type { Finding, Rule } from "../rule";
import { blocks, tableChanges, text, type TableChange } from "../tables";
import { allowCommand, pages, releaseCommand, rollbackCommand } from "../ways-out";

export const destroysTable: Rule = {
  id: "destroys-table",
  title: "A table, or its copy in another region, is destroyed or leaves Terraform",
  find: (plan) =>
    tableChanges(plan).flatMap((change) => [...wholeTable(plan, change), ...copies(plan, change)]),
};

function wholeTable(plan: PlannedStack, change: TableChange): readonly Finding[] {
  const { action, table, before } = change;
  if (action !== "delete" && action !== "forget") return [];
  const isProtected = before?.["deletion_protection_enabled"] === true;
  const what =
    action === "forget"
      ? `The plan takes ${table} out of the state: nothing looks after it any more, and the next plan creates it anew.`
      : `The plan destroys ${table} with all its items.`;
  return [
    {
      subject: table,
      reason: isProtected
        ? `${what} Its deletion protection is on, so AWS would refuse in the middle of the apply.`
        : what,
      wayOut: isProtected
        ? `(1) ${releaseCommand(plan, table)}, (2) ${rollbackCommand(plan, table)}. See ${pages.destroy}.`
        : `(1) ${rollbackCommand(plan, table)}, which makes a backup first, or (2) with a backup at hand ` +
          `${allowCommand(plan, table)}. See ${pages.destroy}.`,
    },
  ];
}

/** Another key makes the provider destroy and create the copy, too. */
function copies(plan: PlannedStack, { action, table, before, after }: TableChange): readonly Finding[] {
  if (action !== "update") return [];
  const stay = new Set(blocks(after, "replica").map((copy) => text(copy["region_name"])));
  return blocks(before, "replica")
    .flatMap((copy) => text(copy["region_name"]) ?? [])
    .filter((region) => !stay.has(region))
    .map((region) => ({
      subject: table,
      reason: `The plan destroys the copy of ${table} in ${region}.`,
      wayOut:
        `(1) Move the readers and writers of ${region} away, (2) ${allowCommand(plan, table)}. ` +
        `See ${pages.change}.`,
    }));
}
