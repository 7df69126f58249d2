/** One stack from its synthesized folder to a plan that the guard has judged. */

import { parseStackId, type StackId } from "../../../stacks/naming";
import { loadSettings } from "../../../stacks/settings";
import { tablesOf } from "../../../tables/catalogue";
import { tableName } from "../../../tables/naming";
import { judge, type GuardContext } from "../guard/judge";
import { readLive } from "../guard/live";
import type { Verdict } from "../guard/verdict";
import { CouldNotTell } from "../errors";
import type { PlannedStack } from "../plan/planned-stack";
import { init, plan, show, TerraformFailed } from "../stack-runs";
import { planAdoption } from "./adopt";
import { findExisting, type Lookups } from "./existing";
import { preventedIn, preventedVerdict } from "./prevented";
import { summarize, type StackSummary } from "./summary";
import { untaintHalfMade } from "./tainted";
import { targetAddresses, type Target } from "./target";
import type { Workplace } from "./workplace";

export type StackPlan = WithPlan | Prevented;

export interface WithPlan {
  readonly kind: "plan";
  readonly stack: StackId;
  readonly plan: PlannedStack;
  readonly summary: StackSummary;
  readonly verdict: Verdict;
  /** What people should know beside the plan. */
  readonly notes: readonly string[];
}

/** Terraform refused, and there is no plan. */
export interface Prevented {
  readonly kind: "prevented";
  readonly stack: StackId;
  readonly verdict: Verdict;
  readonly notes: readonly string[];
}

export interface PlanRequest {
  readonly work: Workplace;
  readonly lookups: Lookups;
  readonly guard: Omit<GuardContext, "lastOnDemand">;
  readonly target?: Target | undefined;
  /** Takes what exists into the state. */
  readonly adopts: boolean;
  /** The state may be told that what was half-made is good: not by what writes nothing. */
  readonly repairs: boolean;
}

/** Resources that exist already, and that nobody wants adopted. */
export class AlreadyThere extends CouldNotTell {}

/**
 * @throws TerraformFailed; CouldNotTell when the guard's question to AWS is not answered; AlreadyThere.
 */
export async function planStack(
  request: PlanRequest,
  stack: StackId,
  onStep: (text: string) => void,
): Promise<StackPlan> {
  const { runs } = request.work;
  onStep("init");
  await init(runs, stack);
  const targets = request.target === undefined ? [] : await targetAddresses(runs, request.target);
  onStep("plan");
  const notes = [...releasedNotes(request, stack)];
  const first = await planned(request, stack, { targets, notes });
  if ("prevented" in first) {
    return { kind: "prevented", stack, verdict: preventedVerdict(stack, first.prevented), notes };
  }
  const taken = await takeExisting(request, first.plan, { targets, notes });
  const live = await readLive(taken, request.work.clients);
  const verdict = judge(taken, { ...request.guard, ...live });
  return { kind: "plan", stack, plan: taken, summary: summarize(taken), verdict, notes };
}

/** A variable that somebody has exported for another deployment takes the protection off in this one, too. */
function releasedNotes({ work }: PlanRequest, stack: StackId): readonly string[] {
  const { system, layer, environment } = parseStackId(stack);
  const { released } = loadSettings(work.runs.variables);
  const names = layer === "tables" ? tablesOf(system).map((spec) => tableName(spec, environment)) : [];
  return names
    .filter((name) => released.has(name))
    .map((name) => `RELEASE_PROTECTION names ${name}: nothing protects it until a deployment without that.`);
}

interface Round {
  readonly targets: readonly string[];
  readonly notes: string[];
}

/** Completes what an interrupted deployment has left half-made, before anybody sees it as a replacement. */
async function planned(
  request: PlanRequest,
  stack: StackId,
  round: Round,
): Promise<{ readonly plan: PlannedStack } | { readonly prevented: readonly string[] }> {
  const { repairs, work } = request;
  const first = await planOnce(work, stack, round.targets);
  const isHalfMade = "prevented" in first || first.plan.changes.some(({ isTainted }) => isTainted);
  if (!isHalfMade) return first;
  if (!repairs) {
    if (!("prevented" in first)) round.notes.push(halfMade(first.plan));
    return first;
  }
  const completed = await untaintHalfMade(work.runs, stack);
  if (completed.length === 0) return first;
  round.notes.push(
    `${completed.join(", ")}: left half-made by an interrupted deployment, and completed by this one.`,
  );
  return planOnce(work, stack, round.targets);
}

const halfMade = ({ environment, stack, changes }: PlannedStack): string =>
  `${changes
    .filter(({ isTainted }) => isTainted)
    .map(({ address }) => address)
    .join(", ")}: left half-made by an interrupted deployment. ` +
  `\`npm run deploy -- --env ${environment} ${stack}\` completes tables, keys and audit trails instead of replacing them.`;

async function planOnce(
  { runs }: Workplace,
  stack: StackId,
  targets: readonly string[],
): Promise<{ readonly plan: PlannedStack } | { readonly prevented: readonly string[] }> {
  try {
    await plan(runs, stack, { targets });
  } catch (error) {
    const prevented = error instanceof TerraformFailed ? preventedIn(error.output) : [];
    if (prevented.length > 0) return { prevented };
    throw error;
  }
  return { plan: await show(runs, stack) };
}

async function takeExisting(
  { work, lookups, adopts }: PlanRequest,
  first: PlannedStack,
  { targets, notes }: Round,
): Promise<PlannedStack> {
  const existing = await findExisting(first, lookups);
  notes.push(...existing.notes);
  if (adopts) {
    if (!first.changes.some(({ action }) => action === "create")) return first;
    await planAdoption(work.runs, first, existing.adoptable, { targets });
    return show(work.runs, first.stack);
  }
  if (existing.adoptable.length === 0) return first;
  const found = existing.adoptable.map(({ address, id }) => `${address} (${id})`).join(", ");
  throw new AlreadyThere(
    `In AWS there is already what ${first.stack} wants to create, and its state does not know it: ${found}. ` +
      "If a deployment was killed, or if it was made by hand and is to be taken over, run this again with --adopt: " +
      "the plan then shows what that changes (docs/runbooks/deploy.md).",
  );
}
