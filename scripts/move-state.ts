import "./lib/uncaught";
import { dirname, join, resolve } from "node:path";
import { SettingError } from "../stacks/environments";
import { isStackId, parseStackId, stacksOf, type StackId } from "../stacks/naming";
import { settingPrefix } from "../stacks/setting-reader";
import { loadSettings } from "../stacks/settings";
import type { EnvironmentName } from "../tables/naming";
import { accountOf } from "./lib/account";
import { awsClients } from "./lib/aws";
import { defineCommand, runCommand, withAwsOptions, type AwsOptions } from "./lib/command";
import { confirm } from "./lib/connect-function/confirm";
import { CouldNotTell, exitCodes } from "./lib/errors";
import { localFolder, root } from "./lib/paths";
import { RunState } from "./lib/run-state";
import { withStateFolder } from "./lib/state-folder";
import { moveStates, type MovedStack } from "./lib/state/move-state";
import { prepareTerraform } from "./lib/terraform";

interface Options extends AwsOptions {
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly back: boolean;
}

/** Raised when a field of the JSON document changes its meaning or goes. */
const schemaVersion = 1;

const command = withAwsOptions(
  defineCommand(
    "move-state",
    "Moves the states of stacks from files into the environment's state bucket, and keeps the files under another " +
      "name. Exit 0: all are there; 1: one was refused or failed; 2: could not tell.",
    [
      "npm run move-state -- --env dev --dry-run",
      "npm run move-state -- --env dev --yes",
      "npm run move-state -- --env dev trade-status-tables-dev --yes --json",
      "npm run move-state -- --env dev --back --yes",
    ],
  ),
)
  .argument("[stacks...]", "ids of stacks; all of the environment by default")
  .option("--dry-run", "say what would be moved, and write nothing", false)
  .option("--yes", "do not ask; required where there is no terminal to ask at", false)
  .option("--back", "copy from the bucket into files; the bucket keeps what it has", false);

void runCommand(command, async (signal) => {
  const options = command.opts<Options>();
  const { env, region, profile, json, back, dryRun } = options;
  const variables = withStateFolder({
    ...process.env,
    ...(region && { [`${settingPrefix(env)}_REGION`]: region }),
    ...(profile && { AWS_PROFILE: profile }),
  });
  const settings = loadSettings(variables);
  const environment = settings.environments[env];
  const { stateBucket } = environment;
  if (stateBucket === undefined) {
    throw new SettingError(
      `${settingPrefix(env)}_STATE_BUCKET is not set: it names the bucket of the states. ` +
        `\`npm run bootstrap -- --env ${env}\` makes it.`,
    );
  }
  const stacks = selected(command.args, env);
  await accountOf(awsClients(environment, options, variables), signal);
  if (!dryRun && !options.yes) {
    const question = back
      ? `Copy ${stacks.length} states from ${stateBucket} into ${settings.stateFolder}?`
      : `Move ${stacks.length} states from ${settings.stateFolder} into ${stateBucket}?`;
    const terminal = { input: process.stdin, output: process.stderr };
    if (!(await confirm(question, terminal, signal))) {
      if (json) console.log(JSON.stringify({ schemaVersion, environment: env, outcome: "declined" }));
      else console.log("Nothing was moved.");
      return exitCodes.no;
    }
  }
  const output = resolve(root, variables["CDKTF_OUTPUT"] || "cdktf.out");
  const folder = variables["CDKTF_OUTPUT"] ? join(dirname(output), "states") : join(localFolder, "states");
  const lock = RunState.open(folder, ["run", env, stateBucket, settings.stateFolder]);
  try {
    const terraform = await prepareTerraform(folder, variables, signal);
    const moved = await moveStates({
      environment,
      settings,
      stacks,
      output,
      back,
      dryRun,
      runs: {
        synthesized: lock.folder,
        binary: terraform.binary,
        variables: { ...variables, ...terraform.environment },
        logs: join(folder, "logs"),
        releasesLocks: true,
        signal,
      },
      onStack: (stack) => console.error(`${stack} …`),
    });
    const isDone = moved.every(({ outcome }) => outcome !== "refused" && outcome !== "failed");
    const outcome = isDone ? "done" : "incomplete";
    if (json) console.log(JSON.stringify({ schemaVersion, environment: env, outcome, stacks: moved }));
    else console.log(moved.map(describe).join("\n"));
    return isDone ? exitCodes.done : exitCodes.no;
  } finally {
    lock.close();
  }
});

/** @throws CouldNotTell for what is no stack of the environment. */
function selected(ids: readonly string[], env: EnvironmentName): readonly StackId[] {
  if (ids.length === 0) return stacksOf(env);
  return ids.map((id) => {
    if (isStackId(id) && parseStackId(id).environment === env) return id;
    throw new CouldNotTell(`There is no stack "${id}" in ${env}. Use one of: ${stacksOf(env).join(", ")}.`);
  });
}

function describe({ stack, outcome, resources, backup, error }: MovedStack): string {
  const count = resources === undefined ? "" : ` (${resources} resources)`;
  const kept = backup === undefined ? "" : `; the file is kept as ${backup}`;
  return `${stack}: ${outcome}${count}${kept}${error === undefined ? "" : `\n  ${error}`}`;
}
