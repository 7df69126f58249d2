/** What the authors of a change permit: lines `Allow-Plan: <table>:<reason>` at the end of a commit's message. */

import type { ReviewedPlans } from "../deploy/reviewed-record";
import { parseAllowance } from "../guard/verdict";

/**
 * The allowances whose subject a plan refuses, each once: a commit permits a table of every environment, and a plan
 * has those of one. An allowance that is used up is left out for the same reason.
 *
 * @param lines values of the trailer, one a line.
 * @param plans the document `plans.json`.
 * @throws CouldNotTell for a value in another form.
 */
export function allowancesFor(lines: string, plans: string): readonly string[] {
  const { stacks } = JSON.parse(plans) as Pick<ReviewedPlans, "stacks">;
  const refused = new Set(stacks.flatMap(({ verdict }) => verdict.refusals.map(({ subject }) => subject)));
  const values = lines
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  // Of two for one table, the later commit's comes first.
  const bySubject = new Map(values.reverse().map((value) => [parseAllowance(value).subject, value]));
  return [...bySubject].filter(([subject]) => refused.has(subject)).map(([, value]) => value);
}
