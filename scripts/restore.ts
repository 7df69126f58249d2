import "./lib/uncaught";
import { InvalidArgumentError, Option } from "commander";
import { loadEnvironments } from "../stacks/environments";
import type { TableSpec } from "../tables/table-spec";
import { requireAccount } from "./lib/account";
import { defineCommand, runCommand, withAwsOptions, type AwsOptions } from "./lib/command";
import { confirm } from "./lib/connect-function/confirm";
import { describeDuration } from "./lib/duration";
import { CouldNotTell, describeError, exitCodes, Interrupted, type ExitCode } from "./lib/errors";
import { readMoment } from "./lib/export/moment";
import { progressLine } from "./lib/progress-line";
import { Refused } from "./lib/refused";
import { awsClients } from "./lib/aws";
import { describeResult, judge, resultDocument, type Outcome } from "./lib/restore/result";
import { restoreTable, type RestoreResult } from "./lib/restore/restore-table";
import type { Source, Wanted } from "./lib/restore/source";
import { describeSwitch } from "./lib/restore/switch";
import { readTargetName } from "./lib/restore/target-name";
import { selectTable } from "./lib/select-tables";

interface Options extends AwsOptions {
  readonly at?: Date | "latest";
  readonly backup?: string;
  readonly to: string;
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly interval: number;
}

/** Raised when a field of the JSON document changes its meaning or goes. */
const schemaVersion = 1;

/** AWS: "can take several hours"; who waits longer runs it again. */
const patienceSeconds = 12 * 3600;

const command = withAwsOptions(
  defineCommand(
    "restore",
    "Restores a table to a new one, as of a point in time or from a backup, with every setting that a restore " +
      "forgets. Exit 0: restored, and in spec but for the name; 1: refused, or not in spec; 2: could not tell.",
    [
      "npm run restore -- --env prod conversations --at 2025-12-30T14:00:00Z --to cg-chatbot-conversations-restored --dry-run",
      "npm run restore -- --env prod conversations --at latest --to cg-chatbot-conversations-restored --yes",
      "npm run restore -- --env staging agent-profiles --backup latest --to agent-profiles-restored-staging",
      "npm run --silent restore -- --env prod agent-profiles --at latest --to agent-profiles-restored --yes --json",
    ],
  ),
)
  .argument("<table>", "id or name of the table")
  .addOption(
    new Option("--at <time>", "the moment: ISO 8601 with a zone, or latest")
      .argParser((text) => (text === "latest" ? text : readMoment(text)))
      .conflicts("backup"),
  )
  .option("--backup <backup>", "ARN of a backup, or latest: the newest of the table", readBackupArn)
  .requiredOption("--to <table>", "name of the new table", readTargetName)
  .option("--dry-run", "say what would be restored and put back, and write nothing", false)
  .option("--yes", "do not ask; required where there is no terminal to ask at", false)
  .option("--interval <seconds>", "most time between two looks at the table, 0.1 to 60", readSeconds, 10);

/** Once a restore is begun: how to go on with it. */
let goOn: string | undefined;

void runCommand(command, async (signal) => {
  const options = command.opts<Options>();
  const environment = loadEnvironments(process.env)[options.env];
  const spec = selectTable(command.args[0] ?? "", options.env);
  const wanted = readWanted(options);
  const clients = awsClients(environment, options, process.env);
  const progress = progressLine(process.stderr);
  let step = "";
  try {
    await requireAccount(clients, signal);
    const result = await restoreTable(
      clients,
      { spec, environment, wanted, to: options.to, dryRun: options.dryRun },
      {
        intervalSeconds: options.interval,
        patienceSeconds,
        signal,
        onWait: (seconds) => progress.show(`${step} … ${describeDuration(seconds)}`),
        async confirm(preview) {
          console.error(preview);
          if (options.yes) return true;
          return confirm("Restore?", { input: process.stdin, output: process.stderr }, signal);
        },
        onBegun: (source) => (goOn = goOnCommand(options, spec, source)),
        onStep(what) {
          step = what;
          progress.clear();
          console.error(`${what} …`);
        },
      },
    );
    return report(options, spec, result);
  } catch (error) {
    progress.clear();
    const isRefused = error instanceof Refused;
    if (isRefused) console.error(error.message);
    if (goOn !== undefined) console.error(`What is begun goes on in AWS. To go on from here:\n  ${goOn}`);
    if (options.json && (isRefused || goOn !== undefined)) {
      const outcome = isRefused ? "refused" : signal.aborted ? "interrupted" : "could not tell";
      print({ environment: options.env, outcome, error: describeFailure(error), goOn });
    }
    if (isRefused) return exitCodes.no;
    throw error;
  } finally {
    progress.clear();
  }
});

const describeFailure = (error: unknown): string =>
  error instanceof Refused || error instanceof Interrupted ? error.message : describeError(error);

function report(options: Options, spec: TableSpec, result: RestoreResult): ExitCode {
  const { env, to, json } = options;
  const outcome = judge(result);
  const next = result.outcome === "restored" ? describeSwitch(spec, env, to) : [];
  if (json) print({ environment: env, table: spec.id, to, outcome, ...resultDocument(result), next });
  else console.log([describeResult(result, to), ...next].join("\n"));
  return exitOf[outcome];
}

const print = (document: Readonly<Record<string, unknown>>): void =>
  console.log(JSON.stringify({ schemaVersion, ...document }));

const exitOf: Readonly<Record<Outcome, ExitCode>> = {
  restored: exitCodes.done,
  "would restore": exitCodes.done,
  "not in spec": exitCodes.no,
  declined: exitCodes.no,
  "could not check": exitCodes.couldNotTell,
};

function readWanted({ at, backup }: Options): Wanted {
  if (backup !== undefined) return { kind: "backup", backup };
  if (at !== undefined) return { kind: "point in time", at };
  throw new CouldNotTell(
    "Say what to restore: --at <time> or --at latest, or --backup <arn> or --backup latest.",
  );
}

/** With the moment or ARN that was found: `latest` would be another one by then. */
function goOnCommand({ env, region, profile, to }: Options, { id }: TableSpec, source: Source): string {
  const from = source.kind === "backup" ? `--backup ${source.arn}` : `--at ${source.at.toISOString()}`;
  const aws = [region && `--region ${region}`, profile && `--profile ${profile}`].filter(Boolean);
  return ["npm run restore --", `--env ${env}`, ...aws, id, from, `--to ${to}`].join(" ");
}

function readBackupArn(text: string): string {
  if (text === "latest" || /^arn:aws:dynamodb:[^:]+:\d{12}:table\/[^/]+\/backup\/[^/]+$/.test(text))
    return text;
  throw new InvalidArgumentError(
    "Give the ARN of a DynamoDB backup, arn:aws:dynamodb:<region>:<account>:table/<table>/backup/<id>, or latest. " +
      "What AWS Backup keeps is restored with AWS Backup.",
  );
}

function readSeconds(text: string): number {
  const seconds = Number(text);
  if (text.trim() !== "" && seconds >= 0.1 && seconds <= 60) return seconds;
  throw new InvalidArgumentError("Give seconds from 0.1 to 60.");
}
