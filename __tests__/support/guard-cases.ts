/** A plan's worth of cases for the guard: each has resources of its own, so that one plan holds them all. */

import type { RuleId } from "../../scripts/lib/guard/verdict";
import type { PlannedStack } from "../../scripts/lib/plan/planned-stack";
import type { Block, StackDocument } from "./synthesis";

/** Resources as Terraform's JSON has them: by type and logical id. */
export type Resources = Readonly<Record<string, Readonly<Record<string, Block>>>>;

export interface GuardCase {
  /** The prefix of its resources' logical ids. */
  readonly id: string;
  readonly title: string;
  /** What is there before, and what is planned. */
  readonly applied: Resources;
  readonly planned: Resources;
  /** Leave the state without being destroyed. */
  readonly forgotten?: readonly string[];
  /** The rules that refuse it; those that it nearly misses. */
  readonly refusedBy: readonly RuleId[];
  readonly nearly: readonly RuleId[];
}

/** The plan of a case alone. */
export const sliceOf = (plan: PlannedStack, { id }: GuardCase): PlannedStack => ({
  ...plan,
  changes: plan.changes.filter(({ logicalId }) => logicalId === id || logicalId.startsWith(`${id}__`)),
});

/** A stack with the cases' resources beside its own. */
export function withCases(
  document: StackDocument,
  cases: readonly GuardCase[],
  phase: "applied" | "planned",
): StackDocument {
  const resource = merged(document.resource, ...cases.map((one) => one[phase]));
  const removed = cases.flatMap(({ forgotten = [] }) =>
    forgotten.map((from) => ({ from, lifecycle: [{ destroy: false }] })),
  );
  return { ...document, resource, ...(phase === "planned" && { removed }) };
}

export const table = (id: string, block: Block): Resources => ({ aws_dynamodb_table: { [id]: block } });

export interface IndexShape {
  readonly name: string;
  readonly hash_key: string;
  readonly range_key?: string;
  readonly projection_type?: string;
  readonly non_key_attributes?: readonly string[];
  readonly read_capacity?: number;
  readonly write_capacity?: number;
}

/** A real table's block under another name: on-demand and not protected, unless it is said. */
export function tableLike(template: Block, name: string, changes: Block = {}): Block {
  const rest = Object.fromEntries(Object.entries(template).filter(([name]) => !name.endsWith("_capacity")));
  const block: Block = {
    ...rest,
    name: `${name}-staging`,
    billing_mode: "PAY_PER_REQUEST",
    deletion_protection_enabled: false,
    global_secondary_index: [],
    lifecycle: {},
    ...changes,
  };
  return { ...block, attribute: keysOf(block).map((key) => ({ name: key, type: "S" })) };
}

export const index = (name: string, changes: Partial<IndexShape> = {}): IndexShape => ({
  name,
  hash_key: "agent_id",
  projection_type: "ALL",
  ...changes,
});

/** Terraform takes those attributes that are keys, and no other. */
function keysOf(block: Block): readonly string[] {
  const indexes = [block["global_secondary_index"], block["local_secondary_index"]].flatMap(
    (list) => (list ?? []) as readonly Partial<IndexShape>[],
  );
  const keys = [
    block["hash_key"] as string,
    block["range_key"] as string | undefined,
    ...indexes.flatMap(({ hash_key, range_key }) => [hash_key, range_key]),
  ];
  return [...new Set(keys.filter((key) => key !== undefined))];
}

/** A bucket's, queue's or table's policy that lets one principal do one thing. */
export const policy = (
  principal: unknown,
  action: string,
  condition?: object,
  target: string | undefined = "*",
): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Shared",
        Effect: "Allow",
        Principal: principal,
        Action: action,
        ...(target && { Resource: target }),
        ...(condition && { Condition: condition }),
      },
    ],
  });

/** Resources of the same type do not push each other out. */
export function merged(...parts: readonly Resources[]): Resources {
  const all: Record<string, Record<string, Block>> = {};
  for (const [type, ofType] of parts.flatMap((part) => Object.entries(part))) {
    all[type] = { ...all[type], ...ofType };
  }
  return all;
}

export const refused = (
  id: string,
  title: string,
  refusedBy: readonly RuleId[],
  applied: Resources,
  planned: Resources,
): GuardCase => ({ id, title, applied, planned, refusedBy, nearly: [] });

export const through = (
  id: string,
  title: string,
  nearly: readonly RuleId[],
  applied: Resources,
  planned: Resources,
): GuardCase => ({ id, title, applied, planned, refusedBy: [], nearly });
