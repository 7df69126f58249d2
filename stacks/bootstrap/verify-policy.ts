/**
 * What somebody has to be allowed who verifies an environment. The names are patterns where the pipeline's are: a
 * function that is added needs no new policy. Nothing is denied, other than to the pipeline: somebody who verifies
 * several environments has the policies of each.
 */

import { verifyPolicyName } from "../naming";
import { scopedStatements, type PipelineStatement } from "./pipeline-statements";
import { policyOfScope, type PolicyPart, type ScopeName, type ScopeProps } from "./scopes";
import { verifyActions } from "./verify-actions";

/** Two managed policies: IAM takes 6,144 characters each. */
export const verifyParts = ["tables", "services"] as const;
export type VerifyPart = (typeof verifyParts)[number];

/** Of what can be rebuilt; everything else is of the tables. */
const partsOfServices: ReadonlySet<PolicyPart> = new Set(["services", "workflows", "logs", "identities"]);

export function verifyStatements(part: VerifyPart, props: ScopeProps): readonly PipelineStatement[] {
  const scopes = (Object.keys(policyOfScope) as ScopeName[]).filter(
    (name) => partsOfServices.has(policyOfScope[name]) === (part === "services"),
  );
  return scopedStatements(verifyActions, scopes, props);
}

/** All of it as one document: a role takes it as a policy of its own, of 10,240 characters at most. */
export const verifyPolicy = (props: ScopeProps) => ({
  Version: "2012-10-17",
  Statement: verifyParts.flatMap((part) => verifyStatements(part, props)),
});

/** The managed policies of an environment, as the bootstrap makes them. */
export const verifyPolicies = (props: ScopeProps) =>
  verifyParts.map((part) => ({
    id: `verify_${part}`,
    name: verifyPolicyName(part, props.environment.name),
    description: `What verifying ${props.environment.name} takes, ${part}: it reads configuration, and no item`,
    statements: verifyStatements(part, props),
  }));
