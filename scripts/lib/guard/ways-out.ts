/** The commands that a refusal points at. */

import type { PlannedStack } from "../plan/planned-stack";

export const pages = {
  change: "docs/runbooks/change-a-table.md",
  destroy: "docs/runbooks/destroy-tables.md",
} as const;

export const deployCommand = ({ environment, stack }: PlannedStack): string =>
  `npm run deploy -- --env ${environment} ${stack}`;

export const allowCommand = (plan: PlannedStack, subject: string): string =>
  `${deployCommand(plan)} --allow "${subject}:<reason>"`;

/** One deployment that takes the protection of a table off and changes nothing else. */
export const releaseCommand = (plan: PlannedStack, table: string): string =>
  `RELEASE_PROTECTION=${table} ${deployCommand(plan)}`;

/** The guided way: a backup, the protection of the named table off, its destruction. */
export const rollbackCommand = ({ environment, stack }: PlannedStack, table: string): string =>
  `npm run rollback -- --env ${environment} ${stack} --table ${table} --backup on-demand`;
