import type { PlannedChange, PlannedStack } from "../../plan/planned-stack";
import type { Finding, Rule } from "../rule";
import { text } from "../tables";
import { allowCommand, deployCommand, pages, rollbackCommand, twoSteps, whyReplaced } from "../ways-out";

/** What a resource holds that its replacement does not. Keys have a rule of their own. */
const holders: Readonly<Record<string, string>> = {
  aws_dynamodb_table: "its items",
  aws_dynamodb_table_replica: "the copy's items, until they have been copied again",
  aws_sqs_queue: "the messages that nobody has looked at yet, dead letters among them",
  aws_cloudwatch_log_group: "its logs",
  aws_cloudwatch_event_archive: "its events",
  aws_kinesis_stream: "the records that nobody has read yet",
  aws_s3_bucket: "its objects",
  aws_secretsmanager_secret: "the secret's value",
};

export const replacesData: Rule = {
  id: "replaces-data",
  title: "A resource that holds data is replaced: its name, its keys or a local index change",
  find: (plan) =>
    plan.changes.flatMap((change) => {
      const lost = holders[change.type];
      if (lost === undefined) return [];
      if (change.action === "replace") return [replaced(plan, change, lost)];
      const next = plan.changes.find((other) => takesOver(other, change));
      return next === undefined ? [] : [moved(plan, change, next, lost)];
    }),
};

/** The same name under another logical id, which for Terraform is another resource. */
const takesOver = (next: PlannedChange, { action, type, before }: PlannedChange): boolean =>
  action === "delete" &&
  next.action === "create" &&
  next.type === type &&
  text(before?.["name"]) !== undefined &&
  next.after?.["name"] === before?.["name"];

function moved(
  plan: PlannedStack,
  { type, address, before }: PlannedChange,
  next: PlannedChange,
  lost: string,
): Finding {
  const name = text(before?.["name"]) ?? address;
  return {
    subject: type === "aws_dynamodb_table" ? name : address,
    reason:
      `The plan destroys ${name} as ${address} and creates it anew as ${next.address}, since its logical id has ` +
      `changed: it loses ${lost}.`,
    wayOut: twoSteps(
      `give it back the logical id ${address.split(".").at(-1) ?? address} (overrideLogicalId)`,
      deployCommand(plan),
      pages.keys,
    ),
  };
}

function replaced(
  plan: PlannedStack,
  { type, address, before, after, replacedBy, isTainted }: PlannedChange,
  lost: string,
): Finding {
  const isTable = type === "aws_dynamodb_table";
  const name = text(before?.["name"]) ?? address;
  const subject = isTable ? name : address;
  const changes = replacedBy.map((path) => `${path}${valuesAt(path)}`);
  return {
    subject,
    reason: `The plan replaces ${name}, because ${whyReplaced(changes, isTainted)}: it loses ${lost}.`,
    wayOut: isTable
      ? twoSteps(
          "declare a second table, deploy it, copy the items, move the readers and writers",
          `${rollbackCommand(plan, name)}, and then remove its file`,
          pages.keys,
        )
      : twoSteps(`read or copy what ${name} holds`, allowCommand(plan, subject), pages.keys),
  };

  function valuesAt(path: string): string {
    const [from, to] = [before, after].map((values) => text(values?.[path]));
    return from === undefined || to === undefined ? "" : ` (${from} → ${to})`;
  }
}
