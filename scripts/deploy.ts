import "./lib/uncaught";
import { availableParallelism } from "node:os";
import { InvalidArgumentError } from "commander";
import pc from "picocolors";
import { defineCommand, runCommand, withAwsOptions, type AwsOptions } from "./lib/command";
import { currentCommit } from "./lib/commits";
import { confirm } from "./lib/connect-function/confirm";
import { applyReviewed } from "./lib/deploy/apply-reviewed";
import { openBoard } from "./lib/deploy/board";
import { deploy, type Mode } from "./lib/deploy/deploy";
import { describeReport, documentOf, exitOf, type Report } from "./lib/deploy/report";
import { releaseLock } from "./lib/deploy/release-lock";
import { CouldNotTell, exitCodes, type ExitCode } from "./lib/errors";
import { parseAllowance, type Allowance } from "./lib/guard/verdict";
import { Refused } from "./lib/refused";

interface Options extends AwsOptions {
  readonly target?: string;
  readonly allow: readonly Allowance[];
  readonly jobs: number;
  readonly yes: boolean;
  readonly dryRun: boolean;
  readonly adopt: boolean;
  readonly planOnly: boolean;
  readonly out?: string;
  readonly apply?: string;
  readonly unlock?: string;
}

/** Raised when a field of the JSON document changes its meaning or goes. */
const schemaVersion = 2;

/** A stack waits for AWS half of the time: one more than there are cores fills the gaps. */
const defaultJobs = availableParallelism() + 1;

const command = withAwsOptions(
  defineCommand(
    "deploy",
    "Plans stacks, shows what changes, lets the guard judge it, asks, applies, and verifies the tables. " +
      "Exit 0: done; 1: refused, declined, stale, or drift afterwards; 2: could not, or the state is locked.",
    [
      "npm run deploy -- --env dev",
      "npm run deploy -- --env dev trade-status-tables trade-status-services --yes",
      "npm run deploy -- --env staging conversations-tables --dry-run",
      "npm run deploy -- --env prod --target agent-profiles",
      'npm run deploy -- --env prod agent-matching-tables --allow "agent-profiles:copied to agent-profiles-2 on 3 May"',
      "npm run deploy -- --env prod --plan-only --out .local/plans",
      "npm run deploy -- --env prod --apply .local/plans trade-status-tables",
    ],
  ),
)
  .argument("[stack...]", "such as trade-status-tables; all of the environment by default")
  .option("--target <table>", "plan and apply one table of its stack, and what belongs to it")
  .option(
    "--allow <table>:<reason>",
    "permit what the guard refuses of a table; may be repeated",
    collect,
    [],
  )
  .option("--jobs <n>", "how many stacks at a time; cores + 1 by default", jobsOption, defaultJobs)
  .option("--yes", "do not ask; required where there is no terminal to ask at", false)
  .option("--dry-run", "plan and show, write nothing", false)
  .option("--adopt", "take into the state what exists in AWS already and the plan would create", false)
  .option("--plan-only", "plan into the folder of --out, for --apply", false)
  .option(
    "--out <folder>",
    "folder of --plan-only, new, empty or of earlier plans; it holds values, secret ones too",
  )
  .option("--apply <folder>", "apply exactly the plans of that folder, without asking")
  .option("--unlock <id>", "release the lock of one stack's state, when the run that held it is dead");

void runCommand(command, async (signal) => {
  const options = command.opts<Options>();
  requireSense(options);
  try {
    return await carryOut(options, signal);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    console.error(error.message);
    if (options.json) printDocument(options, { outcome: "refused", error: error.message });
    return exitCodes.no;
  }
});

async function carryOut(options: Options, signal: AbortSignal): Promise<ExitCode> {
  const { env, yes, json, jobs, region, profile, apply, unlock } = options;
  const common = {
    env,
    stacks: command.args,
    aws: { ...(region && { region }), ...(profile && { profile }) },
    variables: process.env,
    signal,
    jobs,
    board: await openBoard(process.stderr),
    tell: (text: string) => console.error(text),
  };
  if (unlock !== undefined) {
    const told = await releaseLock(common, unlock);
    if (json) printDocument(options, { outcome: "unlocked", lock: unlock });
    else console.log(told);
    return exitCodes.done;
  }
  const report =
    apply === undefined
      ? await deploy(
          { ...common, target: options.target, allowances: options.allow, adopts: options.adopt },
          await modeOf(options, signal),
        )
      : await applyReviewed(common, { folder: apply, checkout: await currentCommit(signal) });
  print(options, report);
  if (report.outcome === "interrupted") signal.throwIfAborted();
  return report.outcome === "interrupted" ? exitCodes.couldNotTell : exitOf[report.outcome];

  async function modeOf({ dryRun, planOnly, out }: Options, stop: AbortSignal): Promise<Mode> {
    if (dryRun) return { kind: "dry run" };
    if (planOnly && out !== undefined) {
      const checkout = await currentCommit(stop);
      if (checkout.isChanged) {
        common.tell(
          "The working tree differs from its commit: these plans are for reading, --apply refuses them.",
        );
      }
      return { kind: "plan only", out, checkout };
    }
    const terminal = { input: process.stdin, output: process.stderr };
    return {
      kind: "deploy",
      confirm: (question) => (yes ? Promise.resolve(true) : confirm(question, terminal, stop)),
    };
  }
}

/** Before anything is planned: a plan takes a while. */
function requireSense(options: Options): void {
  const { target, allow, yes, dryRun, adopt, planOnly, out, apply, unlock } = options;
  const ways = [dryRun && "--dry-run", planOnly && "--plan-only", apply && "--apply", unlock && "--unlock"];
  const [way, other] = ways.filter((name) => typeof name === "string");
  if (way !== undefined && other !== undefined) throw new CouldNotTell(`Use ${way} or ${other}, not both.`);
  if (out === "" || apply === "") throw new CouldNotTell("--out and --apply take a folder: name it.");
  if (planOnly !== (out !== undefined)) {
    throw new CouldNotTell("--plan-only and --out <folder> go together: the plans are written there.");
  }
  const forPlans = [target && "--target", allow.length > 0 && "--allow", adopt && "--adopt"].find(Boolean);
  if ((apply ?? unlock) !== undefined && forPlans) {
    throw new CouldNotTell(`${forPlans} belongs to the plan: leave it out with ${way ?? ""}.`);
  }
  if (unlock !== undefined && command.args.length !== 1) {
    throw new CouldNotTell("--unlock releases one stack's state: name that stack.");
  }
  const asks = way === undefined && !yes;
  if (asks && !(process.stdin.isTTY && process.stderr.isTTY)) {
    throw new CouldNotTell("There is no terminal to ask at: look with --dry-run, then run this with --yes.");
  }
}

function print(options: Options, report: Report): void {
  if (options.json) printDocument(options, documentOf(report));
  else console.log(describeReport(report, pc));
}

function printDocument({ env }: Options, result: Readonly<Record<string, unknown>>): void {
  console.log(JSON.stringify({ schemaVersion, environment: env, ...result }));
}

function collect(text: string, soFar: readonly Allowance[]): readonly Allowance[] {
  return [...soFar, parseAllowance(text)];
}

function jobsOption(text: string): number {
  const jobs = Number(text);
  if (!Number.isInteger(jobs) || jobs < 1 || jobs > 50)
    throw new InvalidArgumentError("Use a number from 1 to 50.");
  return jobs;
}
