/** What others have changed: Terraform's `resource_drift` has what its own apply left behind, too. */

import type { Json, PlannedChange, ShownChange, Values } from "./planned-stack";

/** Moved by the apply of another resource, such as the agent's action group. */
const moved = new Set(["aws_bedrockagent_agent.prepared_at"]);

/**
 * Without what the first plan after an apply shows of every resource: the provider reads back an empty list or map
 * where it wrote none, and a role tells the policies that are resources of the same stack.
 */
export function withoutOwnDrift(
  drift: readonly PlannedChange[],
  resources: readonly ShownChange[],
): readonly PlannedChange[] {
  const policies = resources.flatMap(({ type, change: { after } }) =>
    type === "aws_iam_role_policy" && after ? [after] : [],
  );
  return drift.filter(({ action, type, before, after }) => {
    if (action !== "update") return true;
    const [old, now] = [before, after].map((values = {}) => {
      const told = Object.fromEntries(
        Object.entries(values).filter(([name]) => !moved.has(`${type}.${name}`)),
      );
      return settled(type === "aws_iam_role" ? withoutPolicies(told, policies) : told);
    });
    return JSON.stringify(old) !== JSON.stringify(now);
  });
}

/** A policy that somebody else has put on the role stays. */
function withoutPolicies(role: Values, policies: readonly Values[]): Values {
  const inline = role["inline_policy"];
  if (!Array.isArray(inline)) return role;
  const isOwn = (name: Json | undefined) =>
    policies.some((policy) => policy["name"] === name && policy["role"] === role["name"]);
  return {
    ...role,
    inline_policy: (inline as readonly Values[]).filter(({ name }) => !isOwn(name)),
  };
}

/** Without what is not set, whichever way it is written. */
function settled(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(settled);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([name, inner]) => [name, settled(inner)] as const);
  return Object.fromEntries(entries.filter(([, inner]) => !isUnset(inner)));
}

const isUnset = (value: Json): boolean =>
  value === null || value === "" || (typeof value === "object" && Object.keys(value).length === 0);
