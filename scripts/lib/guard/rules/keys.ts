/** Keys that tables are encrypted with: what takes one away takes the tables with it. */

import type { PlannedChange, PlannedStack } from "../../plan/planned-stack";
import type { Finding, Rule } from "../rule";
import { blocks, tableUpdates, text, type TableUpdate } from "../tables";
import { allowCommand, deployCommand, pages, twoSteps, whyReplaced } from "../ways-out";

export const destroysKey: Rule = {
  id: "destroys-key",
  title: "A key is destroyed, replaced, disabled or leaves the state",
  find: (plan) =>
    plan.changes
      .filter(({ type }) => type === "aws_kms_key")
      .flatMap((change) => {
        const what = lossOf(change);
        return what === undefined ? [] : [keyFinding(plan, change.address, what)];
      }),
};

function lossOf({ action, before, after, replacedBy, isTainted }: PlannedChange): string | undefined {
  switch (action) {
    case "delete":
      return "schedules the key's deletion";
    case "replace":
      return `replaces the key, because ${whyReplaced(replacedBy, isTainted)}`;
    case "forget":
      return "takes the key out of the state, where nothing keeps it from being deleted";
    case "update":
      return before?.["is_enabled"] !== false && after?.["is_enabled"] === false
        ? "disables the key"
        : undefined;
    case "create":
      return undefined;
  }
}

const keyFinding = (plan: PlannedStack, subject: string, what: string): Finding =>
  plan.layer === "audit"
    ? {
        subject,
        reason: `The plan ${what}: every record of the audit trail that it encrypts becomes unreadable.`,
        wayOut: twoSteps(
          "wait until nobody may ask for a record that it encrypts",
          allowCommand(plan, subject),
          pages.auditTrail,
        ),
      }
    : {
        subject,
        reason: `The plan ${what}: every table and every backup that it encrypts becomes unreadable.`,
        wayOut: twoSteps(
          "destroy its tables, or move them to another key, and wait until no backup of theirs may be restored",
          allowCommand(plan, subject),
          pages.encryption,
        ),
      };

export const movesKeyAlias: Rule = {
  id: "moves-key-alias",
  title: "The alias of a key is removed or points at another key",
  find: (plan) =>
    plan.changes
      // Nobody reaches the key of an audit trail by its alias, but people.
      .filter(({ type }) => type === "aws_kms_alias" && plan.layer !== "audit")
      .flatMap((change) => {
        const { action, address, before, after } = change;
        const name = text(before?.["name"]) ?? address;
        const isMoved = action === "update" && before?.["target_key_id"] !== after?.["target_key_id"];
        if (!isMoved && action !== "delete" && action !== "replace") return [];
        const what = isMoved
          ? `points ${name} at ${text(after?.["target_key_id"]) ?? "a key that is not known yet"} ` +
            `in place of ${text(before?.["target_key_id"]) ?? "its key"}`
          : `removes ${name}`;
        return [
          {
            subject: address,
            reason: `The plan ${what}. Services find the key by its alias: they are denied what the old key encrypts.`,
            wayOut: twoSteps(
              "destroy or move every table of the old key, its services first",
              allowCommand(plan, address),
              pages.encryption,
            ),
          },
        ];
      }),
};

export const leavesDataBehind: Rule = {
  id: "leaves-data-behind",
  title: "A table leaves a key that its backups still need",
  find: (plan) => tableUpdates(plan).flatMap((update) => leavesKey(plan, update)),
};

function leavesKey(plan: PlannedStack, update: TableUpdate): readonly Finding[] {
  const { table, before, after } = update;
  const old = keyOf(before);
  const next = keyOf(after);
  if (old === undefined || old === next) return [];
  const isUnknown = isKeyUnknown(update);
  const key = plan.changes.find(({ type, before: was }) => type === "aws_kms_key" && was?.["arn"] === old);
  const loss = key === undefined ? undefined : lossOf(key);
  if (loss === undefined && (isUnknown || next !== undefined)) return [];
  const to = isUnknown ? "a key that is not known yet" : (next ?? "the key that AWS owns");
  return [
    {
      subject: table,
      reason:
        `The plan moves ${table} from ${old} to ${to}` +
        (loss === undefined ? "" : ` and ${loss} in the same step`) +
        ". Its backups and its restorable past stay encrypted with the old key.",
      wayOut:
        loss === undefined
          ? twoSteps(
              "make sure that the old key stays while a backup may be restored",
              allowCommand(plan, table),
              pages.encryption,
            )
          : twoSteps(
              `add the new key beside the old one, name it in the table's keyArns, ${deployCommand(plan)}`,
              "when no backup of the old key may be restored, remove the old key and deploy again",
              pages.encryption,
            ),
    },
  ];
}

/** Absent of a table that the provider says is not encrypted with a key of ours. */
function keyOf(values: TableUpdate["before"]): string | undefined {
  const [encryption] = blocks(values, "server_side_encryption");
  return encryption?.["enabled"] === true ? text(encryption["kms_key_arn"]) : undefined;
}

const isKeyUnknown = ({ unknown }: TableUpdate): boolean =>
  unknown["server_side_encryption"] === true ||
  blocks(unknown, "server_side_encryption").some((block) => block["kms_key_arn"] === true);
