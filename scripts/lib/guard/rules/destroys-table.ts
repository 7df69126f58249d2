import type { PlannedStack } from "../../plan/planned-stack";
import type { Finding, Rule } from "../rule";
import { blocks, tableChanges, text, type TableChange } from "../tables";
import { allowCommand, deployCommand, pages, releaseCommand, rollbackCommand, twoSteps } from "../ways-out";

export const destroysTable: Rule = {
  id: "destroys-table",
  title: "A table, or its copy in another region, is destroyed or leaves the state",
  find: (plan) =>
    tableChanges(plan).flatMap((change) => [...wholeTable(plan, change), ...copies(plan, change)]),
};

function wholeTable(plan: PlannedStack, { action, table, before }: TableChange): readonly Finding[] {
  if (action !== "delete" && action !== "forget") return [];
  const isProtected = before?.["deletion_protection_enabled"] === true;
  const destroys =
    `The plan destroys ${table} with all its items.` +
    (isProtected ? " Its deletion protection is on, so AWS would refuse in the middle of the apply." : "");
  const forgets = `The plan takes ${table} out of the state: nothing looks after it any more.`;
  return [
    {
      subject: table,
      reason: action === "forget" ? forgets : destroys,
      wayOut: isProtected
        ? twoSteps(
            `with the table still declared, ${releaseCommand(plan, table)}`,
            `${rollbackCommand(plan, table)}, and then remove its file`,
            pages.destroy,
          )
        : twoSteps(
            `with the table still declared, ${rollbackCommand(plan, table)}`,
            `remove its file, ${deployCommand(plan)}`,
            pages.destroy,
          ),
    },
  ];
}

function copies(plan: PlannedStack, { action, table, before, after }: TableChange): readonly Finding[] {
  if (action !== "update") return [];
  const stay = new Set(blocks(after, "replica").map((copy) => text(copy["region_name"])));
  return blocks(before, "replica")
    .flatMap((copy) => text(copy["region_name"]) ?? [])
    .filter((region) => !stay.has(region))
    .map((region) => ({
      subject: table,
      reason: `The plan destroys the copy of ${table} in ${region}.`,
      wayOut: twoSteps(
        `move what reads and writes in ${region} to another region`,
        allowCommand(plan, table),
        pages.streams,
      ),
    }));
}
