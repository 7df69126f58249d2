/** A verification for machines: docs/verify.md has the schema. */

import { coverageOf, outcomeOf, type Verification } from "./verification";

/** Raised when a field of the JSON document changes its meaning or goes. */
export const schemaVersion = 2;

export const documentOf = (verification: Verification) => ({
  schemaVersion,
  environment: verification.environment,
  outcome: outcomeOf(verification),
  strict: verification.strict,
  coverage: coverageOf(verification),
  reports: verification.reports,
});
