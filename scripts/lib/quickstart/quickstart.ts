/** The main job on a machine that has nothing yet: every stack applied, proved, played and destroyed. */

import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { loadEnvironments } from "../../../stacks/environments";
import { auditedSystems, parseStackId, stackId, tableName } from "../../../stacks/naming";
import { tablesOf } from "../../../tables/catalogue";
import type { System } from "../../../tables/systems";
import type { TableSpec } from "../../../tables/table-spec";
import type { Gateway } from "../../local/gateway/start-gateway";
import { startLocalAws, type LocalAws } from "../../local/local-aws";
import { serveApis, synthesize, type Synthesized } from "../../local/served-apis";
import { awsClients, type AwsClients } from "../aws";
import { localFolder } from "../paths";
import { fetchProvider } from "../terraform";
import { apply, describePlan, destroy, init, plan, type PlanSummary, type StackRuns } from "../stack-runs";
import type { Finding } from "../verify/finding";
import type { Report } from "../verify/report";
import { readDeclared } from "../verify/stacks/declared-stack";
import { openStacks } from "../verify/stacks/open-stacks";
import { verifyTables } from "../verify/verify-tables";
import { Phases, type PhaseTime, type Progress } from "../phases";
import { stories } from "./stories";
import type { PlayedStory, Stage, Story } from "./story";

/** Of this run alone; kept when it fails. */
export const logFolder = join(localFolder, "logs", `quickstart-${process.pid}`);

export interface StackResult {
  readonly stack: string;
  /** Physical names; only of a tables stack. */
  readonly tables: readonly string[];
  readonly plan: PlanSummary;
}

export interface QuickstartResult {
  readonly stacks: readonly StackResult[];
  readonly tables: readonly Report[];
  readonly stories: readonly PlayedStory[];
  readonly phases: readonly PhaseTime[];
}

export interface QuickstartOptions {
  readonly signal: AbortSignal;
  /** Whose stacks are applied; nothing of the others is. */
  readonly systems: readonly System[];
  /** Port of the HTTP APIs; 0 for a free one. */
  readonly apiPort: number;
  /** Called with what is running instead of destroying what was applied. */
  readonly keep?: (running: Running, result: QuickstartResult) => Promise<void>;
}

export interface Running {
  readonly aws: LocalAws;
  readonly gateway: Gateway;
}

const environmentName = "local";
/** Those of the services first: they take longest, waiting for a queue. */
const stacksOf = (
  systems: readonly System[],
  { services }: Synthesized,
): readonly Omit<StackResult, "plan">[] => [
  ...services.map((stack) => ({ stack, tables: [] })),
  ...systems.map((system) => ({
    stack: stackId(system, "tables", environmentName),
    tables: tablesOf(system).map((spec) => tableName(spec, environmentName)),
  })),
  ...auditedSystems
    .filter((system) => systems.includes(system))
    .map((system) => ({ stack: stackId(system, "audit", environmentName), tables: [] })),
];

/**
 * Runs all phases and stops the local AWS, whatever happens.
 *
 * @throws PhaseFailed; the logs of what ran are kept then.
 */
export async function quickstart(options: QuickstartOptions): Promise<QuickstartResult> {
  const { signal } = options;
  rmSync(logFolder, { recursive: true, force: true });
  mkdirSync(logFolder, { recursive: true });
  try {
    const result = await onLocalAws(new Phases(signal), options);
    rmSync(logFolder, { recursive: true });
    return result;
  } catch (error) {
    const isWorthKeeping = !signal.aborted && readdirSync(logFolder).length > 0;
    if (!isWorthKeeping) rmSync(logFolder, { recursive: true });
    throw error;
  }
}

async function onLocalAws(phases: Phases, options: QuickstartOptions): Promise<QuickstartResult> {
  const { signal } = phases;
  const aws = await phases.one("start the local AWS", () => startLocalAws({ signal, logs: logFolder }));
  try {
    const variables = { ...process.env, ...aws.variables };
    const fetched = await phases.one("fetch the AWS provider", () =>
      fetchProvider(aws.terraform, aws.folder, variables, signal),
    );
    return await runPhases(phases, { aws, variables: { ...variables, ...fetched } }, options);
  } finally {
    await aws.stop();
  }
}

async function runPhases(
  phases: Phases,
  { aws, variables }: { readonly aws: LocalAws; readonly variables: NodeJS.ProcessEnv },
  options: QuickstartOptions,
): Promise<QuickstartResult> {
  const runs: StackRuns = {
    synthesized: join(aws.folder, "cdktf.out"),
    binary: aws.terraform.binary,
    variables,
    logs: logFolder,
    signal: phases.signal,
  };
  const synthesized = await phases.one("synthesize", () =>
    Promise.resolve(synthesize(variables, runs.synthesized, options.systems)),
  );
  // Before anything is applied: a port that is taken is told at once.
  const gateway = await phases.one("serve the HTTP APIs", () =>
    serveApis(aws, { apis: synthesized.apis, port: options.apiPort, logs: logFolder }),
  );
  try {
    const stacks = stacksOf(options.systems, synthesized);
    return await applyAndProve(phases, { aws, gateway, runs, stacks }, options);
  } finally {
    await gateway.stop();
  }
}

interface ToApply extends Running {
  readonly runs: StackRuns;
  readonly stacks: readonly Omit<StackResult, "plan">[];
}

async function applyAndProve(
  phases: Phases,
  { aws, gateway, runs, stacks }: ToApply,
  { systems, keep }: QuickstartOptions,
): Promise<QuickstartResult> {
  const applied = await phases.many(
    "init, plan and apply",
    stacks.map(({ stack, tables }) => ({
      name: stack,
      run: async (progress) => ({ stack, tables, plan: await applyStack(runs, stack, progress) }),
    })),
  );
  await phases.many(
    "plan again, which must be empty",
    stacks.map(({ stack }) => ({ name: stack, run: (progress) => planAgain(runs, stack, progress) })),
  );

  const { signal } = phases;
  const environment = loadEnvironments(runs.variables)[environmentName];
  const clients = awsClients(environment, {}, runs.variables);
  const specs = systems.flatMap(tablesOf);
  await phases.one("verify the tables against their specs", (progress) =>
    verify(clients, specs, { environment, probe: false }, progress),
  );
  const tables = await phases.one("write, read and delete an item of each table", (progress) =>
    verify(clients, specs, { environment, probe: true }, progress),
  );
  await phases.one("verify the stacks against what Terraform was given", async (progress) => {
    const declared = readDeclared(runs.synthesized, environmentName);
    const ids = [...declared.keys()].filter((id) => systems.includes(parseStackId(id).system));
    const options = { environment, aws: {}, variables: runs.variables, declared, signal };
    const { verify: verifyAll, notLookedAt } = await openStacks(clients, ids, options);
    if (notLookedAt.length > 0) throw new Error(`The verifier does not look at ${notLookedAt.join(", ")}.`);
    const reports = await verifyAll();
    refuseFindings(reports);
    progress(`${reports.length} things of ${ids.length} stacks`);
  });
  const stage = { gateway, environment, variables: runs.variables, signal };
  const toPlay = stories.filter(({ system }) => systems.includes(system));
  const played = await phases.one("play the systems' stories", (progress) =>
    playAll(toPlay, stage, progress),
  );
  const result = { stacks: applied, tables, stories: played, phases: phases.times };
  if (keep !== undefined) {
    await keep({ aws, gateway }, result);
    return result;
  }
  await phases.many(
    "destroy",
    stacks.map(({ stack }) => ({ name: stack, run: () => destroy(runs, stack) })),
  );
  return result;
}

async function playAll(
  toPlay: readonly Story[],
  stage: Stage,
  progress: Progress,
): Promise<readonly PlayedStory[]> {
  const played: PlayedStory[] = [];
  for (const story of toPlay) {
    progress(story.system);
    played.push(await story.play(stage));
  }
  progress(played.map(({ system }) => system).join(", "));
  return played;
}

async function applyStack(runs: StackRuns, stack: string, progress: Progress): Promise<PlanSummary> {
  progress("init");
  await init(runs, stack);
  // Terraform validates at the beginning of each plan.
  progress("plan");
  const summary = await plan(runs, stack);
  progress(`${describePlan(summary)}, applying`);
  await apply(runs, stack);
  progress(`${describePlan(summary)}, applied`);
  return summary;
}

async function planAgain(runs: StackRuns, stack: string, progress: Progress): Promise<void> {
  const summary = await plan(runs, stack);
  progress(describePlan(summary));
  if (!summary.isEmpty) {
    throw new Error(`A second plan of ${stack} is not empty: ${describePlan(summary)}.`);
  }
}

async function verify(
  clients: AwsClients,
  specs: readonly TableSpec[],
  options: Parameters<typeof verifyTables>[2],
  progress: Progress,
): Promise<readonly Report[]> {
  const reports = await verifyTables(clients, specs, options);
  refuseFindings(reports);
  progress(`${reports.length} tables`);
  return reports;
}

/** Nothing differs of what has just been applied, and all of it can be read. */
function refuseFindings(reports: readonly Report[]): void {
  const [finding, ...others] = reports.flatMap(({ findings }) => findings);
  if (finding === undefined) return;
  const more = others.length === 0 ? "" : ` And ${others.length} more.`;
  throw new Error(`${describeFinding(finding)}${more}`);
}

const describeFinding = ({ subject, path, expected, actual }: Finding): string =>
  `${subject}: ${path} is ${actual}, expected ${expected}.`;
