/** The guard: reads what Terraform plans, and refuses what loses data, stops an application or opens a table. */

import type { PlannedStack } from "../plan/planned-stack";
import type { GuardContext, Rule } from "./rule";
import { rules as everyRule } from "./rules";
import type { Permitted, Refusal, Verdict } from "./verdict";

export type { GuardContext } from "./rule";
export { parseAllowance, unusedAllowances } from "./verdict";

/**
 * Judges a plan by every rule. Pure: what the rules need of AWS is in the context (live.ts).
 *
 * @throws RangeError when the plan is another environment's than the context.
 */
export function judge(
  plan: PlannedStack,
  context: GuardContext,
  rules: readonly Rule[] = everyRule,
): Verdict {
  if (plan.environment !== context.environment.name) {
    throw new RangeError(`The plan of ${plan.stack} is judged as one of ${context.environment.name}.`);
  }
  const refusals: Refusal[] = [];
  const permitted: Permitted[] = [];
  for (const rule of rules) {
    for (const finding of rule.find(plan, context)) {
      const refusal = { rule: rule.id, ...finding };
      const allowance = context.allowances.find(({ subject }) => subject === finding.subject);
      if (allowance === undefined) refusals.push(refusal);
      else permitted.push({ ...refusal, because: allowance.reason });
    }
  }
  return { stack: plan.stack, refusals, permitted };
}
