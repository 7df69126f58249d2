/** What a plan changes of a stack's monthly cost, as far as that is fixed. */

import type { StackId } from "../../../stacks/naming";
import type { PlannedStack } from "../plan/planned-stack";
import { tableCosts, type Range, type TableCost } from "./capacity-of";
import { fixedCost, fixedSubjects, fixedTypes, type Resource } from "./fixed";
import { minus, noMoney, sum, times, toCents, type Dollars } from "./money";
import { freeOfCharge, prices } from "./prices";

export interface CostLine {
  /** A table's physical name, or `keys`, `alarms`, `dashboards`. */
  readonly subject: string;
  readonly before: Range;
  readonly after: Range;
}

export interface UsageNote {
  /** A table's physical name, or a type of resources. */
  readonly subject: string;
  /** Goes on after the subject: `costs …`. */
  readonly note: string;
}

export interface CostChange {
  readonly stack: StackId;
  /** Of those that change alone. */
  readonly lines: readonly CostLine[];
  /** Of all that the plan looks at. */
  readonly before: Range;
  readonly after: Range;
  /** What the plan changes of costs that follow from use. */
  readonly usage: readonly UsageNote[];
  /** Resources that come or go and are in no figure, by type. */
  readonly notPriced: Readonly<Record<string, number>>;
}

/** They cost nothing themselves. Of any other type that is not priced, the change is told. */
const free = new Set([
  "aws_apigatewayv2_authorizer",
  "aws_apigatewayv2_integration",
  "aws_apigatewayv2_route",
  "aws_apigatewayv2_stage",
  "aws_appautoscaling_target",
  "aws_bedrockagent_agent_action_group",
  "aws_bedrockagent_agent_alias",
  "aws_iam_policy",
  "aws_iam_role",
  "aws_iam_role_policy",
  "aws_iam_role_policy_attachment",
  "aws_kms_alias",
  "aws_kms_key_policy",
  "aws_lambda_function_event_invoke_config",
  "aws_lambda_permission",
  "aws_s3_bucket_acl",
  "aws_s3_bucket_lifecycle_configuration",
  "aws_s3_bucket_logging",
  "aws_s3_bucket_object_lock_configuration",
  "aws_s3_bucket_ownership_controls",
  "aws_s3_bucket_policy",
  "aws_s3_bucket_public_access_block",
  "aws_s3_bucket_server_side_encryption_configuration",
  "aws_s3_bucket_versioning",
  "aws_scheduler_schedule_group",
  "aws_sns_topic_policy",
  "aws_sns_topic_subscription",
]);
const priced = new Set(["aws_dynamodb_table", ...fixedTypes]);

const hundredThousand = 100_000;
const per = (price: Dollars, count: number): string => toCents(times(price, count));

/** What is free itself and paid for by its use, or free up to a number that the account has: told once, as it comes. */
const byUse: Readonly<Record<string, string>> = {
  aws_cloudtrail: `costs ${per(prices.dataEvent, hundredThousand)} per hundred thousand data events`,
  aws_cloudwatch_dashboard: `is free for the account's first ${freeOfCharge.dashboards}, and priced here all the same`,
  aws_s3_bucket: "costs by what is stored in it and asked of it, which is not priced here",
  aws_sns_topic:
    `costs ${per(prices.mail, hundredThousand)} per hundred thousand e-mails, ` +
    `above the account's first ${freeOfCharge.mails} a month`,
};

const nothing: Range = { least: noMoney, most: noMoney };
const noTable: TableCost = { billing: "provisioned", range: nothing, isRecoverable: false };

/** The cost of a stack before and after a plan, in the prices of prices.ts. */
export function describeCostChange(plan: PlannedStack): CostChange {
  const [before, after] = [sideOf(plan, "before"), sideOf(plan, "after")];
  const [old, planned] = [tableCosts(before), tableCosts(after)];
  const names = [...new Set([...old.keys(), ...planned.keys()])].sort();
  const lines = [
    ...names.map((subject) => ({
      subject,
      before: old.get(subject)?.range ?? nothing,
      after: planned.get(subject)?.range ?? nothing,
    })),
    ...fixedSubjects.map((subject) => ({
      subject,
      before: exactRange(fixedCost(subject, before).month),
      after: exactRange(fixedCost(subject, after).month),
    })),
  ];
  return {
    stack: plan.stack,
    lines: lines.filter((line) => !isSame(line.before, line.after)),
    before: total(lines.map((line) => line.before)),
    after: total(lines.map((line) => line.after)),
    usage: [
      ...names.flatMap((name) => usageOf(name, old.get(name), planned.get(name))),
      ...usageOfTypes(plan),
    ],
    notPriced: countNotPriced(plan),
  };
}

/** A range's difference, bound by bound. */
export const difference = ({ before, after }: Pick<CostLine, "before" | "after">): Range => ({
  least: minus(after.least, before.least),
  most: minus(after.most, before.most),
});

export const total = (ranges: readonly Range[]): Range => ({
  least: sum(ranges.map(({ least }) => least)),
  most: sum(ranges.map(({ most }) => most)),
});

const isSame = (one: Range, other: Range): boolean => one.least === other.least && one.most === other.most;

/** What is only forgotten by Terraform stays, and is paid for. */
function sideOf({ kept, changes }: PlannedStack, side: "before" | "after"): readonly Resource[] {
  const changed = changes.flatMap(({ type, action, ...values }) => {
    const found = action === "forget" ? values.before : values[side];
    return found === undefined ? [] : [{ type, values: found }];
  });
  return [...kept, ...changed];
}

const exactRange = (month: Dollars): Range => ({ least: month, most: month });

const gone = "goes, and what its use cost";
const million = 1_000_000;
const requests =
  `${toCents(times(prices.writeRequest, million * 10))} per ten million writes and ` +
  `${toCents(times(prices.readRequest, million * 10))} per ten million reads`;

function usageOf(subject: string, before: TableCost = noTable, after?: TableCost): readonly UsageNote[] {
  const notes = after === undefined ? [gone] : [...usageNotes(before, after)];
  return notes.map((note) => ({ subject, note }));
}

function* usageNotes(before: TableCost, after: TableCost): Iterable<string> {
  if (before === noTable) yield `stores at ${toCents(prices.storedGigabyteMonth)} a gigabyte`;
  if (after.billing !== before.billing) {
    if (after.billing === "on-demand") yield `costs ${requests}`;
    if (before.billing === "on-demand") yield "is no more paid by request";
  }
  if (after.billing === "not priced") yield "has a table class that is not priced here";
  if (after.isRecoverable === before.isRecoverable) return;
  yield after.isRecoverable
    ? `costs ${toCents(prices.recoverableGigabyteMonth)} a gigabyte for point-in-time recovery`
    : "no more costs point-in-time recovery";
}

function usageOfTypes({ changes }: PlannedStack): readonly UsageNote[] {
  return Object.entries(byUse).flatMap(([subject, note]) => {
    const actions = new Set(changes.filter(({ type }) => type === subject).map(({ action }) => action));
    if (actions.has("create")) return [{ subject, note }];
    return actions.has("delete") && !priced.has(subject) ? [{ subject, note: gone }] : [];
  });
}

function countNotPriced({ changes }: PlannedStack): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { type, action } of changes) {
    if (action !== "create" && action !== "delete") continue;
    if (free.has(type) || priced.has(type) || type in byUse) continue;
    counts[type] = (counts[type] ?? 0) + 1;
  }
  return counts;
}
