import "./lib/uncaught";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { loadEnvironments, type Environment } from "../stacks/environments";
import { tableName } from "../stacks/naming";
import { conversations } from "../tables/conversations";
import { requireAccount } from "./lib/account";
import { awsClients, awsConfiguration } from "./lib/aws";
import { defineCommand, runCommand, withAwsOptions, type AwsOptions } from "./lib/command";
import { describeChange, variable } from "./lib/connect-function/change";
import { confirm } from "./lib/connect-function/confirm";
import { carryOut, forgetSpent, planConnection, type Plan } from "./lib/connect-function/connect";
import { readFunctionName } from "./lib/connect-function/function-name";
import { exitCodes, type ExitCode } from "./lib/errors";
import { progressLine } from "./lib/progress-line";
import { Refused } from "./lib/refused";

interface Options extends AwsOptions {
  readonly function: string;
  readonly undo: boolean;
  readonly dryRun: boolean;
  readonly yes: boolean;
}

/** Raised when a field of the JSON document changes its meaning or goes. */
const schemaVersion = 1;

const command = withAwsOptions(
  defineCommand(
    "connect-function",
    `Gives a Lambda that others own the name of the conversations table, in ${variable}, and changes nothing ` +
      "else of it. Exit 0: connected; 1: refused; 2: could not tell.",
    [
      "npm run connect-function -- --function cg-production-chatbot --env prod --dry-run",
      "npm run connect-function -- --function cg-production-chatbot --env prod --profile production",
      "npm run connect-function -- --function cg-production-chatbot --env prod --yes --json",
      "npm run connect-function -- --function cg-production-chatbot --env prod --undo",
    ],
  ),
)
  .requiredOption("--function <function>", "name or ARN of the Lambda; no version and no alias")
  .option("--undo", "take the connection back: the value from before, or none", false)
  .option("--dry-run", "show the change and write nothing", false)
  .option("--yes", "do not ask; required where there is no terminal to ask at", false);

type Outcome = "connected" | "taken back" | "nothing to do" | "would change" | "declined" | "refused";

void runCommand(command, async (signal) => {
  const options = command.opts<Options>();
  const environment = loadEnvironments(process.env)[options.env];
  try {
    return await connect(options, environment, signal);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    console.error(error.message);
    if (options.json) printDocument(options, { outcome: "refused", reason: error.message });
    return exitCodes.no;
  }
});

async function connect(options: Options, environment: Environment, signal: AbortSignal): Promise<ExitCode> {
  const { env, undo, dryRun, yes, json } = options;
  const configuration = awsConfiguration(environment, options, process.env);
  const clients = awsClients(environment, options, process.env);
  const { region } = configuration;
  const functionName = readFunctionName(options.function, { region, accountId: clients.accountId });
  await requireAccount(clients, signal);
  const client = new LambdaClient(configuration);
  const table = tableName(conversations, env);
  const progress = progressLine(process.stderr);
  const onWait = (seconds: number) => progress.show(`Lambda takes the change over … ${seconds} s`);
  const wish = { environment: env, functionName, table, undo };
  const plan = await planConnection(client, wish, { signal, onWait }).finally(() => progress.clear());
  if (plan.kind === "nothing to do") {
    if (!dryRun) forgetSpent(plan);
    if (json) printDocument(options, { outcome: plan.kind });
    else console.log(plan.why);
    return exitCodes.done;
  }
  const preview = `${plan.live.arn}\n${describeChange(plan.change)}`;
  if (dryRun) {
    if (json) printChange(options, plan, "would change");
    else console.log(`${preview}\nNothing was written: this was a dry run.`);
    return exitCodes.done;
  }
  console.error(preview);
  const terminal = { input: process.stdin, output: process.stderr };
  if (!yes && !(await confirm(`Write this to ${functionName}?`, terminal, signal))) {
    if (json) printChange(options, plan, "declined");
    else console.log("Nothing was written.");
    return exitCodes.no;
  }
  await carryOut(client, plan, { signal, onWait }).finally(() => progress.clear());
  if (json) printChange(options, plan, undo ? "taken back" : "connected");
  else console.log(describeDone(functionName, table, undo));
  for (const hint of hints(plan, environment, undo)) console.error(hint);
  return exitCodes.done;
}

const describeDone = (functionName: string, table: string, undo: boolean): string =>
  undo
    ? `${functionName} is as it was before: ${variable} alone was changed.`
    : `${functionName} is connected to ${table}: ${variable} alone was changed. --undo takes it back.`;

/** A function without the access policy would find its table and be refused there. */
function hints({ live }: Plan, { name, existingRoles }: Environment, undo: boolean): readonly string[] {
  if (undo || live.role === existingRoles.chatbot) return [];
  const setting = `${name.toUpperCase()}_CHATBOT_ROLE`;
  return [
    `Its role ${live.role ?? ""} is not the one that ${setting} names (${existingRoles.chatbot ?? "not set"}): ` +
      `set it and deploy conversations-tables-${name}, so that the role may read and write the table.`,
  ];
}

function printChange(options: Options, plan: Extract<Plan, { kind: "change" }>, outcome: Outcome): void {
  const { before, after, kept } = plan.change;
  printDocument(options, {
    outcome,
    arn: plan.live.arn,
    change: { variable, before: before ?? null, after: after ?? null, kept },
  });
}

function printDocument(
  { env, function: functionName }: Options,
  result: Readonly<Record<string, unknown>> & { readonly outcome: Outcome },
): void {
  console.log(JSON.stringify({ schemaVersion, environment: env, function: functionName, ...result }));
}
