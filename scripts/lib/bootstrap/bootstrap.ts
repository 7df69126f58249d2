/** The state bucket and the pipeline's roles of one environment, and their own state with them. */

import { join } from "node:path";
import type { IAMClient } from "@aws-sdk/client-iam";
import type { S3Client } from "@aws-sdk/client-s3";
import { bucketAddress } from "../../../stacks/bootstrap/bootstrap-stack";
import type { Environment } from "../../../stacks/environments";
import { bootstrapId } from "../../../stacks/naming";
import type { Settings } from "../../../stacks/settings";
import { Refused } from "../refused";
import { apply, plan, planFileOf, stackLog, type PlanSummary, type StackRuns } from "../stack-runs";
import { localStateFile, readLocalState, setAside } from "../state/places";
import { copyToBucket } from "../state/copy";
import { addressesOf, relate, type StateDocument } from "../state/state-document";
import { connect, pull, showPlan, type StateCommands } from "../state/terraform-state";
import { findBucket, type FoundBucket } from "./find-bucket";
import { findIdentities, findUsedBucket } from "./find-identities";
import { synthesizeBootstrap, type StatePlace } from "./synthesize";

export interface BootstrapOptions {
  readonly environment: Environment;
  /** Of variables that `withStateFolder` has made. */
  readonly settings: Settings;
  readonly stateBucket: string;
  readonly accountId: string;
  readonly clients: { readonly s3: S3Client; readonly iam: IAMClient };
  /** The bootstrap's own folder: never cdktf.out, whose stacks are the app's. */
  readonly runs: StackRuns & { readonly signal: AbortSignal };
  /** Brings a bucket of this account into the state that no earlier run has made. */
  readonly adoptBucket: boolean;
  /** Lets the plan take away what the settings no longer name. */
  readonly remove: boolean;
  readonly dryRun: boolean;
  readonly onStep: (text: string) => void;
  /** Is shown what will be changed, as Terraform tells it. */
  readonly onPlan: (plan: string) => void;
  /** Whether to apply it. */
  readonly confirm: () => Promise<boolean>;
}

export interface Bootstrapped {
  readonly outcome: "done" | "nothing to do" | "would change" | "declined";
  readonly plan: PlanSummary;
  /** Addresses that were there, and are brought into the state. */
  readonly adopted: readonly string[];
  /** Where the state was until now, and is kept. */
  readonly backup?: string;
}

/**
 * Makes what an environment needs before its stacks, or changes it to what the settings say now. Its state begins in
 * a file and moves into the bucket as soon as there is one; wherever it is cut off, the next run goes on.
 *
 * @throws Refused when a name is another's, or the plan would destroy; TerraformFailed.
 */
export async function bootstrap(options: BootstrapOptions): Promise<Bootstrapped> {
  const { environment, settings, runs, clients, accountId, stateBucket } = options;
  const { signal } = runs;
  const id = bootstrapId(environment.name);
  const commands = commandsOf(runs, id);
  options.onStep("looking for what is there");
  const bucket = await findBucket({ s3: clients.s3, environment, stateBucket, accountId, signal });
  if (bucket.kind === "none")
    requireSameBucket(options, await findUsedBucket({ ...clients, ...options, signal }));
  const place: StatePlace = bucket.kind === "there" && bucket.holdsOurState ? "bucket" : "file";
  const synthesis = { environment, settings, stateBucket, place };
  const resources = synthesizeBootstrap(synthesis, runs.synthesized);
  const file = localStateFile(settings, id);
  const local = readLocalState(file);
  await connect(commands);
  const state = (await pull(commands))?.document;
  const left =
    place === "bucket" && local !== undefined && !options.dryRun
      ? await settle(commands, file, local, state)
      : undefined;

  const inState = addressesOf(state);
  const adopt = new Map([
    ...(await findIdentities({ iam: clients.iam, environment, accountId, resources, inState, signal })),
    ...adoptedBucket(options, bucket, inState),
  ]);
  if (adopt.size > 0) synthesizeBootstrap({ ...synthesis, adopt }, runs.synthesized);
  options.onStep("planning");
  const summary = await plan(runs, id);
  const told = { plan: summary, adopted: [...adopt.keys()] };
  if (summary.isEmpty && place === "bucket") {
    if (left !== undefined) return { ...told, outcome: "nothing to do", backup: left() };
    return { ...told, outcome: "nothing to do" };
  }
  if (!summary.isEmpty) {
    const shown = await showPlan(commands, planFileOf(runs, id));
    options.onPlan(shown);
    refuseToDestroy(summary, shown, options.remove);
    if (options.dryRun) return { ...told, outcome: "would change" };
    if (!(await options.confirm())) return { ...told, outcome: "declined" };
    options.onStep("applying");
    await apply(runs, id);
  } else if (options.dryRun) return { ...told, outcome: "would change" };
  if (place === "bucket") return { ...told, outcome: "done", ...(left && { backup: left() }) };
  options.onStep("moving its state into the bucket");
  synthesizeBootstrap({ ...synthesis, place: "bucket" }, runs.synthesized);
  await connect(commands);
  await copyToBucket(commands, file);
  return { ...told, outcome: "done", backup: setAside(file) };
}

const commandsOf = (runs: StackRuns, stack: string): StateCommands => ({
  ...runs,
  stack,
  folder: join(runs.synthesized, "stacks", stack),
  log: stackLog(runs, stack),
});

/** A bucket under a new name would begin empty: every stack would be planned as if it were not there. */
function requireSameBucket({ environment, stateBucket }: BootstrapOptions, used: string | undefined): void {
  if (used === undefined || used === stateBucket) return;
  const { name } = environment;
  throw new Refused(
    `The roles of ${name} use the states in ${used}, and ${stateBucket} is not there: a wrong name would leave all ` +
      `states behind. Set ${name.toUpperCase()}_STATE_BUCKET=${used}. To change it on purpose, see ` +
      'docs/runbooks/bootstrap.md, "Another bucket". Nothing was changed.',
  );
}

function adoptedBucket(
  { stateBucket, adoptBucket }: BootstrapOptions,
  bucket: FoundBucket,
  inState: ReadonlySet<string>,
): readonly (readonly [string, string])[] {
  if (bucket.kind === "none" || inState.has(bucketAddress)) return [];
  if (bucket.isOurs || adoptBucket) return [[bucketAddress, stateBucket]];
  throw new Refused(
    `The bucket ${stateBucket} is there already in this account, and not of this command. To hand it over, run ` +
      "this with --adopt-bucket: it is imported as `terraform import " +
      `${bucketAddress} ${stateBucket}\` would, keeps its objects, and gets the settings of a state bucket. ` +
      "Otherwise set another name. Nothing was changed.",
  );
}

/**
 * @returns what sets the file aside, once the state in the bucket is known to be the one of the file, or a later.
 * @throws Refused when they are two states.
 */
async function settle(
  commands: StateCommands,
  file: string,
  local: StateDocument,
  inBucket: StateDocument | undefined,
): Promise<() => string> {
  const relation = relate(inBucket, local);
  if (relation === "begun") await copyToBucket(commands, file);
  else if (relation !== "same" && relation !== "newer") {
    throw new Refused(
      `The state in the bucket is not the one of ${file}. Nothing of either was changed: look which one knows the ` +
        "bucket and the roles, move the file aside if it is the bucket's, and run this again.",
    );
  }
  return () => setAside(file);
}

function refuseToDestroy({ resources }: PlanSummary, shown: string, remove: boolean): void {
  if (remove || resources.delete + resources.replace === 0) return;
  const gone = [...shown.matchAll(/^ *# (\S+) (?:will be destroyed|must be replaced)/gm)].map(
    ([, one]) => one,
  );
  throw new Refused(
    `The plan takes away ${gone.join(", ")}. A setting that was there may be missing, such as ` +
      "<ENV>_PIPELINE_REPOSITORY. If that is meant, run this with --remove. Nothing was changed.",
  );
}
