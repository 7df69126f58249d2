/** What a saved plan does to a stack's resources, as typed data: for summaries, the guard and the cost. */

import { parseStackId, type ParsedStackId, type StackId } from "../../../stacks/naming";

/** `forget` takes a resource out of the state and leaves it in AWS. */
export type PlannedAction = "create" | "update" | "replace" | "delete" | "forget";

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** A resource's attributes in the provider's spelling, as `terraform show -json` has them. */
export type Values = Readonly<Record<string, Json>>;

export interface PlannedChange {
  /** Such as `aws_dynamodb_table.conversations`: the type and the logical id. */
  readonly address: string;
  readonly type: string;
  readonly logicalId: string;
  readonly action: PlannedAction;
  /** Absent of a resource that is created. */
  readonly before?: Values;
  /** Absent of one that goes. What is known only after the apply is absent here, and `true` in `unknown`. */
  readonly after?: Values;
  readonly unknown: Values;
  /** `true` where a value is sensitive, before or after: never to be shown. */
  readonly sensitive: Values;
  /** The attributes that force a replacement, such as `hash_key` or `local_secondary_index.0.range_key`. */
  readonly replacedBy: readonly string[];
  /** Replaced for no attribute, but because its creation was cut off. */
  readonly isTainted?: boolean;
}

/** A resource that is there already and that the apply takes into the state. */
export interface Adoption {
  readonly address: string;
  /** By which the provider finds it. */
  readonly id: string;
}

/** A resource that a plan leaves as it is. */
export interface KeptResource {
  readonly address: string;
  readonly type: string;
  readonly values: Values;
}

export interface PlannedStack extends ParsedStackId {
  readonly stack: StackId;
  /** `terraform plan` found nothing to do, outputs included. */
  readonly isEmpty: boolean;
  /** Without what stays as it is and without data that is read. */
  readonly changes: readonly PlannedChange[];
  /** What stays as it is, as far as the plan looks: a plan of targets leaves the rest out. */
  readonly kept: readonly KeptResource[];
  /** What others have changed since the last apply; Terraform sets it back, or takes note of it. */
  readonly drift: readonly PlannedChange[];
  /** Names of outputs that change. */
  readonly outputs: readonly string[];
  /** What import blocks take over; `changes` has what that alters of it. */
  readonly adopted?: readonly Adoption[];
}

/** A plan that another version of Terraform has written in a form this does not know. */
export class UnreadablePlan extends Error {
  override readonly name = "UnreadablePlan";
}

interface ShownChange {
  readonly address: string;
  readonly mode: string;
  readonly type: string;
  readonly name: string;
  readonly action_reason?: string;
  readonly change: {
    readonly importing?: { readonly id?: string };
    readonly actions: readonly string[];
    readonly before?: Values | null;
    readonly after?: Values | null;
    readonly after_unknown?: Values | boolean;
    readonly before_sensitive?: Values | boolean;
    readonly after_sensitive?: Values | boolean;
    readonly replace_paths?: readonly (readonly (string | number)[])[];
  };
}

interface ShownPlan {
  readonly format_version: string;
  readonly resource_changes?: readonly ShownChange[];
  readonly resource_drift?: readonly ShownChange[];
  readonly output_changes?: Readonly<Record<string, { readonly actions: readonly string[] }>>;
}

/**
 * Reads `terraform show -json <plan>` (Terraform: "JSON Output Format", plan representation, format 1.x).
 *
 * @throws UnreadablePlan for another format, or an action that it does not know.
 */
export function readPlan(stack: StackId, shown: string): PlannedStack {
  const plan = parse(stack, shown);
  const outputs = Object.entries(plan.output_changes ?? {})
    .filter(([, { actions }]) => actions.some((action) => action !== "no-op"))
    .map(([name]) => name);
  const changes = readChanges(stack, plan.resource_changes ?? []);
  const adopted = (plan.resource_changes ?? []).flatMap(({ address, change: { importing } }) =>
    importing?.id === undefined ? [] : [{ address, id: importing.id }],
  );
  return {
    stack,
    ...parseStackId(stack),
    isEmpty: changes.length === 0 && outputs.length === 0 && adopted.length === 0,
    changes,
    kept: readKept(plan.resource_changes ?? []),
    drift: readChanges(stack, plan.resource_drift ?? []),
    outputs,
    ...(adopted.length > 0 && { adopted }),
  };
}

function parse(stack: StackId, shown: string): ShownPlan {
  let plan: ShownPlan;
  try {
    plan = JSON.parse(shown) as ShownPlan;
  } catch {
    throw new UnreadablePlan(`terraform show printed no JSON for the plan of ${stack}.`);
  }
  if (!plan.format_version.startsWith("1.")) {
    throw new UnreadablePlan(
      `The plan of ${stack} has the format ${plan.format_version}, and 1.x is known here: use Terraform 1.10 to 1.x.`,
    );
  }
  return plan;
}

const readChanges = (stack: StackId, shown: readonly ShownChange[]): readonly PlannedChange[] =>
  shown
    .filter(({ mode }) => mode === "managed")
    .flatMap((one) => {
      const action = actionOf(stack, one);
      return action === undefined ? [] : [readChange(one, action)];
    });

const readKept = (shown: readonly ShownChange[]): readonly KeptResource[] =>
  shown.flatMap(({ mode, address, type, change: { actions, after } }) =>
    mode === "managed" && actions.join() === "no-op" && after ? [{ address, type, values: after }] : [],
  );

function readChange(
  { address, type, name, action_reason, change }: ShownChange,
  action: PlannedAction,
): PlannedChange {
  return {
    address,
    type,
    logicalId: name,
    action,
    ...(change.before && { before: change.before }),
    ...(change.after && { after: change.after }),
    unknown: marked(change.after_unknown),
    sensitive: eitherMarked(marked(change.before_sensitive), marked(change.after_sensitive)),
    replacedBy: (change.replace_paths ?? []).map((path) => path.join(".")),
    ...(action_reason === "replace_because_tainted" && { isTainted: true }),
  };
}

/** Terraform writes `false` where nothing below is marked. */
const marked = (marks: Values | boolean | undefined): Values => (typeof marks === "object" ? marks : {});

/** An attribute whose marks differ before and after is sensitive as a whole. */
function eitherMarked(before: Values, after: Values): Values {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return Object.fromEntries(
    [...names].map((name) => {
      const [one, other] = [before[name] ?? false, after[name] ?? false];
      const [oneText, otherText] = [JSON.stringify(one), JSON.stringify(other)];
      if (oneText === otherText || !otherText.includes("true")) return [name, one];
      return [name, oneText.includes("true") ? true : other];
    }),
  );
}

function actionOf(stack: StackId, { address, change: { actions } }: ShownChange): PlannedAction | undefined {
  const all = [...actions].sort().join("+");
  switch (all) {
    case "no-op":
    case "read":
      return undefined;
    case "create":
    case "update":
    case "delete":
    case "forget":
      return all;
    case "create+delete":
      return "replace";
    default:
      throw new UnreadablePlan(`The plan of ${stack} does "${all}" to ${address}, which is not known here.`);
  }
}
