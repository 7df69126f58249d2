/** A services stack taken away: what can be rebuilt goes, and every table of the system stays as it is. */

import { parseStackId, type StackId } from "../../../stacks/naming";
import { tablesOf } from "../../../tables/catalogue";
import { CouldNotTell } from "../errors";
import type { RollbackContext, Result } from "./context";
import { requireDestructionOf } from "./plan-checks";
import { describePlan, requirePermission, StackWork } from "./planning";
import { describeWaiting, readWaiting } from "./queues";
import { describeItems, findLost, readStanding } from "./standing-tables";

/**
 * @throws Refused when the plan would touch more than a services stack has; CouldNotTell when a table is not what
 * it was before.
 */
export async function rollBackServices(stack: StackId, context: RollbackContext): Promise<Result> {
  const { environment, clients, signal, dryRun, tell, agrees } = context;
  const specs = tablesOf(parseStackId(stack).system);
  const before = await readStanding(clients, specs, environment.name, signal);
  return StackWork.on(stack, context, async (work) => {
    const plan = await work.plan("plan its destruction", { destroys: true });
    const counts = { stack, destroyed: plan.changes.length };
    if (plan.isEmpty) {
      return { outcome: "nothing to do", text: `Nothing of ${stack} is there.`, document: counts };
    }
    requireDestructionOf(plan, { specs: [], isWhole: false });
    tell(describePlan(plan));
    await requirePermission(plan, context);
    const waiting = await readWaiting(plan, context);
    for (const queue of waiting) tell(describeWaiting(queue));
    const document = { ...counts, queues: waiting };
    if (dryRun)
      return { outcome: "would change", text: "Nothing was changed: this was a dry run.", document };
    if (!(await agrees(`Destroy ${stack}?`, stack))) {
      return { outcome: "declined", text: "Nothing was changed.", document };
    }
    await work.apply("destroy", plan);
    const after = await readStanding(clients, specs, environment.name, signal);
    const lost = findLost(before, after);
    if (lost.length > 0) {
      throw new CouldNotTell(
        `${stack} is destroyed, and its plan held no table, but ${lost.join(", ")}: someone else changed that. ` +
          "See docs/runbooks/restore-a-table.md.",
      );
    }
    const tables = after.map(({ name, items }) => ({ name, items }));
    return {
      outcome: "rolled back",
      text: [
        `${stack} is destroyed.`,
        ...after.map((table) => `  ${table.name} stands as it was (${describeItems(table)}).`),
        `To have it back: npm run deploy -- --env ${environment.name} ${stack}`,
      ].join("\n"),
      document: { ...document, tables },
    };
  });
}
