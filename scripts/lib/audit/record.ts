/** One call in a trail's records (CloudTrail: "CloudTrail record contents for data events"). */

import * as v from "valibot";

export interface AuditedCall {
  /** ISO 8601, UTC. */
  readonly time: string;
  /** Such as `UpdateItem`. */
  readonly call: string;
  readonly kind: "read" | "write";
  /** ARN of the user or of the role's session; a service's name where AWS called itself. */
  readonly who: string;
  /** Address, or name of the AWS service, that it came from. */
  readonly from: string;
  /** Why DynamoDB refused it. */
  readonly error?: string;
  /** Names of the tables. */
  readonly tables: readonly string[];
}

const record = v.object({
  eventTime: v.string(),
  eventName: v.string(),
  readOnly: v.optional(v.boolean()),
  userIdentity: v.object({
    arn: v.optional(v.string()),
    invokedBy: v.optional(v.string()),
    type: v.optional(v.string()),
  }),
  sourceIPAddress: v.optional(v.string()),
  errorCode: v.optional(v.string()),
  requestParameters: v.optional(v.nullable(v.unknown())),
  resources: v.optional(v.array(v.object({ type: v.optional(v.string()), ARN: v.optional(v.string()) }))),
});
const file = v.object({ Records: v.array(record) });

/**
 * The calls of a file of records; of an item, those whose parameters name it.
 *
 * @param item a value of the item's key, as the application has it.
 * @throws SyntaxError or ValiError for what is no file of records.
 */
export function readCalls(text: string, item: string | undefined): readonly AuditedCall[] {
  return v
    .parse(file, JSON.parse(text))
    .Records.filter(({ requestParameters }) => item === undefined || holds(requestParameters, item))
    .map((one) => ({
      time: one.eventTime,
      call: one.eventName,
      kind: one.readOnly === true ? "read" : "write",
      who: one.userIdentity.arn ?? one.userIdentity.invokedBy ?? one.userIdentity.type ?? "unknown",
      from: one.sourceIPAddress ?? "unknown",
      ...(one.errorCode !== undefined && { error: one.errorCode }),
      tables: (one.resources ?? []).flatMap(({ type, ARN }) =>
        type === "AWS::DynamoDB::Table" ? [ARN?.split("/").at(-1) ?? ""] : [],
      ),
    }));
}

/** Keys are nested in calls of several items. */
function holds(value: unknown, item: string): boolean {
  if (typeof value === "string" || typeof value === "number") return String(value) === item;
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).some((inner) => holds(inner, item));
}
