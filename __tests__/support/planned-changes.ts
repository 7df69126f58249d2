/** Plans of agent-matching in staging, for the guard's rules. */

import type { GuardContext } from "../../scripts/lib/guard/rule";
import { judge } from "../../scripts/lib/guard/judge";
import type { RuleId } from "../../scripts/lib/guard/verdict";
import type { PlannedChange, PlannedStack, Values } from "../../scripts/lib/plan/planned-stack";
import { loadEnvironments } from "../../stacks/environments";
import { localAccountId } from "../../stacks/local-endpoint";
import type { StackId } from "../../stacks/naming";
import { change, plannedStack } from "./planned";

export const planOf = (stack: StackId, ...changes: readonly PlannedChange[]): PlannedStack =>
  plannedStack(stack, changes);

export const changeOf = (
  type: string,
  { action, ...rest }: Partial<PlannedChange> & Pick<PlannedChange, "action">,
  logicalId = "agent-profiles",
): PlannedChange => change(`${type}.${logicalId}`, action, rest);

const table = { name: "agent-profiles-staging", hash_key: "agent_id" };

/** An update of the table agent-profiles-staging. */
export const tableUpdate = (before: Values, after: Values, unknown: Values = {}): PlannedChange =>
  changeOf("aws_dynamodb_table", {
    action: "update",
    before: { ...table, ...before },
    after: { ...table, ...after },
    unknown,
  });

/** The context of staging, in the account 123456789012. */
export const guardContext = (changes: Partial<GuardContext> = {}): GuardContext => ({
  environment: loadEnvironments({}).staging,
  accountId: localAccountId,
  allowances: [],
  now: new Date("2026-11-20T12:00:00Z"),
  lastOnDemand: new Map(),
  ...changes,
});

/** The rules that refuse changes of agent-matching's tables in staging, each once and sorted. */
export const refusing = (...changes: readonly PlannedChange[]): readonly RuleId[] => {
  const { refusals } = judge(planOf("agent-matching-tables-staging", ...changes), guardContext());
  return [...new Set(refusals.map(({ rule }) => rule))].sort();
};
