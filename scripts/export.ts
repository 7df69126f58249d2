import "./lib/uncaught";
import { InvalidArgumentError } from "commander";
import { loadEnvironments } from "../stacks/environments";
import { requireAccount } from "./lib/account";
import { awsClients, awsConfiguration } from "./lib/aws";
import { defineCommand, runCommand, withAwsOptions, type AwsOptions } from "./lib/command";
import { exitCodes } from "./lib/errors";
import { readDestination, type Asked } from "./lib/export/destination";
import { exportTable, type Result } from "./lib/export/export-table";
import { readMoment } from "./lib/export/moment";
import { Refused } from "./lib/refused";

type Options = AwsOptions & Asked & { readonly interval: number };

/** Raised when a field of the JSON document changes its meaning or goes. */
const schemaVersion = 1;

const command = withAwsOptions(
  defineCommand(
    "export",
    "Exports a table: as of a point in time to S3, which consumes none of its capacity, or a small one to a file. " +
      "Exit 0: exported; 1: refused or failed; 2: could not tell.",
    [
      "npm run export -- --table cg-chatbot-conversations --env prod --bucket my-export-bucket",
      "npm run export -- --table conversations --env prod --bucket my-export-bucket --prefix audits --at 2025-12-30T14:00:00Z",
      "npm run export -- --env prod --follow arn:aws:dynamodb:us-east-1:123456789012:table/agent-profiles/export/0169-2d87",
      "npm run export -- --table conversations --env dev --to conversations.jsonl",
      "npm run --silent export -- --table conversations --env dev --to - | jq .title",
    ],
  ),
)
  .option("--table <table>", "id or name of the table")
  .option("--bucket <bucket>", "S3 bucket for an export as of a point in time")
  .option("--prefix <prefix>", "folder in the bucket; the table's name by default")
  .option("--at <time>", "ISO 8601 with a zone: the moment that is exported; now by default", readMoment)
  .option("--key <key>", "KMS key (ARN, id or alias) that encrypts the files; S3's own by default")
  .option("--bucket-owner <account>", "account of the bucket, where it is another one", readAccount)
  .option("--follow <arn>", "wait for an export that was started before")
  .option("--interval <seconds>", "time between two looks at an export, 0.2 to 60", readSeconds, 5)
  .option("--to <file>", "scan the table into a file of JSON lines; - for stdout")
  .option("--force", "with --to: replace the file, and scan a table of any size", false)
  .option("--dry-run", "say what would be exported, and write nothing", false);

void runCommand(command, async (signal) => {
  const options = command.opts<Options>();
  const { env, json } = options;
  const environment = loadEnvironments(process.env)[env];
  const configuration = awsConfiguration(environment, options, process.env);
  const destination = readDestination(options, env, configuration.region);
  const clients = awsClients(environment, options, process.env);
  const print = (result: Omit<Result, "text">) => {
    console.log(JSON.stringify({ schemaVersion, environment: env, ...result }));
  };
  try {
    await requireAccount(clients, signal);
    const { text, ...result } = await exportTable(destination, {
      ...options,
      configuration,
      clients,
      signal,
    });
    // Lines on stdout are the result already.
    if (destination.kind === "stdout" && !options.dryRun) console.error(text);
    else if (json) print(result);
    else console.log(text);
    return exitCodes.done;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    console.error(error.message);
    if (json && destination.kind !== "stdout") print({ outcome: "refused", reason: error.message });
    return exitCodes.no;
  }
});

function readAccount(text: string): string {
  if (/^\d{12}$/.test(text)) return text;
  throw new InvalidArgumentError("Give an account id of 12 digits.");
}

function readSeconds(text: string): number {
  const seconds = Number(text);
  if (text.trim() !== "" && seconds >= 0.2 && seconds <= 60) return seconds;
  throw new InvalidArgumentError("Give seconds from 0.2 to 60.");
}
