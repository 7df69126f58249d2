import "./lib/uncaught";
import { InvalidArgumentError } from "commander";
import { existsSync, realpathSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { systemTimer } from "../functions/shared/timer";
import { loadEnvironments } from "../stacks/environments";
import { tableName } from "../stacks/naming";
import { agentProfiles } from "../tables/agent-profiles";
import { awsClients } from "./lib/aws";
import { defineCommand, runCommand, withAwsOptions, type AwsOptions } from "./lib/command";
import { CouldNotTell } from "./lib/errors";
import { migrate, rehearse, type LiveProps, type Messages } from "./lib/migrate-profiles/migrate";
import { openTable } from "./lib/migrate-profiles/open-table";
import { ProfileFolder } from "./lib/migrate-profiles/profile-folder";
import { RejectsFile } from "./lib/migrate-profiles/rejects-file";
import {
  migrationReport,
  rehearsalReport,
  rollbackRehearsalReport,
  rollbackReport,
} from "./lib/migrate-profiles/report";
import { rehearseRollback, rollBack } from "./lib/migrate-profiles/roll-back";
import { openSource, type Source } from "./lib/migrate-profiles/source";
import { localFolder } from "./lib/paths";
import { peakMemoryBytes } from "./lib/peak-memory";
import { describeReport, exitOf, type Report } from "./lib/run-report";
import { RunState } from "./lib/run-state";

interface Options extends AwsOptions {
  readonly from?: string;
  readonly rejects?: string;
  readonly rollback: boolean;
  readonly to?: string;
  readonly force: boolean;
  readonly dryRun: boolean;
  readonly maxWcu?: number;
  readonly maxRcu?: number;
}

/** Raised when a field of the JSON document changes its meaning or goes. */
const schemaVersion = 1;

const command = withAwsOptions(
  defineCommand(
    "migrate-profiles",
    "Moves agent profiles from JSON files to their table, or back. " +
      "Exit 0: all there and verified; 1: something is not, and told; 2: could not tell, run again to go on.",
    [
      "npm run migrate-profiles -- --env dev --from json_storage --dry-run",
      "npm run migrate-profiles -- --env prod --from json_storage --max-wcu 50",
      "npm run --silent migrate-profiles -- --env dev --from profiles.json --rejects rejects.jsonl --json",
      "npm run migrate-profiles -- --env prod --rollback --to json_storage",
    ],
  ),
)
  .option("--from <path>", "a folder of *.json files, or one file: a profile or an array of profiles each")
  .option("--rejects <file>", "takes a JSON line for each bad profile; below .local/migrations by default")
  .option("--rollback", "write the table's profiles to JSON files instead", false)
  .option("--to <folder>", "takes the files of a rollback")
  .option("--force", "a rollback also writes over files with other content", false)
  .option(
    "--dry-run",
    "write nothing to the table or the folder; with --from, without any call to AWS",
    false,
  )
  .option("--max-wcu <units>", "write units a second, of the table and of each index", unitsOf)
  .option("--max-rcu <units>", "read units a second", unitsOf)
  .addHelpText(
    "after",
    "\nThe limits are 80 % of the provisioned capacity by default, and 1,000 of an on-demand table.\n" +
      "A run that was interrupted, however it was, goes on when the same command is run again.",
  );

void runCommand(command, async (signal) => {
  const started = performance.now();
  const options = command.opts<Options>();
  const { direction, report } = await runTask(taskOf(options), options, signal);
  signal.throwIfAborted();
  const seconds = (performance.now() - started) / 1000;
  const peakBytes = peakMemoryBytes();
  const { outcome, document } = report;
  const table = tableName(agentProfiles, options.env);
  console.log(
    options.json
      ? JSON.stringify({
          schemaVersion,
          environment: options.env,
          table,
          direction,
          dryRun: options.dryRun,
          outcome,
          ...document,
          seconds: Number(seconds.toFixed(1)),
          peakMemoryMb: Math.round(peakBytes / 1024 / 1024),
        })
      : describeReport(report, seconds, peakBytes),
  );
  return exitOf[outcome];
});

type Task =
  | { readonly kind: "migration"; readonly source: Source }
  | { readonly kind: "rollback"; readonly to: string };

interface Done {
  readonly direction: Task["kind"];
  readonly report: Report;
}

/** @throws CouldNotTell when the options do not go together. */
function taskOf({ from, rejects, rollback, to, force }: Options): Task {
  if (rollback) {
    if (to === undefined) throw new CouldNotTell("A rollback needs a folder: give --to <folder>.");
    if (from !== undefined || rejects !== undefined) {
      throw new CouldNotTell("--from and --rejects are of a migration: leave them out of a rollback.");
    }
    return { kind: "rollback", to: resolve(to) };
  }
  if (from === undefined) {
    throw new CouldNotTell("Give --from <folder or file>, or --rollback --to <folder>.");
  }
  if (to !== undefined || force) {
    throw new CouldNotTell("--to and --force are of a rollback: add --rollback, or leave them out.");
  }
  return { kind: "migration", source: openSource(from) };
}

async function runTask(task: Task, options: Options, signal: AbortSignal): Promise<Done> {
  const { kind: direction } = task;
  const place = task.kind === "migration" ? task.source.path : task.to;
  // A dry run has a folder of its own: it leaves the rejects of an interrupted run alone.
  const state = RunState.open(join(localFolder, "migrations"), [
    `${direction}${options.dryRun ? "-rehearsal" : ""}-${options.env}`,
    tableName(agentProfiles, options.env),
    place,
  ]);
  try {
    const report =
      task.kind === "migration"
        ? await runMigration(task.source, options, state, signal)
        : await runRollback(task.to, options, state, signal);
    return { direction, report };
  } finally {
    state.close();
  }
}

const messages: Messages = process.stderr;

async function runMigration(
  source: Source,
  options: Options,
  state: RunState,
  signal: AbortSignal,
): Promise<Report> {
  const { dryRun } = options;
  const live = dryRun ? undefined : { ...(await liveProps(options, signal)), state };
  const rejects = openRejects(options, source, state);
  try {
    const props = { source, rejects, signal, messages };
    return live === undefined
      ? rehearsalReport(await rehearse(props), rejects.path)
      : migrationReport(await migrate(props, live), rejects.path);
  } finally {
    rejects.close();
  }
}

async function runRollback(
  to: string,
  options: Options,
  state: RunState,
  signal: AbortSignal,
): Promise<Report> {
  const live = await liveProps(options, signal);
  const { force, dryRun } = options;
  const folder = new ProfileFolder(dryRun ? to : ProfileFolder.make(to));
  const props = { folder, to, force, signal, messages };
  return dryRun
    ? rollbackRehearsalReport(await rehearseRollback(props, live), force)
    : rollbackReport(await rollBack(props, { ...live, state }));
}

async function liveProps(options: Options, signal: AbortSignal): Promise<Omit<LiveProps, "state">> {
  const environment = loadEnvironments(process.env)[options.env];
  const clients = awsClients(environment, options, process.env);
  const facts = await openTable(clients, environment, signal);
  signal.throwIfAborted();
  const { maxWcu = facts.writeUnits, maxRcu = facts.readUnits } = options;
  return { client: clients.dynamodb, facts, maxWcu, maxRcu, timer: systemTimer };
}

function openRejects({ rejects }: Options, source: Source, { folder }: RunState): RejectsFile {
  const path = resolve(rejects ?? join(folder, "rejects.jsonl"));
  if (source.kind === "folder" && dirname(withoutLinks(path)) === source.path) {
    throw new CouldNotTell(
      "The file of rejects would lie among the profiles: name another folder's with --rejects.",
    );
  }
  return RejectsFile.open(path);
}

/** Of a file that is not there, its folder's path; a folder that is not there is no link. */
function withoutLinks(path: string): string {
  if (existsSync(path)) return realpathSync(path);
  const folder = dirname(path);
  return existsSync(folder) ? join(realpathSync(folder), basename(path)) : path;
}

function unitsOf(text: string): number {
  const units = Number(text);
  if (text.trim() !== "" && units >= 1 && units <= 1_000_000) return units;
  throw new InvalidArgumentError("Give units a second, from 1 to 1000000.");
}
