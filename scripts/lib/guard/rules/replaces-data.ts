import type { PlannedChange, PlannedStack } from "../../plan/planned-stack";
import type { Finding, Rule } from "../rule";
import { text } from "../tables";
import { allowCommand, pages, rollbackCommand, twoSteps } from "../ways-out";

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
      return lost === undefined || change.action !== "replace" ? [] : [replaced(plan, change, lost)];
    }),
};

function replaced(
  plan: PlannedStack,
  { type, address, before, after, replacedBy }: PlannedChange,
  lost: string,
): Finding {
  const isTable = type === "aws_dynamodb_table";
  const name = text(before?.["name"]) ?? address;
  const subject = isTable ? name : address;
  const changes = replacedBy.map((path) => `${path}${valuesAt(path)}`);
  return {
    subject,
    reason: `The plan replaces ${name}, because of ${changes.join(", ")}: it loses ${lost}.`,
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
