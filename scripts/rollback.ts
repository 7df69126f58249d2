import "./lib/uncaught";
import { Option } from "commander";
import { loadEnvironments } from "../stacks/environments";
import { parseStackId } from "../stacks/naming";
import { tablesOf } from "../tables/catalogue";
import { accountOf } from "./lib/account";
import { awsClients } from "./lib/aws";
import { defineCommand, runCommand, withAwsOptions, type AwsOptions } from "./lib/command";
import { askLine, requireTerminal } from "./lib/connect-function/confirm";
import { exitCodes, type ExitCode } from "./lib/errors";
import { Refused } from "./lib/refused";
import type { Outcome, Result, RollbackContext } from "./lib/rollback/context";
import { closeLeftOpen, LeftOpen } from "./lib/rollback/protection";
import { returnToCommit } from "./lib/rollback/return-to-commit";
import { rollBackAudit } from "./lib/rollback/roll-back-audit";
import { rollBackServices } from "./lib/rollback/roll-back-services";
import { rollBackTables } from "./lib/rollback/roll-back-tables";
import { backupKinds, readWish, type BackupKind, type Wish } from "./lib/rollback/wish";
import { TerraformFailed } from "./lib/stack-runs";
import { describeStateLock, readStateLock } from "./lib/state-lock";
import { withStateFolder } from "./lib/state-folder";

interface Options extends AwsOptions {
  readonly to?: string;
  readonly table: readonly string[];
  readonly backup?: BackupKind;
  readonly withRecords: boolean;
  readonly yes: boolean;
  readonly dryRun: boolean;
}

/** Raised when a field of the JSON document changes its meaning or goes. */
const schemaVersion = 1;

const command = withAwsOptions(
  defineCommand(
    "rollback",
    "Takes a stack back: to an earlier commit, or away. Of a services stack no table is touched; protected tables " +
      "go only by name, after a backup. Exit 0: done; 1: refused or declined; 2: failed, could not tell, or the " +
      "protection of a table is off.",
    [
      "npm run rollback -- --env prod trade-status-services --to v1.4.0",
      "npm run rollback -- --env prod trade-status-services-prod --dry-run",
      "npm run rollback -- --env staging trade-status-tables --table trade-processing-status",
      "npm run rollback -- --env staging agent-matching-tables --table agent-profiles --backup point-in-time",
      "npm run --silent rollback -- --env dev conversations-services --yes --json",
    ],
  ),
)
  .argument("<stack>", "id of the stack, with or without its environment")
  .option("--to <commit>", "return to what a commit, tag or branch has, which is built aside")
  .option("--table <table>", "id or name of a table that goes; repeat it for several", collect, [])
  .addOption(
    new Option("--backup <kind>", "how the tables can be had back; on-demand by default").choices([
      ...backupKinds,
    ]),
  )
  .option("--with-records", "with an audit trail go its records, where nothing is protected", false)
  .option("--yes", "do not ask; required where there is no terminal to ask at", false)
  .option("--dry-run", "plan and show, and change nothing", false);

function collect(table: string, before: readonly string[]): readonly string[] {
  return [...before, table];
}

/** What stands in every document. */
const asked = () => ({ schemaVersion, environment: command.opts<Options>().env, stack: command.args[0] });

void runCommand(command, async (signal) => {
  const options = command.opts<Options>();
  try {
    const { outcome, text, document } = await rollBack(options, signal);
    console.log(options.json ? JSON.stringify({ ...asked(), outcome, ...document }) : text);
    return exitOf[outcome];
  } catch (error) {
    const failure = judgeFailure(error, signal);
    if (failure === undefined) throw error;
    const { outcome, exit, text } = failure;
    console.error(text);
    if (options.json) console.log(JSON.stringify({ ...asked(), outcome, error: text }));
    return exit;
  }
});

async function rollBack(options: Options, signal: AbortSignal): Promise<Result> {
  const { env, to, table, backup, withRecords, yes, dryRun, ...aws } = options;
  const variables = withStateFolder(process.env);
  const environment = loadEnvironments(variables)[env];
  const clients = awsClients(environment, aws, variables);
  const [stack = ""] = command.args;
  const request = {
    stack,
    table,
    withRecords,
    ...(to !== undefined && { to }),
    ...(backup !== undefined && { backup }),
  };
  const wish = readWish(request, environment);
  const terminal = { input: process.stdin, output: process.stderr };
  const tell = (text: string) => console.error(text);
  const requireSomeone = () => {
    if (!yes) requireTerminal(terminal);
  };
  const agrees = async (question: string, word: string) =>
    yes || (await askLine(`${question} Type ${word}: `, terminal, signal)) === word;
  const accountId = await accountOf(clients, signal);
  const common = { environment, accountId, clients, aws, variables, signal, dryRun };
  const context = { ...common, tell, requireSomeone, agrees };
  const { layer, system } = parseStackId(wish.stack);
  if (layer === "tables") await closeLeftOpen(tablesOf(system), context);
  return carryOut(wish, context);
}

function carryOut(wish: Wish, context: RollbackContext): Promise<Result> {
  switch (wish.kind) {
    case "services":
      return rollBackServices(wish.stack, context);
    case "audit":
      return rollBackAudit(wish, context);
    case "commit":
      return returnToCommit(wish.stack, wish.name, context);
    case "tables":
      return rollBackTables(wish, context);
    case "unnamed":
      return Promise.reject(new Refused(wish.steps));
  }
}

const exitOf: Readonly<Record<Outcome, ExitCode>> = {
  "rolled back": exitCodes.done,
  "nothing to do": exitCodes.done,
  "would change": exitCodes.done,
  declined: exitCodes.no,
};

interface Failure {
  readonly outcome: "left open" | "refused" | "stale" | "failed";
  readonly exit: ExitCode;
  readonly text: string;
}

/** How a failure ends the command that has an answer all the same; nothing for any other. */
function judgeFailure(error: unknown, { aborted }: AbortSignal): Failure | undefined {
  // Also after Ctrl-C: it must not be overlooked.
  if (error instanceof LeftOpen) {
    return { outcome: "left open", exit: exitCodes.couldNotTell, text: error.message };
  }
  if (aborted) return undefined;
  if (error instanceof Refused) return { outcome: "refused", exit: exitCodes.no, text: error.message };
  return error instanceof TerraformFailed ? judgeTerraform(error) : undefined;
}

function judgeTerraform({ kind, stackId, message, output }: TerraformFailed): Failure {
  const { env } = command.opts<Options>();
  const deploy = `npm run deploy -- --env ${env} ${stackId}`;
  switch (kind) {
    case "locked": {
      const { stateBucket } = loadEnvironments(process.env)[env];
      // A local state's lock ends with its process.
      const unlock = stateBucket === undefined ? undefined : (id: string) => `${deploy} --unlock ${id}`;
      const text = describeStateLock(stackId, readStateLock(output), unlock);
      return { outcome: "failed", exit: exitCodes.couldNotTell, text };
    }
    case "stale": {
      const text = `The state of ${stackId} has changed since its plan was made, so it was not applied: run this again.`;
      return { outcome: "stale", exit: exitCodes.no, text };
    }
    case "other": {
      const text = `${message}\nRun the same again to go on; ${deploy} makes the stack whole again.`;
      return { outcome: "failed", exit: exitCodes.couldNotTell, text };
    }
  }
}
