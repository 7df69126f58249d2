/** What every rule of the guard is made of. */

import type { Environment } from "../../../stacks/environments";
import type { PlannedStack } from "../plan/planned-stack";
import type { Allowance, Refusal, RuleId } from "./verdict";

export interface GuardContext {
  readonly environment: Environment;
  readonly allowances: readonly Allowance[];
  readonly now: Date;
  /** When a table was last switched to on-demand, by physical name, as DescribeTable tells (live.ts). */
  readonly lastOnDemand: ReadonlyMap<string, Date>;
  /**
   * The account that answers; the environment's setting where it is left out. While neither is known, no
   * account that a policy names counts as another's.
   */
  readonly accountId?: string;
}

/** What a rule finds: its id is added by the judge. */
export type Finding = Omit<Refusal, "rule">;

export interface Rule {
  readonly id: RuleId;
  /** What it refuses, as the page has it. */
  readonly title: string;
  find(plan: PlannedStack, context: GuardContext): readonly Finding[];
}
