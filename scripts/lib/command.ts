import { Command, CommanderError, Option } from "commander";
import { SettingError } from "../../stacks/environments";
import { environmentNames, type EnvironmentName } from "../../tables/naming";
import {
  CouldNotTell,
  describeError,
  exitCodes,
  Interrupted,
  signalExits,
  type EndingSignal,
  type ExitCode,
} from "./errors";

/**
 * A command of this repository: its name as people type it, what it is for, and examples.
 *
 * @param json what --json gives.
 */
export function defineCommand(
  name: string,
  description: string,
  examples: readonly string[],
  json = "one JSON document on stdout",
): Command {
  return new Command(`npm run ${name} --`)
    .description(description)
    .option("--json", `${json}, for machines`, false)
    .addHelpText("after", `\nExamples:\n${examples.map((example) => `  ${example}`).join("\n")}\n`)
    .showHelpAfterError("Run with --help for examples.")
    .exitOverride();
}

export interface JsonOption {
  readonly json: boolean;
}

/** What a command that calls AWS is told of where to call. */
export interface AwsOptions extends JsonOption {
  readonly env: EnvironmentName;
  readonly region?: string;
  readonly profile?: string;
}

export const withAwsOptions = (command: Command): Command =>
  command
    .addOption(new Option("--env <env>", "environment").choices([...environmentNames]).makeOptionMandatory())
    .option("--region <region>", "AWS region; the environment's own by default")
    .option("--profile <profile>", "profile of the AWS configuration; not used with the local AWS");

/** SIGHUP comes when the terminal is closed. */
const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** npm hands on the Ctrl-C that the terminal has sent to the script already: those two are one. */
const sameSignalMilliseconds = 1_000;

/**
 * Parses the arguments, runs the action and ends the process with its exit code. Ctrl-C and SIGTERM abort
 * the signal, so that the action cleans up before the process ends; a second one ends it at once.
 */
export async function runCommand(
  command: Command,
  action: (signal: AbortSignal) => Promise<ExitCode>,
): Promise<void> {
  const controller = new AbortController();
  const printed = watchStdout();
  let interruptedAt = Infinity;
  for (const name of signals) {
    process.on(name, () => {
      if (performance.now() - interruptedAt > sameSignalMilliseconds) process.exit(signalExit(name));
      if (controller.signal.aborted) return;
      interruptedAt = performance.now();
      controller.abort(new Interrupted(name));
    });
  }
  try {
    await command.parseAsync();
    process.exitCode = await action(controller.signal);
  } catch (error) {
    const code = report(error, controller.signal);
    process.exitCode = code;
    if (process.argv.includes("--json") && !printed.any) printFailure(error, controller.signal);
  }
  // Sockets of HTTP clients that are kept alive must not hold the process.
  process.exit();
}

function report(error: unknown, signal: AbortSignal): ExitCode {
  if (signal.aborted) {
    const reason = signal.reason as Interrupted;
    console.error(reason.message);
    return signalExit(reason.signal);
  }
  if (error instanceof CommanderError) {
    // Commander has printed the help or the mistake.
    return error.exitCode === 0 ? exitCodes.done : exitCodes.couldNotTell;
  }
  console.error(isToldInFull(error) ? error.message : `Unexpected: ${describeError(error)}`);
  return exitCodes.couldNotTell;
}

/** Those whose names add nothing to their sentences. */
const isToldInFull = (error: unknown): error is Error =>
  error instanceof CouldNotTell || error instanceof SettingError || error instanceof Interrupted;

/** Whether stdout has something already: behind a result, or help, a failure's document would not parse. */
function watchStdout(): { any: boolean } {
  const printed = { any: false };
  const write = process.stdout.write.bind(process.stdout) as (...args: readonly unknown[]) => boolean;
  process.stdout.write = (...args: readonly unknown[]) => {
    printed.any = true;
    return write(...args);
  };
  return printed;
}

/** Who reads JSON finds the reason there too, also of wrong usage. */
function printFailure(thrown: unknown, { aborted, reason }: AbortSignal): void {
  const outcome = aborted ? "interrupted" : "could not tell";
  const error: unknown = aborted ? reason : thrown;
  const told = error instanceof CommanderError ? error.message.replace(/^error: /, "") : undefined;
  const text = told ?? (isToldInFull(error) ? error.message : describeError(error));
  const document = { schemaVersion: 1, outcome, error: text };
  console.log(JSON.stringify(document));
}

const signalExit = (name: EndingSignal): ExitCode => signalExits[name];
