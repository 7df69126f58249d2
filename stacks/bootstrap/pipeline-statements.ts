/** What the plan and the apply role may do: read all that a refresh reads, and change what a plan changes. */

import type { Statement } from "../constructs/table-statements";
import { stacksOf, stateKey } from "../naming";
import { resourceActions } from "./resource-actions";
import type { ScopedActions } from "./scoped-actions";
import {
  foreignNames,
  ownTags,
  policyOfScope,
  scopesOf,
  type Condition,
  type PolicyPart,
  type ScopeName,
  type ScopeProps,
} from "./scopes";
import { verifyActions } from "./verify-actions";

export type PipelineRole = "plan" | "apply";

/** Allows, or takes back what an allowed pattern lets in; conditions may list values. */
export type PipelineStatement = Omit<Statement, "Effect" | "Condition"> & {
  readonly Effect: "Allow" | "Deny";
  readonly Condition?: Condition;
};

/** Managed policies of a role by their part: IAM takes ten a role, of 6,144 characters each. */
export type PolicyParts = Readonly<Record<PolicyPart | "state", readonly PipelineStatement[]>>;

export interface StatementProps extends ScopeProps {
  readonly stateBucket: string;
}

export function pipelineStatements(role: PipelineRole, props: StatementProps): PolicyParts {
  const { environment } = props;
  const managed = Object.values(resourceActions).flatMap(({ read, write, loseData = [] }) => {
    if (role === "plan") return read;
    // Where tables are protected, destroying one or its records is a person's act (docs/runbooks/destroy-tables.md).
    return environment.protected ? [...read, ...write] : [...read, ...write, ...loseData];
  });
  // Both verify: the one that plans every night, the other what it has applied.
  const allowed = [...managed, ...verifyActions];
  const parts = (part: PolicyPart) => {
    const scopes = (Object.keys(policyOfScope) as ScopeName[]).filter((name) => policyOfScope[name] === part);
    return scopedStatements(allowed, scopes, props);
  };
  return {
    tables: parts("tables"),
    services: parts("services"),
    workflows: parts("workflows"),
    logs: parts("logs"),
    monitoring: parts("monitoring"),
    identities: parts("identities"),
    audit: parts("audit"),
    state: [
      ...stateStatements(role, props),
      ...denied(props),
      ...(role === "apply" ? leaveTagged(environment) : []),
    ],
  };
}

/** A statement for each of the scopes that has actions, and anything to allow them on. */
export function scopedStatements(
  allowed: readonly ScopedActions[],
  names: readonly ScopeName[],
  props: ScopeProps,
): readonly PipelineStatement[] {
  const scopes = scopesOf(props);
  return names.flatMap((name) => {
    const { resources, condition } = scopes[name];
    const actions = allowed.filter(({ on }) => on === name).flatMap((scoped) => scoped.actions);
    if (actions.length === 0 || resources.length === 0) return [];
    return [
      {
        Sid: name.charAt(0).toUpperCase() + name.slice(1),
        Effect: "Allow" as const,
        Action: [...new Set(actions)].sort(),
        Resource: resources,
        ...(condition && { Condition: condition }),
      },
    ];
  });
}

/**
 * The states of the stacks, and not the bootstrap's own, which says what these roles may do. A plan takes the
 * lock as well: S3 keeps it as an object beside the state.
 */
function stateStatements(
  role: PipelineRole,
  { environment, stateBucket }: StatementProps,
): readonly PipelineStatement[] {
  const bucket = `arn:aws:s3:::${stateBucket}`;
  const states = stacksOf(environment.name).map((stack) => `${bucket}/${stateKey(stack)}`);
  return [
    { Sid: "FindStates", Effect: "Allow", Action: ["s3:ListBucket"], Resource: [bucket] },
    {
      Sid: "UseStates",
      Effect: "Allow",
      Action: role === "plan" ? ["s3:GetObject"] : ["s3:GetObject", "s3:PutObject"],
      Resource: states,
    },
    {
      Sid: "LockStates",
      Effect: "Allow",
      Action: ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"],
      Resource: states.map((state) => `${state}.tflock`),
    },
  ];
}

function denied(props: ScopeProps): readonly PipelineStatement[] {
  const foreign = foreignNames(props);
  if (foreign.length === 0) return [];
  // Whatever the action: these are another environment's.
  return [{ Sid: "LeaveOtherEnvironments", Effect: "Deny", Action: ["*"], Resource: foreign }];
}

/**
 * What is tagged at its creation has no tags and no name yet, so tagging has to be allowed on any key and agent. This
 * keeps it from those that carry another environment's tags, or another tool's: none of them becomes ours.
 */
const leaveTagged = (environment: StatementProps["environment"]): readonly PipelineStatement[] =>
  Object.entries(ownTags(environment)).map(([key, value]) => ({
    Sid: `LeaveOthers${key}`,
    Effect: "Deny",
    Action: ["bedrock:TagResource", "kms:TagResource"],
    Resource: ["*"],
    Condition: {
      StringNotEquals: { [`aws:ResourceTag/${key}`]: value },
      Null: { [`aws:ResourceTag/${key}`]: "false" },
    },
  }));
