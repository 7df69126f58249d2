/** Billing modes. */

import type { PlannedStack } from "../../plan/planned-stack";
import { switchesToOnDemand } from "../live";
import type { Finding, GuardContext, Rule } from "../rule";
import { tableUpdates, type TableUpdate } from "../tables";
import { allowCommand, deployCommand, pages, twoSteps } from "../ways-out";

/**
 * AWS: "Service, account, and table quotas": a table is switched to on-demand up to four times in 24 hours, and
 * back at any time. DescribeTable tells the last switch alone, so a second one within 24 hours may be the fifth.
 */
const allowed = { switches: 4, hours: 24 };
const hour = 3_600_000;

export const switchesBillingOften: Rule = {
  id: "switches-billing-often",
  title: "A table is switched to on-demand a second time in 24 hours",
  find: (plan, context) =>
    tableUpdates(plan)
      .filter(switchesToOnDemand)
      .flatMap((update) => switchedLately(plan, update, context)),
};

function switchedLately(
  plan: PlannedStack,
  { table }: TableUpdate,
  { lastOnDemand, now }: GuardContext,
): readonly Finding[] {
  const last = lastOnDemand.get(table);
  if (last === undefined || now.getTime() - last.getTime() >= allowed.hours * hour) return [];
  const free = new Date(last.getTime() + allowed.hours * hour);
  return [
    {
      subject: table,
      reason:
        `The plan switches ${table} to on-demand, and the last switch was at ${last.toISOString()}. AWS allows ` +
        `${allowed.switches} in ${allowed.hours} hours and tells only the last one, so this may be one too many.`,
      wayOut: twoSteps(
        `wait until ${free.toISOString()}, ${deployCommand(plan)}`,
        `or, when it was switched fewer than ${allowed.switches} times, ${allowCommand(plan, table)}`,
        pages.capacity,
      ),
    },
  ];
}

export const startsWithOneUnit: Rule = {
  id: "starts-with-one-unit",
  title: "A table becomes provisioned and autoscaled in one step",
  find: (plan) =>
    tableUpdates(plan)
      .filter(
        ({ before, after }) =>
          before["billing_mode"] === "PAY_PER_REQUEST" && after["billing_mode"] === "PROVISIONED",
      )
      .filter((update) => unitsOf(update).some((units) => units < 1))
      .map((update) => ({
        subject: update.table,
        reason:
          `The plan makes ${update.table} provisioned and autoscaled in one step: Terraform ignores the units of an ` +
          "autoscaled table, so it starts with 1 and throttles until it has been scaled.",
        wayOut: twoSteps(
          `provisioned without autoscaling, ${deployCommand(plan)}`,
          `autoscaling, ${deployCommand(plan)}`,
          pages.capacity,
        ),
      })),
};

/** Those of an on-demand table are 0, and stay so in a plan that ignores them. */
const unitsOf = ({ after }: TableUpdate): readonly number[] =>
  ["read_capacity", "write_capacity"].map((name) => Number(after[name] ?? 0));
