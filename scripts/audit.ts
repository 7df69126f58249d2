import "./lib/uncaught";
import { CloudTrailClient } from "@aws-sdk/client-cloudtrail";
import { S3Client } from "@aws-sdk/client-s3";
import { Option } from "commander";
import { loadEnvironments } from "../stacks/environments";
import { auditBucketName, auditedSystems, trailName, type AuditedSystem } from "../stacks/naming";
import { accountOf } from "./lib/account";
import { daysBetween } from "./lib/audit/days";
import { findCalls, type AuditAnswer } from "./lib/audit/find-calls";
import { awsClients, awsConfiguration } from "./lib/aws";
import { defineCommand, runCommand, withAwsOptions, type AwsOptions } from "./lib/command";
import { exitCodes } from "./lib/errors";
import { progressLine } from "./lib/progress-line";

interface Options extends AwsOptions {
  readonly system: AuditedSystem;
  readonly item?: string;
  readonly from?: string;
  readonly to?: string;
}

/** Raised when a field of the JSON document changes its meaning or goes. */
const schemaVersion = 1;

const command = withAwsOptions(
  defineCommand(
    "audit",
    "Prints who read or changed an item, from the records of a system's audit trail. Exit 0: somebody did; " +
      "1: nobody, as far as is recorded; 2: could not tell.",
    [
      "npm run audit -- --env prod --item analysis_abc123",
      "npm run audit -- --env prod --item analysis_abc123 --from 2026-11-01 --to 2026-11-21",
      "npm run --silent audit -- --env staging --from 2026-11-21 --json",
    ],
  ),
)
  .addOption(
    new Option("--system <system>", "whose tables").choices([...auditedSystems]).default(auditedSystems[0]),
  )
  .option("--item <key>", "a value of the item's key, such as its request_id; all items by default")
  .option("--from <day>", "first day, in UTC; the last one by default")
  .option("--to <day>", "last day, in UTC; today by default");

void runCommand(command, async (signal) => {
  const { env, system, item, from, to, json, ...aws } = command.opts<Options>();
  const days = daysBetween(from, to, new Date());
  const environment = loadEnvironments(process.env)[env];
  const configuration = awsConfiguration(environment, { ...aws }, process.env);
  const accountId = await accountOf(awsClients(environment, { ...aws }, process.env), signal);
  const progress = progressLine(process.stderr);
  const answer = await findCalls({
    trails: new CloudTrailClient(configuration),
    s3: new S3Client({ ...configuration, forcePathStyle: "endpoint" in configuration }),
    trail: trailName(system, env),
    bucket: auditBucketName(system, { ...environment, region: configuration.region }, accountId),
    accountId,
    region: configuration.region,
    days,
    item,
    signal,
    onFile: (done, total) => progress.show(`${done} of ${total} files of records`),
  }).finally(() => progress.clear());
  const outcome = answer.calls.length > 0 ? "found" : "none";
  if (json) console.log(JSON.stringify({ schemaVersion, environment: env, system, outcome, ...answer }));
  else if (answer.calls.length > 0) console.log(describe(answer));
  explain(answer, days);
  return outcome === "found" ? exitCodes.done : exitCodes.no;
});

const describe = ({ calls }: AuditAnswer): string =>
  calls
    .map(({ time, call, kind, who, from, error }) =>
      [time, kind.padEnd(5), call, who, from, error].filter(Boolean).join("  "),
    )
    .join("\n");

function explain({ calls, files, isLogging }: AuditAnswer, days: readonly string[]): void {
  if (calls.length === 0) {
    console.error(
      `No call in ${files} files of records of ${days.length} ${days.length === 1 ? "day" : "days"}. A call is ` +
        "recorded some minutes after it was made; a Query and a Scan name no item that they have read.",
    );
  }
  if (!isLogging) console.error("THE TRAIL IS STOPPED: what happens now is not recorded. Deploy its stack.");
}
