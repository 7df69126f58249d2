/** What makes an audit trail record less, or its records go. Replacing their bucket is refused as for all that holds data. */

import type { Json, PlannedChange, PlannedStack, Values } from "../../plan/planned-stack";
import type { Finding, Rule } from "../rule";
import { blocks, isValues, text } from "../tables";
import { allowCommand, pages, twoSteps } from "../ways-out";

export const losesAuditRecords: Rule = {
  id: "loses-audit-records",
  title: "In a protected environment, an audit trail records less, or its records go sooner",
  find: (plan, { environment }) =>
    environment.protected
      ? plan.changes.flatMap((change) => lossesOf(change).map((loss) => finding(plan, change, loss)))
      : [],
};

const finding = (plan: PlannedStack, { address }: PlannedChange, loss: string): Finding => ({
  subject: address,
  reason: `The plan ${loss}. What happened to items is then not to be found, and ${plan.environment} is protected.`,
  wayOut: twoSteps(
    "copy the records that somebody may ask for to where they stay, and tell who answers for the audit",
    allowCommand(plan, address),
    pages.auditTrail,
  ),
});

/** What a change does, after "the plan". */
function lossesOf(change: PlannedChange): readonly string[] {
  switch (change.type) {
    case "aws_cloudtrail":
      return ofTrail(change);
    case "aws_s3_bucket":
      return ofBucket(change);
    case "aws_s3_bucket_policy":
      return ofPolicy(change);
    case "aws_s3_bucket_public_access_block":
      return ofAccess(change);
    case "aws_s3_bucket_lifecycle_configuration":
      return ofRetention(change);
    case "aws_s3_bucket_server_side_encryption_configuration":
      return ofEncryption(change);
    default:
      return [];
  }
}

const isOn = (values: Values | undefined, name: string): boolean => values?.[name] === true;
const isLeft = ({ action }: PlannedChange): boolean => action === "delete" || action === "forget";

function ofTrail(change: PlannedChange): readonly string[] {
  const { action, address, before, after, unknown } = change;
  if (isLeft(change) || action === "replace") return [`takes the trail ${address} away`];
  if (action !== "update") return [];
  const lost: string[] = [];
  if (isOn(before, "enable_logging") && !isOn(after, "enable_logging")) lost.push("stops the trail");
  if (isOn(before, "enable_log_file_validation") && !isOn(after, "enable_log_file_validation")) {
    lost.push("lets records be changed without a trace (enable_log_file_validation)");
  }
  if (text(before?.["kms_key_id"]) && !text(after?.["kms_key_id"]) && unknown["kms_key_id"] !== true) {
    lost.push("takes the key from records to come (kms_key_id)");
  }
  const [from, to] = [before, after].map((values) => text(values?.["s3_bucket_name"]));
  if (from !== undefined && from !== to) {
    lost.push(`sends records to ${to ?? "a bucket that is not known yet"} in place of ${from}`);
  }
  const left = recorded(after);
  const missing = recorded(before).filter((one) => !left.some((other) => covers(other, one)));
  if (missing.length > 0) {
    const what = missing.map(({ mode, arn }) => `${mode}s of ${arn === any ? "all tables" : arn}`);
    lost.push(`no longer records ${what.join(", ")}`);
  }
  return lost;
}

/** Calls of one kind on one table; `narrowedTo` where only some of them. */
interface Recorded {
  readonly arn: string;
  readonly mode: "read" | "write";
  readonly narrowedTo: string;
}

const any = "*";
const covers = (one: Recorded, other: Recorded): boolean =>
  (one.arn === any || one.arn === other.arn) &&
  one.mode === other.mode &&
  (one.narrowedTo === "" || one.narrowedTo === other.narrowedTo);

/** CloudTrail: AdvancedFieldSelector; of a selector all fields have to hold. */
function recorded(values: Values | undefined): readonly Recorded[] {
  return blocks(values, "advanced_event_selector").flatMap((selector) => {
    const fields = blocks(selector, "field_selector");
    const equal = (name: string) =>
      fields.filter(({ field }) => field === name).flatMap(({ equals }) => texts(equals));
    if (!equal("resources.type").includes("AWS::DynamoDB::Table")) return [];
    const known = new Set(["eventCategory", "resources.type", "readOnly"]);
    const isExact = (one: Values) => one["field"] === "resources.ARN" && texts(one["equals"]).length > 0;
    const others = fields.filter((one) => !known.has(text(one["field"]) ?? "") && !isExact(one));
    const narrowedTo = others.length === 0 ? "" : JSON.stringify(others);
    const [arns, readOnly] = [equal("resources.ARN"), equal("readOnly")];
    const modes = (["read", "write"] as const).filter(
      (mode) => readOnly.length === 0 || readOnly.includes(String(mode === "read")),
    );
    return (arns.length === 0 ? [any] : arns).flatMap((arn) =>
      modes.map((mode) => ({ arn, mode, narrowedTo })),
    );
  });
}

const texts = (value: Json | undefined): readonly string[] =>
  Array.isArray(value) ? (value as readonly Json[]).filter((one) => typeof one === "string") : [];

function ofBucket(change: PlannedChange): readonly string[] {
  const { address, action, before, after } = change;
  if (isLeft(change)) return [`takes ${text(before?.["bucket"]) ?? address} away, with all records`];
  if (action === "update" && !isOn(before, "force_destroy") && isOn(after, "force_destroy")) {
    return ["lets the bucket be destroyed with its records (force_destroy)"];
  }
  return [];
}

function ofPolicy(change: PlannedChange): readonly string[] {
  const { action, before, after, unknown } = change;
  if (isLeft(change)) return ["takes away the policy that keeps records from being deleted"];
  // One that is not known yet is refused as possibly public.
  if ((action !== "update" && action !== "replace") || unknown["policy"] === true) return [];
  const left = denials(after);
  const lifted = denials(before).filter(({ statement }) => !left.some((one) => one.statement === statement));
  return lifted.map(({ sid }) => `lifts or changes what the bucket's policy denies (${sid})`);
}

function denials(
  values: Values | undefined,
): readonly { readonly sid: string; readonly statement: string }[] {
  let document: Json;
  try {
    document = JSON.parse(text(values?.["policy"]) ?? "{}") as Json;
  } catch {
    return [];
  }
  const all = isValues(document) ? document["Statement"] : undefined;
  return [all ?? []]
    .flat()
    .filter(isValues)
    .filter(({ Effect }) => Effect === "Deny")
    .map((statement) => ({ sid: text(statement["Sid"]) ?? "a statement", statement: sorted(statement) }));
}

/** AWS gives the elements of a policy back in an order of its own, and a list of one as its only value. */
function sorted(value: Json): string {
  if (Array.isArray(value)) {
    const list = (value as readonly Json[]).map(sorted).sort();
    return list.length === 1 ? (list[0] ?? "") : `[${list.join()}]`;
  }
  if (!isValues(value)) return JSON.stringify(value);
  const entries = Object.entries(value).map(([name, inner]) => `${name}:${sorted(inner)}`);
  return `{${entries.sort().join()}}`;
}

const blockings = [
  "block_public_acls",
  "block_public_policy",
  "ignore_public_acls",
  "restrict_public_buckets",
] as const;

function ofAccess(change: PlannedChange): readonly string[] {
  const { action, before, after } = change;
  if (isLeft(change)) return ["no longer blocks public access to records"];
  if (action !== "update") return [];
  const lifted = blockings.filter((name) => isOn(before, name) && !isOn(after, name));
  return lifted.length === 0 ? [] : [`no longer blocks public access to records (${lifted.join(", ")})`];
}

/** Without a rule records are kept for ever: only money is lost. */
function ofRetention({ action, before, after }: PlannedChange): readonly string[] {
  if (action !== "update" && action !== "replace") return [];
  const [from, to] = [before, after].map(keptDays);
  if (from === undefined || to === undefined || to >= from) return [];
  return [`keeps records for ${to} days in place of ${from === Infinity ? "always" : from}`];
}

const keptDays = (values: Values | undefined): number =>
  Math.min(
    Infinity,
    ...blocks(values, "rule")
      .filter(({ status }) => status === "Enabled")
      .flatMap((rule) => blocks(rule, "expiration"))
      .flatMap(({ days }) => (typeof days === "number" && days > 0 ? [days] : [])),
  );

function ofEncryption(change: PlannedChange): readonly string[] {
  const { action, before, after } = change;
  const [was, is] = [before, after].map((values) =>
    blocks(values, "rule")
      .flatMap((rule) => blocks(rule, "apply_server_side_encryption_by_default"))
      .some(({ sse_algorithm }) => sse_algorithm === "aws:kms"),
  );
  return was === true && (isLeft(change) || (action === "update" && is !== true))
    ? ["no longer encrypts the bucket with a key of ours"]
    : [];
}
