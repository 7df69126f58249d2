import type { PlannedChange, PlannedStack } from "../../plan/planned-stack";
import type { Finding, Rule } from "../rule";
import { blocks, tableChanges, text, type TableChange } from "../tables";
import { allowCommand, deployCommand, pages, rollbackCommand, twoSteps } from "../ways-out";

export const destroysTable: Rule = {
  id: "destroys-table",
  title: "A table, or its copy in another region, is destroyed or leaves the state",
  find: (plan) => [
    ...tableChanges(plan).flatMap((change) => [...wholeTable(plan, change), ...copies(plan, change)]),
    ...plan.changes.flatMap((change) => copyOfItsOwn(plan, change)),
  ],
};

/** A copy that is a resource beside its table. */
function copyOfItsOwn(plan: PlannedStack, { type, action, address }: PlannedChange): readonly Finding[] {
  if (type !== "aws_dynamodb_table_replica" || (action !== "delete" && action !== "forget")) return [];
  return [
    {
      subject: address,
      reason: `The plan ${action === "forget" ? "takes the copy out of the state" : "destroys the copy"} ${address}.`,
      wayOut: twoSteps(
        "move what reads and writes there to another region",
        allowCommand(plan, address),
        pages.streams,
      ),
    },
  ];
}

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
      wayOut: twoSteps(
        // It takes the protection off itself, and puts it on again when it fails.
        `with the table still declared, ${rollbackCommand(plan, table)}`,
        `remove its file, ${deployCommand(plan)}`,
        pages.destroyOne,
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
