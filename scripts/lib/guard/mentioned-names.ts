/** Which names a resource's values mention: its own, those in ARNs, and those that stand alone. */

import { isValues } from "./tables";
import type { Json, Values } from "../plan/planned-stack";
import type { NameKind } from "./environment-names";

export interface Mention {
  readonly kind: NameKind;
  /** A pattern with `*` and `?` where a policy has one. */
  readonly name: string;
  /** The attribute, such as `environment.0.variables.TABLE_NAME`. */
  readonly path: string;
}

/** Attributes that hold a name and nothing else. */
const namedBy: Readonly<Record<string, Readonly<Record<string, NameKind>>>> = {
  aws_apigatewayv2_api: { name: "api" },
  aws_bedrockagent_agent: { agent_name: "agent" },
  aws_bedrockagent_agent_alias: { agent_alias_name: "agent-alias" },
  aws_cloudtrail: { name: "trail" },
  aws_cloudwatch_dashboard: { dashboard_name: "dashboard" },
  aws_cloudwatch_log_group: { name: "log-group" },
  aws_cloudwatch_metric_alarm: { alarm_name: "alarm" },
  aws_dynamodb_table: { name: "table" },
  aws_iam_policy: { name: "policy" },
  aws_iam_role: { name: "role" },
  aws_iam_role_policy: { role: "role" },
  aws_iam_role_policy_attachment: { role: "role" },
  aws_kms_alias: { name: "alias" },
  aws_lambda_function: { function_name: "function" },
  aws_lambda_function_event_invoke_config: { function_name: "function" },
  aws_lambda_permission: { function_name: "function" },
  aws_scheduler_schedule: { group_name: "schedule-group", name: "function" },
  aws_scheduler_schedule_group: { name: "schedule-group" },
  aws_sfn_state_machine: { name: "state-machine" },
  aws_sns_topic: { name: "topic" },
  aws_sqs_queue: { name: "queue" },
};

/** How the resources of each kind are written in an ARN's last part. */
const inArns: readonly (readonly [RegExp, NameKind])[] = [
  [/^dynamodb:table\/([\w.*?-]+)/, "table"],
  [/^lambda:function:([\w*?-]+)/, "function"],
  [/^iam:role\/(?:[^/]+\/)*([\w+=,.@*?-]+)$/, "role"],
  [/^iam:policy\/(?:[^/]+\/)*([\w+=,.@*?-]+)$/, "policy"],
  [/^kms:(alias\/[\w/*?-]+)$/, "alias"],
  [/^sqs:([\w*?-]+)$/, "queue"],
  [/^cloudtrail:trail\/([\w.*?-]+)$/, "trail"],
  [/^sns:([\w*?-]+)/, "topic"],
  [/^cloudwatch:alarm:([\w.*?-]+)/, "alarm"],
  [/^cloudwatch:dashboard\/([\w*?-]+)/, "dashboard"],
  [/^logs:log-group:([\w./#*?-]+)/, "log-group"],
  [/^states:(?:stateMachine|execution|express):([\w*?-]+)/, "state-machine"],
  [/^scheduler:schedule-group\/([\w.*?-]+)/, "schedule-group"],
  [/^scheduler:schedule\/([\w.*?-]+)/, "schedule-group"],
];

/** Kinds whose names are long enough to mean nothing else where they stand alone, as in a function's variables. */
const tellingAlone: readonly NameKind[] = ["alias", "function", "log-group", "queue", "table"];

const arn = /arn:[\w*-]+:([\w-]+):[\w*?-]*:[\d*?]*:([^\s"',\\]+)/g;
/** A queue by its URL, which has no name but the path's. */
const queueUrl = /^https?:\/\/[^/]+\/\d{12}\/([\w-]+)$/;
/** One name, or several in a function's variable. */
const listOfNames = /^[\w./,-]+$/;
/** Application Auto Scaling's ids. */
const scalable = /^table\/([\w.-]+)(?:\/index\/|$)/;
/** People's words, which may be about another environment. */
const words = new Set(["description", "tags", "tags_all", "instruction"]);
/** What a function calls itself in its logs: production's name of it, everywhere. */
const serviceName = ".POWERTOOLS_SERVICE_NAME";

/** The resource's own name, and those of what it is part of. */
export function* ownNames(type: string, values: Values | undefined): Iterable<Mention> {
  for (const [attribute, kind] of Object.entries(namedBy[type] ?? {})) {
    const name = values?.[attribute];
    if (typeof name === "string") yield { kind, name, path: attribute };
  }
}

export function* mentions(type: string, values: Values | undefined): Iterable<Mention> {
  yield* ownNames(type, values);
  for (const { path, value } of strings(values ?? {}, [])) {
    if (words.has(path.split(".")[0] ?? "") || path.endsWith(serviceName)) continue;
    // A pattern is one of names where it says of which kind; `*` alone may be of anything.
    const isPattern = /[*?]/.test(value) && !value.startsWith("alias/");
    const alone = isPattern ? [] : listOfNames.test(value) ? value.split(",") : [value];
    for (const kind of tellingAlone) yield* alone.map((name) => ({ kind, name, path }));
    const queue = queueUrl.exec(value)?.[1];
    if (queue !== undefined) yield { kind: "queue", name: queue, path };
    const table = scalable.exec(value)?.[1];
    if (table !== undefined) yield { kind: "table", name: table, path };
    for (const [, service = "", rest = ""] of value.matchAll(arn)) {
      for (const [pattern, kind] of inArns) {
        const name = pattern.exec(`${service}:${rest}`)?.[1];
        if (name !== undefined) yield { kind, name, path };
      }
    }
  }
}

function* strings(
  value: Json,
  path: readonly string[],
): Iterable<{ readonly path: string; readonly value: string }> {
  if (typeof value === "string") {
    yield { path: path.join("."), value };
    // Policies and definitions of workflows are JSON in a text: names stand alone in them, too.
    const inner = documentIn(value);
    if (inner !== undefined) yield* strings(inner, path);
  } else if (Array.isArray(value) || isValues(value)) {
    for (const [name, inner] of Object.entries(value as Values)) yield* strings(inner, [...path, name]);
  }
}

function documentIn(text: string): Json | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
