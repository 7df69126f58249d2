import "./lib/uncaught";
import pc from "picocolors";
import { verifyPolicy } from "../stacks/bootstrap/verify-policy";
import { loadEnvironments } from "../stacks/environments";
import { localAccountId } from "../stacks/local-endpoint";
import { awsClients } from "./lib/aws";
import { defineCommand, runCommand, withAwsOptions } from "./lib/command";
import { CouldNotTell, describeError, exitCodes, type ExitCode } from "./lib/errors";
import { Progress } from "./lib/progress";
import { documentOf } from "./lib/verify/output/document";
import {
  annotations,
  failureAnnotation,
  failureSummary,
  stepSummary,
  tellGithub,
} from "./lib/verify/output/github";
import { junitFailure, junitReport, writeJunit } from "./lib/verify/output/junit";
import { describeVerification } from "./lib/verify/output/text";
import { exitOf, outcomeOf, type Verification } from "./lib/verify/output/verification";
import { jsonLooks, peoplesLooks, statusLine } from "./lib/verify/output/watch-display";
import { selectSubjects } from "./lib/verify/select-subjects";
import { checkOptions, withVerifyOptions, type VerifyCommandOptions } from "./lib/verify/verify-options";
import { tallyOf, type Tally } from "./lib/verify/tally";
import { openAll, type OpenSubjects } from "./lib/verify/verify-all";
import { watchVerification } from "./lib/verify/watch";
import { jsonLine } from "./lib/watch/text";

const command = withVerifyOptions(
  withAwsOptions(
    defineCommand(
      "verify",
      "Compares what is deployed in an environment with what is declared. " +
        "Exit 0: in spec; 1: drift; 2: could not check.",
      [
        "npm run verify -- --env prod",
        "npm run verify -- --env dev conversations agent-profiles",
        "npm run verify -- --env staging trade-processing-status --probe",
        "npm run --silent verify -- --env prod --strict --json",
        "npm run verify -- --env prod --junit .local/verify.xml --github",
        "npm run verify -- --env prod trade-status-services --watch 30 --until-in-spec",
        "npm run --silent verify -- --env prod --policy",
      ],
      "one JSON document on stdout, with --watch one a look",
    ),
  ),
);

void runCommand(command, async (signal) => {
  const options = command.opts<VerifyCommandOptions>();
  checkOptions(options, command.args);
  if (options.policy) return printPolicy(options);
  if (options.watch !== undefined) return watch(options, options.watch, signal);
  return once(options, signal);
});

async function once(options: VerifyCommandOptions, signal: AbortSignal): Promise<ExitCode> {
  const { env, junit, github, json } = options;
  let verification: Verification;
  const progress = new Progress("looking at what is deployed", process.stderr);
  const tally = tallyOf((items, of) => progress.update({ items, fraction: items / of }));
  try {
    verification = await looking(options, signal, tally)().finally(() => progress.end());
    signal.throwIfAborted();
  } catch (error) {
    const reason = describeError(signal.aborted ? signal.reason : error);
    if (junit !== undefined) writeJunit(junit, junitFailure(env, reason));
    if (github) tellTheJob(failureSummary(env, reason), [failureAnnotation(env, reason)]);
    throw error;
  }
  console.log(json ? jsonLine(documentOf(verification)) : describeVerification(verification, pc));
  if (junit !== undefined) writeJunit(junit, junitReport(verification));
  if (github) tellTheJob(stepSummary(verification), annotations(verification));
  return exitOf[outcomeOf(verification)];
}

const tellTheJob = (summary: string, commands: readonly string[]): void =>
  tellGithub(summary, commands, process.env, (line) => console.error(line));

async function watch(
  options: VerifyCommandOptions,
  intervalSeconds: number,
  signal: AbortSignal,
): Promise<ExitCode> {
  const display = options.json
    ? jsonLooks((line) => console.log(line))
    : peoplesLooks(await statusLine(process.stdout), { colors: pc, intervalSeconds });
  const { untilInSpec } = options;
  await watchVerification(looking(options, signal), { intervalSeconds, untilInSpec, display, signal });
  return exitCodes.done;
}

/** @throws CouldNotTell where the account is not known, which the names of resources have in them. */
function printPolicy({ env, region, json }: VerifyCommandOptions): ExitCode {
  const environment = loadEnvironments(process.env)[env];
  const accountId = env === "local" ? localAccountId : environment.accountId;
  if (accountId === undefined) {
    throw new CouldNotTell(`The policy names the account: set ${env.toUpperCase()}_ACCOUNT_ID.`);
  }
  const policy = verifyPolicy({ environment: { ...environment, ...(region && { region }) }, accountId });
  console.log(JSON.stringify(policy, null, json ? undefined : 2));
  return exitCodes.done;
}

/** @throws CouldNotTell, as soon as it looks or before, for wrong names and settings. */
function looking(
  { env, strict, probe, ...aws }: VerifyCommandOptions,
  signal: AbortSignal,
  tally?: Tally,
): () => Promise<Verification> {
  const environment = loadEnvironments(process.env)[env];
  const subjects = selectSubjects(command.args, env);
  const clients = awsClients(environment, aws, process.env);
  let opened: Promise<OpenSubjects> | undefined;
  return async () => {
    opened ??= openAll(clients, subjects, { environment, probe, signal, aws, ...(tally && { tally }) });
    const { verify, notLookedAt } = await opened;
    return { environment: env, strict, probed: probe, reports: await verify(), notLookedAt };
  };
}
