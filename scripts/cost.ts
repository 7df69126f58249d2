import "./lib/uncaught";
import { writeFileSync } from "node:fs";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { InvalidArgumentError, Option } from "commander";
import { loadSettings } from "../stacks/settings";
import { catalogue } from "../tables/catalogue";
import { requireAccount } from "./lib/account";
import { awsClients, awsConfiguration } from "./lib/aws";
import { defineCommand, runCommand, withAwsOptions, type AwsOptions } from "./lib/command";
import { estimateWorkload, measureCost, reckonDocuments, type Answer, type Asked } from "./lib/cost/cost";
import { defaultWorkload } from "./lib/cost/documents";
import { retainedDays } from "./lib/cost/metrics";
import { CouldNotTell, describeError, exitCodes } from "./lib/errors";
import { selectTable } from "./lib/select-tables";

interface Options extends AwsOptions {
  readonly workload: string;
  readonly documents: boolean;
  readonly fromCloudwatch: boolean;
  readonly days: number;
  readonly chart?: string;
}

const command = withAwsOptions(
  defineCommand(
    "cost",
    "Tells what tables cost a month, on-demand beside provisioned. Exit 0: told; 2: could not tell.",
    [
      "npm run cost -- --env prod",
      "npm run cost -- --env prod conversations --workload scripts/workloads/conversations-1000.json",
      "npm run cost -- --env prod --documents",
      "npm run cost -- --env prod --chart cost.svg",
      "npm run cost -- --env prod --from-cloudwatch --days 30 agent-profiles",
      "npm run --silent cost -- --env prod --json",
    ],
  ),
)
  .argument("[table...]", "ids or names of tables; all of the workload, or of the environment, by default")
  .option("--workload <file>", "what is done in a month (docs/costs.md)", defaultWorkload)
  .addOption(
    new Option("--documents", "the requirement documents' own estimates, and what they come to")
      .default(false)
      .conflicts(["workload", "fromCloudwatch", "chart"]),
  )
  .addOption(
    new Option("--from-cloudwatch", "what was consumed in the last days, in place of a workload")
      .default(false)
      .conflicts(["workload", "chart"]),
  )
  .option("--days <number>", `days that --from-cloudwatch looks back, 1 to ${retainedDays}`, days, 14)
  .option("--chart <file.svg>", "also write cost against load as SVG");

void runCommand(command, async (signal) => {
  const { json, chart, ...options } = command.opts<Options>();
  const answer = await answerTo(options, signal);
  if (chart !== undefined && answer.chart !== undefined) writeChart(chart, answer.chart);
  console.log(json ? JSON.stringify(answer.document) : answer.text);
  return answer.outcome === "nothing measured" ? exitCodes.couldNotTell : exitCodes.done;
});

async function answerTo(options: Omit<Options, "json" | "chart">, signal: AbortSignal): Promise<Answer> {
  const { env, documents, fromCloudwatch, workload } = options;
  if (!fromCloudwatch && command.getOptionValueSource("days") !== "default") {
    throw new CouldNotTell("--days belongs to --from-cloudwatch: give both, or neither.");
  }
  const specs = [...new Set(command.args.map((name) => selectTable(name, env)))];
  if (documents && specs.length > 0) throw new CouldNotTell("--documents takes no tables.");
  const settings = loadSettings(process.env);
  const environment = settings.environments[env];
  const region = options.region ?? environment.region;
  const asked = async (): Promise<Asked> => {
    const { readStacks } = await import("./lib/cost/read-stacks");
    return { environment: env, region, stacks: readStacks(settings, env) };
  };
  if (documents) return reckonDocuments(await asked());
  if (!fromCloudwatch) return estimateWorkload(await asked(), workload, specs);
  const clients = awsClients(environment, options, process.env);
  const cloudwatch = new CloudWatchClient(awsConfiguration(environment, options, process.env));
  await requireAccount(clients, signal);
  const tables = specs.length === 0 ? catalogue : specs;
  return measureCost(await asked(), { ...clients, cloudwatch }, tables, {
    days: options.days,
    now: new Date(),
    signal,
  });
}

function writeChart(path: string, drawing: string): void {
  try {
    writeFileSync(path, drawing);
  } catch (error) {
    throw new CouldNotTell(`The chart cannot be written: ${describeError(error)}`);
  }
  console.error(`The chart is in ${path}.`);
}

function days(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= retainedDays) return number;
  throw new InvalidArgumentError(`Give whole days from 1 to ${retainedDays}.`);
}
