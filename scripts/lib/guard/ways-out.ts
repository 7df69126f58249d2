/** The commands and the pages that a refusal points at. */

import type { PlannedStack } from "../plan/planned-stack";

/** Page and heading; a test holds that both exist. */
export const pages = {
  keys: "docs/runbooks/change-a-table.md#names-keys-and-local-indexes",
  indexes: "docs/runbooks/change-a-table.md#global-indexes",
  capacity: "docs/runbooks/change-a-table.md#capacity",
  timeToLive: "docs/runbooks/change-a-table.md#time-to-live",
  streams: "docs/runbooks/change-a-table.md#streams-and-copies",
  encryption: "docs/runbooks/change-a-table.md#encryption",
  destroy: "docs/runbooks/destroy-tables.md#destroying-a-protected-table",
  destroyOne: "docs/runbooks/destroy-tables.md#one-table-of-a-stack-that-stays",
  auditTrail: "docs/runbooks/audit-trail.md#what-the-guard-refuses",
  protection: "docs/guard.md#protection",
  policies: "docs/guard.md#public-policies",
  names: "docs/guard.md#names-of-another-environment",
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

/** After `because`: a replacement need not come of an attribute. */
export function whyReplaced(paths: readonly string[], isTainted = false): string {
  if (paths.length > 0) return `of ${paths.join(", ")}`;
  return isTainted
    ? "its creation was cut off, so that Terraform holds it for damaged (terraform untaint keeps it)"
    : "somebody asked for it (terraform plan -replace, replace_triggered_by)";
}

/** `(1) …, (2) …. See <page>.` */
export const twoSteps = (first: string, second: string, page: string): string =>
  `(1) ${first}, (2) ${second}. See ${page}.`;
