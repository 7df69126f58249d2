/** Verifications as the verifier finds them, with the values of real systems, and some that nobody should trust. */

import { findingsOf, type Difference, type Subject } from "../../scripts/lib/verify/finding";
import type { Verification } from "../../scripts/lib/verify/output/verification";
import type { Report } from "../../scripts/lib/verify/report";

const tables = "trade-status-tables-prod";
const services = "trade-status-services-prod";

const report = (subject: Subject, ...differences: readonly Difference[]): Report => ({
  ...subject,
  findings: findingsOf(subject, differences),
});

export const trade: Subject = {
  stack: tables,
  kind: "table",
  name: "ai-trade-matching-processing-status",
};

export const difference = (more: Partial<Difference> = {}): Difference => ({
  tier: "declared",
  path: "pointInTimeRecovery",
  expected: "ENABLED",
  actual: "DISABLED",
  remedy: "Deploy the table's stack.",
  ...more,
});

export const tableWith = (...differences: readonly Difference[]): Report => report(trade, ...differences);

export const inSpec: readonly Report[] = [
  tableWith(),
  report({ stack: services, kind: "function", name: "trade-status-read" }),
  { ...report({ stack: services, kind: "alarm", name: "trade-status-read-errors" }), state: "OK" },
];

/** As AWS gives it when somebody has set out to get something out of who reads it. */
export const hostile =
  "\u001b[2J::error::all good\r\n%0A</failure>]]>&amp;|@everyone <b>\u202e\u0000\ufffe\ud800";

export const denied = (path = "read"): Difference =>
  difference({
    tier: "unknown",
    path,
    expected: "an answer from AWS",
    actual: "AccessDeniedException: not authorized",
    remedy: "Check the rights.",
  });

export const verification = (
  reports: readonly Report[],
  more: Partial<Omit<Verification, "reports">> = {},
): Verification => ({ environment: "prod", strict: false, probed: false, notLookedAt: [], ...more, reports });
