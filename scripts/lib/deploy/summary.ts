/** What a plan does, per stack and per table: one model for the terminal, for pipelines and for machines. */

import type { StackId } from "../../../stacks/naming";
import { tablesOf } from "../../../tables/catalogue";
import { tableName } from "../../../tables/naming";
import { attributeChanges, type AttributeChange } from "../plan/attribute-changes";
import type { Adoption, PlannedAction, PlannedChange, PlannedStack } from "../plan/planned-stack";

/** How many resources a plan changes, by what it does to them. */
export type Counts = Readonly<Record<PlannedAction, number>>;

export interface ChangeSummary {
  readonly address: string;
  readonly type: string;
  readonly logicalId: string;
  readonly action: PlannedAction;
  /** Its creation was cut off, so that Terraform plans it anew. */
  readonly isTainted: boolean;
  /** Of an update or a replacement; sensitive values are hidden. */
  readonly attributes: readonly AttributeChange[];
}

export interface TableSummary {
  /** Physical name. */
  readonly table: string;
  /** The table's own and its autoscaling's. */
  readonly changes: readonly ChangeSummary[];
}

export interface StackSummary {
  readonly stack: StackId;
  readonly isEmpty: boolean;
  readonly counts: Counts;
  readonly tables: readonly TableSummary[];
  /** Of no table: keys, policies, everything of services. */
  readonly others: readonly ChangeSummary[];
  readonly adopted: readonly Adoption[];
  /** Addresses that others have changed since the last apply. */
  readonly drift: readonly string[];
  /** Names of outputs that change. */
  readonly outputs: readonly string[];
}

export function summarize(plan: PlannedStack): StackSummary {
  const { stack, isEmpty, changes, adopted = [], drift, outputs } = plan;
  const counts = { create: 0, update: 0, replace: 0, delete: 0, forget: 0 };
  const names = tablesBeforeAndAfter(plan);
  const byTable = new Map<string, ChangeSummary[]>();
  const others: ChangeSummary[] = [];
  for (const change of changes) {
    counts[change.action] += 1;
    const id = tableIdOf(change);
    const table = id === undefined ? undefined : names.get(id);
    if (table === undefined) others.push(summaryOf(change));
    else byTable.set(table, [...(byTable.get(table) ?? []), summaryOf(change)]);
  }
  return {
    stack,
    isEmpty,
    counts,
    tables: [...byTable].map(([table, ofTable]) => ({ table, changes: ofTable })),
    others,
    adopted,
    // What only the provider writes otherwise says nothing.
    drift: drift.filter((change) => attributeChanges(change).length > 0).map(({ address }) => address),
    outputs,
  };
}

/** Physical names by the tables' logical ids: those of the catalogue, and those that the plan takes away. */
function tablesBeforeAndAfter({ system, environment, changes }: PlannedStack): ReadonlyMap<string, string> {
  const declared = tablesOf(system).map((spec) => [spec.id, tableName(spec, environment)] as const);
  const gone = changes.flatMap(({ type, logicalId, before }) =>
    type === "aws_dynamodb_table" && typeof before?.["name"] === "string"
      ? [[logicalId, before["name"]] as const]
      : [],
  );
  return new Map([...gone, ...declared]);
}

const belongings = new Set(["aws_dynamodb_table", "aws_appautoscaling_target", "aws_appautoscaling_policy"]);

/** What belongs to a table has its logical id before two underscores (stacks/naming.ts, scalingId). */
const tableIdOf = ({ type, logicalId }: PlannedChange): string | undefined =>
  belongings.has(type) ? logicalId.split("__")[0] : undefined;

const summaryOf = (change: PlannedChange): ChangeSummary => ({
  address: change.address,
  type: change.type,
  logicalId: change.logicalId,
  action: change.action,
  isTainted: change.isTainted === true,
  attributes: attributeChanges(change),
});

const words: Readonly<Record<PlannedAction, string>> = {
  create: "to create",
  update: "to change",
  replace: "to replace",
  delete: "to destroy",
  forget: "to let go",
};

/** Such as `4 to create, 1 to change`. */
export function describeCounts({ isEmpty, counts, adopted }: StackSummary): string {
  if (isEmpty) return "no changes";
  const parts = (Object.keys(words) as PlannedAction[])
    .filter((action) => counts[action] > 0)
    .map((action) => `${counts[action]} ${words[action]}`);
  if (adopted.length > 0) parts.unshift(`${adopted.length} to adopt`);
  return parts.length === 0 ? "outputs to change" : parts.join(", ");
}

/** Resources of one type that come or go have nothing to tell but their names: they share a line. */
export type ChangeLine =
  | { readonly kind: "one"; readonly change: ChangeSummary }
  | {
      readonly kind: "several";
      readonly action: PlannedAction;
      readonly type: string;
      readonly names: readonly string[];
    };

export function changeLines(changes: readonly ChangeSummary[]): readonly ChangeLine[] {
  const groups = new Map<string, ChangeSummary[]>();
  for (const change of changes) {
    const isPlain = change.action === "create" || change.action === "delete";
    const key = isPlain ? `${change.action} ${change.type}` : change.address;
    groups.set(key, [...(groups.get(key) ?? []), change]);
  }
  return [...groups.values()].flatMap((group): readonly ChangeLine[] => {
    const [first] = group;
    if (first === undefined || group.length === 1) return group.map((change) => ({ kind: "one", change }));
    const { action, type } = first;
    return [{ kind: "several", action, type, names: group.map(({ logicalId }) => logicalId) }];
  });
}
