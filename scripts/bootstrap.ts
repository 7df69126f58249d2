import "./lib/uncaught";
import { dirname, join } from "node:path";
import { IAMClient } from "@aws-sdk/client-iam";
import { S3Client } from "@aws-sdk/client-s3";
import { SettingError } from "../stacks/environments";
import { settingPrefix } from "../stacks/setting-reader";
import { loadSettings } from "../stacks/settings";
import { accountOf } from "./lib/account";
import { awsClients, awsConfiguration } from "./lib/aws";
import { bootstrap } from "./lib/bootstrap/bootstrap";
import { describe, documentOf } from "./lib/bootstrap/report";
import { defineCommand, runCommand, withAwsOptions, type AwsOptions } from "./lib/command";
import { confirm } from "./lib/connect-function/confirm";
import { exitCodes, type ExitCode } from "./lib/errors";
import { localFolder } from "./lib/paths";
import { RunState } from "./lib/run-state";
import { withStateFolder } from "./lib/state-folder";
import { withToldFailure } from "./lib/state/told-failure";
import { prepareTerraform } from "./lib/terraform";

interface Options extends AwsOptions {
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly adoptBucket: boolean;
  readonly remove: boolean;
}

/** Raised when a field of the JSON document changes its meaning or goes. */
const schemaVersion = 1;

const command = withAwsOptions(
  defineCommand(
    "bootstrap",
    "Makes the state bucket of an environment, and the roles with which a pipeline plans and applies its stacks. " +
      "Run it again after a change. Exit 0: done; 1: refused or failed; 2: could not tell.",
    [
      "npm run bootstrap -- --env dev --dry-run",
      "npm run bootstrap -- --env prod --profile production",
      "npm run bootstrap -- --env prod --yes --json",
    ],
  ),
)
  .option("--dry-run", "show the plan and change nothing", false)
  .option("--yes", "do not ask; required where there is no terminal to ask at", false)
  .option("--adopt-bucket", "take over a bucket of this account that is there already", false)
  .option("--remove", "let the plan take away what the settings no longer name", false);

void runCommand(command, async (signal) => {
  const options = command.opts<Options>();
  const print = (document: object) => {
    if (options.json) console.log(JSON.stringify({ schemaVersion, environment: options.env, ...document }));
  };
  return withToldFailure(() => run(options, print, signal), print);
});

async function run(
  options: Options,
  print: (document: object) => void,
  signal: AbortSignal,
): Promise<ExitCode> {
  const { env, region, profile } = options;
  const variables = withStateFolder({
    ...process.env,
    ...(region && { [`${settingPrefix(env)}_REGION`]: region }),
    ...(profile && { AWS_PROFILE: profile }),
  });
  const settings = loadSettings(variables);
  const environment = settings.environments[env];
  const { stateBucket } = environment;
  if (stateBucket === undefined) {
    const setting = `${settingPrefix(env)}_STATE_BUCKET`;
    throw new SettingError(
      `${setting} is not set: it names the bucket that this makes. Names are shared by all of AWS; the account's id ` +
        `in it helps: export ${setting}=<company>-dynamodb-layer-${env}-<account id>.`,
    );
  }
  const configuration = awsConfiguration(environment, options, variables);
  const accountId = await accountOf(awsClients(environment, options, variables), signal);
  const folder = ownFolder(variables);
  const lock = RunState.open(folder, ["run", env, stateBucket, accountId]);
  try {
    const terraform = await prepareTerraform(folder, variables, signal);
    const place = { environment, stateBucket, accountId };
    const result = await bootstrap({
      ...place,
      settings,
      clients: {
        s3: new S3Client({ ...configuration, forcePathStyle: settings.localEndpoint !== undefined }),
        iam: new IAMClient(configuration),
      },
      runs: {
        synthesized: folder,
        binary: terraform.binary,
        variables: { ...variables, ...terraform.environment },
        logs: join(folder, "logs"),
        signal,
      },
      adoptBucket: options.adoptBucket,
      remove: options.remove,
      dryRun: options.dryRun,
      onStep: (text) => console.error(`bootstrap of ${env}: ${text} …`),
      onPlan: (text) => console.error(text),
      confirm: async () =>
        options.yes ||
        (await confirm(
          `Apply this to ${env}, in account ${accountId}?`,
          { input: process.stdin, output: process.stderr },
          signal,
        )),
    });
    if (options.json) print(documentOf(place, result));
    else console.log(describe(place, result));
    return result.outcome === "declined" ? exitCodes.no : exitCodes.done;
  } finally {
    lock.close();
  }
}

/** Beside the stacks of a local AWS, with which it goes, or among what this clone keeps. */
function ownFolder(variables: NodeJS.ProcessEnv): string {
  const output = variables["CDKTF_OUTPUT"];
  return output ? join(dirname(output), "bootstrap") : join(localFolder, "bootstrap");
}
