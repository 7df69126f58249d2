import "./lib/uncaught";
import { AthenaClient } from "@aws-sdk/client-athena";
import { InvalidArgumentError } from "commander";
import { join } from "node:path";
import type { AthenaSettings } from "../functions/brand-processing/athena-source";
import type { BrandSource } from "../functions/brand-processing/brand-row";
import { unitsPerSecond } from "../functions/brand-processing/population-table";
import { systemTimer as timer } from "../functions/shared/timer";
import { loadEnvironments, type Environment } from "../stacks/environments";
import { tableName } from "../stacks/naming";
import { brandProcessingStatus } from "../tables/brand-processing-status";
import { requireAccount } from "./lib/account";
import { awsClients, awsConfiguration, type AwsConfiguration } from "./lib/aws";
import { defineCommand, runCommand, withAwsOptions, type AwsOptions } from "./lib/command";
import { CouldNotTell, exitCodes } from "./lib/errors";
import { localFolder } from "./lib/paths";
import { peakMemoryBytes } from "./lib/peak-memory";
import { athenaSettings, type AthenaOptions } from "./lib/populate-brands/athena-settings";
import { CsvSource } from "./lib/populate-brands/csv-source";
import { explained } from "./lib/populate-brands/explained";
import { isOfNoUse, openNamedQuery, openQuery, type OpenedQuery } from "./lib/populate-brands/open-query";
import { openPopulationTable, populate } from "./lib/populate-brands/populate";
import { QueryState } from "./lib/populate-brands/query-state";
import { populationReport } from "./lib/populate-brands/report";
import { Refused } from "./lib/refused";
import { describeReport, exitOf } from "./lib/run-report";
import { RunState } from "./lib/run-state";

interface Options extends AwsOptions, AthenaOptions {
  readonly dryRun: boolean;
  readonly limit?: number;
  readonly maxWcu?: number;
  readonly fromCsv?: string;
  readonly queryExecution?: string;
}

/** Raised when a field of the JSON document changes its meaning or goes. */
const schemaVersion = 1;

/** An account's limit for a table, before AWS raises it (AWS: "Quotas in Amazon DynamoDB"). */
const mostUnits = 40_000;

const command = withAwsOptions(
  defineCommand(
    "populate-brands",
    "Brings the brands of Athena's brands_to_check into their table: new ones as unprocessed, known ones with " +
      "their name and sector alone. Exit 0: all there and verified; 1: something is not, and told; " +
      "2: could not tell, run again to go on.",
    [
      "npm run populate-brands -- --env dev --dry-run",
      "npm run populate-brands -- --env prod",
      "npm run populate-brands -- --env prod --query-execution 5f0a2c8e-8f0b-4b0e-9c1f-2d6a7e3b9c10",
      "npm run --silent populate-brands -- --env dev --from-csv brands.csv --json",
    ],
  ),
)
  .option("--dry-run", "run the query, compare, and write nothing", false)
  .option("--limit <rows>", "only the first ones of the source", rowsOf)
  .option(
    "--max-wcu <units>",
    `write units a second, of the table's index; ${unitsPerSecond} by default`,
    unitsOf,
  )
  .option("--from-csv <file>", "brands of a file with the header brandid,brandname,sector instead")
  .option("--query-execution <id>", "read the result of a query that has run already", queryOf)
  .option("--database <name>", "Athena's database; the environment's own by default")
  .option("--workgroup <name>", "Athena's workgroup; the environment's own by default")
  .option("--output <url>", "s3://bucket/prefix/ of Athena's results; the environment's own by default")
  .addHelpText(
    "after",
    "\nA run that was interrupted, however it was, goes on when the same command is run again.",
  );

void runCommand(command, async (signal) => {
  const started = performance.now();
  const options = command.opts<Options>();
  const { env, json, dryRun } = options;
  checkOptions(options);
  const environment = loadEnvironments(process.env)[env];
  const table = tableName(brandProcessingStatus, env);
  const print = (outcome: string, document: object) =>
    console.log(JSON.stringify({ schemaVersion, environment: env, table, dryRun, outcome, ...document }));
  try {
    const { query, ...populated } = await run(environment, table, options, signal);
    signal.throwIfAborted();
    const report = populationReport(populated);
    const seconds = (performance.now() - started) / 1000;
    const peakBytes = peakMemoryBytes();
    if (json) {
      print(report.outcome, {
        ...(query !== undefined && { query }),
        ...report.document,
        seconds: Number(seconds.toFixed(1)),
        peakMemoryMb: Math.round(peakBytes / 1024 / 1024),
      });
    } else console.log(describeReport(report, seconds, peakBytes));
    return exitOf[report.outcome];
  } catch (error) {
    signal.throwIfAborted();
    const told = explained(error, table, env);
    if (!(told instanceof Refused)) throw told;
    console.error(told.message);
    if (json) print("refused", { reason: told.message });
    return exitCodes.no;
  }
});

async function run(environment: Environment, tableName: string, options: Options, signal: AbortSignal) {
  const { dryRun, limit, maxWcu, fromCsv } = options;
  const clients = awsClients(environment, options, process.env);
  // What is wrong with them is told before anybody is asked.
  const file = fromCsv === undefined ? undefined : CsvSource.open(fromCsv);
  const settings = file === undefined ? athenaSettings(environment, options) : undefined;
  await requireAccount(clients, signal);
  const table = openPopulationTable(clients.dynamodb, {
    name: tableName,
    timer,
    signal,
    ...(maxWcu !== undefined && { mostUnitsPerSecond: maxWcu }),
  });
  // A table that is missing is told before a query is paid for.
  await table.find([1]);
  const props = { table, signal, limit, dryRun, timer, messages: process.stderr };
  const runWith = (source: BrandSource) => populate({ ...props, source });
  if (file !== undefined) return { query: undefined, ...(await runWith(file)) };
  if (settings === undefined) throw new CouldNotTell("There is neither a file nor Athena to read.");
  const configuration = awsConfiguration(environment, options, process.env);
  return withQuery({ configuration, settings, tableName, options, signal }, async ({ id, source }) => ({
    query: id,
    ...(await runWith(source)),
  }));
}

interface QueryProps {
  readonly configuration: AwsConfiguration;
  readonly settings: AthenaSettings;
  readonly tableName: string;
  readonly options: Options;
  readonly signal: AbortSignal;
}

/** Remembers the query of a run that is interrupted, unless people have named it. */
async function withQuery<T>(
  { configuration, settings, tableName, options, signal }: QueryProps,
  use: (query: OpenedQuery) => Promise<T>,
): Promise<T> {
  const { env, queryExecution } = options;
  const client = new AthenaClient(configuration);
  const props = { client, signal, timer, messages: process.stderr };
  if (queryExecution !== undefined) return use(await openNamedQuery(props, queryExecution));
  const kind = `population${options.dryRun ? "-rehearsal" : ""}-${env}`;
  const where = "endpoint" in configuration ? configuration.endpoint : configuration.region;
  const { database, workgroup, output } = settings;
  const place = [kind, tableName, where, database, workgroup, output] as const;
  const state = RunState.open(join(localFolder, "populations"), place);
  try {
    const queryState = QueryState.load(state);
    const query = await openQuery(props, settings, queryState);
    const result = await use(query).catch((error: unknown) => {
      if (isOfNoUse(error)) queryState.forget();
      throw error;
    });
    queryState.forget();
    return result;
  } finally {
    if (signal.aborted) process.stderr.write("Run the same command again to go on from here.\n");
    state.close();
  }
}

/** @throws CouldNotTell when the options do not go together. */
function checkOptions({ fromCsv, queryExecution, database, workgroup, output }: Options): void {
  if (fromCsv !== undefined && (queryExecution ?? database ?? workgroup ?? output) !== undefined) {
    throw new CouldNotTell(
      "--from-csv reads no Athena: leave --query-execution, --database, --workgroup and --output out.",
    );
  }
  if (output !== undefined && !/^s3:\/\/[^/]+\/(.+\/)?$/.test(output)) {
    throw new CouldNotTell("--output must be s3://bucket/prefix/, with a slash at its end.");
  }
}

function rowsOf(text: string): number {
  const rows = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(rows) && rows >= 1) return rows;
  throw new InvalidArgumentError("Give a number of rows, from 1.");
}

function unitsOf(text: string): number {
  const units = Number(text);
  if (/^\d+$/.test(text) && units >= 1 && units <= mostUnits) return units;
  throw new InvalidArgumentError(`Give write units a second, from 1 to ${mostUnits}.`);
}

function queryOf(text: string): string {
  if (/^[\w-]{1,128}$/.test(text)) return text;
  throw new InvalidArgumentError("Give a query execution's id, as the run that started it has printed it.");
}
