/** Plans written by hand, for what is pure. */

import type { PlannedAction, PlannedChange, PlannedStack } from "../../scripts/lib/plan/planned-stack";
import { parseStackId, type StackId } from "../../stacks/naming";

/** A planned change by its address. */
export function change(
  address: string,
  action: PlannedAction,
  rest: Partial<PlannedChange> = {},
): PlannedChange {
  const [type = "", logicalId = ""] = address.split(".");
  return { address, type, logicalId, action, unknown: {}, sensitive: {}, replacedBy: [], ...rest };
}

export const plannedStack = (
  stack: StackId,
  changes: readonly PlannedChange[],
  rest: Partial<PlannedStack> = {},
): PlannedStack => ({
  kept: [],
  stack,
  ...parseStackId(stack),
  isEmpty: changes.length === 0,
  changes,
  drift: [],
  outputs: [],
  ...rest,
});
