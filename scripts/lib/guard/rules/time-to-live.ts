import type { PlannedStack, Values } from "../../plan/planned-stack";
import type { Finding, Rule } from "../rule";
import { blocks, tableUpdates, text, type TableUpdate } from "../tables";
import { deployCommand, pages, twoSteps } from "../ways-out";

export const renamesTtl: Rule = {
  id: "renames-ttl",
  title: "The TTL attribute is renamed, or removed without having been switched off",
  find: (plan) => tableUpdates(plan).flatMap((update) => renamed(plan, update)),
};

function renamed(plan: PlannedStack, { table, before, after }: TableUpdate): readonly Finding[] {
  const old = ttlOf(before);
  const next = ttlOf(after);
  // Whether it is to be on or off: AWS takes no other name while it is on.
  if (old?.enabled !== true || old.attribute === next?.attribute) return [];
  const to = next?.attribute ?? "none";
  return [
    {
      subject: table,
      reason:
        `The plan changes the TTL attribute of ${table} from ${old.attribute} to ${to} while TTL is on: AWS has one ` +
        "attribute a table, takes one switch in about an hour, and needs the old name to switch it off.",
      wayOut: twoSteps(
        `keep ${old.attribute} with enabled: false, ${deployCommand(plan)}`,
        `an hour later the ${to === "none" ? "removal" : "new name"}, ${deployCommand(plan)}`,
        pages.timeToLive,
      ),
    },
  ];
}

function ttlOf(values: Values): { readonly attribute: string; readonly enabled: boolean } | undefined {
  const [ttl] = blocks(values, "ttl");
  const attribute = text(ttl?.["attribute_name"]);
  return attribute === undefined ? undefined : { attribute, enabled: ttl?.["enabled"] === true };
}
