import "./lib/uncaught";
import { InvalidArgumentError, Option } from "commander";
import { loadEnvironments } from "../stacks/environments";
import { apiGateway } from "./lib/aws";
import { defineCommand, runCommand, withAwsOptions, type AwsOptions } from "./lib/command";
import { CouldNotTell, describeError, exitCodes } from "./lib/errors";
import { adapters, watchedSystems, type WatchedSystem } from "./lib/watch/adapters";
import { findApi } from "./lib/watch/api-address";
import { authorizationFor } from "./lib/watch/authorization";
import { jsonLines, liveView, plainLines, type Display } from "./lib/watch/display";
import { pollAll } from "./lib/watch/poll";
import { StatusApi } from "./lib/watch/status-api";

interface Options extends AwsOptions {
  readonly system: WatchedSystem;
  readonly url?: string;
  readonly interval: number;
  readonly timeout?: number;
}

const command = withAwsOptions(
  defineCommand(
    "watch",
    "Shows the live progress of requests until all are done. " +
      "Exit 0: all completed; 1: at least one failed; 2: could not tell.",
    [
      "npm run watch -- --system design-analysis --env local analysis_abc123",
      "npm run watch -- --system trade-status --env prod --profile production session-1 session-2",
      "npm run watch -- --system design-analysis --env dev --url https://status.example.com analysis_abc123",
      "npm run --silent watch -- --system trade-status --env dev --json --timeout 600 session-1",
    ],
    "JSON lines on stdout, one a change and the outcome last",
  ),
)
  .addOption(
    new Option("--system <system>", "whose requests").choices([...watchedSystems]).makeOptionMandatory(),
  )
  .argument("<id...>", "ids of analysis requests, or of trade sessions")
  .option("--url <url>", "where the API is; found by its name by default, API_URL or port 8000 in local")
  .option("--interval <seconds>", "time between two questions, 0.2 to 60", secondsFrom(0.2, 60), 1)
  .option("--timeout <seconds>", "give up waiting after this time: exit 2", secondsFrom(0.2, 1_000_000))
  .addHelpText(
    "after",
    "\nThe variable API_TOKEN is sent as a bearer token where it is set; else requests are signed with AWS\n" +
      "credentials, but for those to this machine.",
  );

void runCommand(command, async (interrupt) => {
  const options = command.opts<Options>();
  const ids = [...new Set(command.args)];
  const display = await displayFor(options, ids);
  const { signal, dispose } = withTimeout(interrupt, options.timeout);
  try {
    checkIds(ids);
    const api = await openApi(options, display, signal);
    const { interval: intervalSeconds } = options;
    const last = await pollAll(api, ids, { intervalSeconds, signal, onProgress: display.progress });
    const hasFailed = last.some((progress) => progress.hasFailed);
    display.end(hasFailed ? "failed" : "completed");
    return hasFailed ? exitCodes.no : exitCodes.done;
  } catch (error) {
    display.end("could not tell", describeError(error));
    throw error;
  } finally {
    dispose();
  }
});

async function displayFor({ json, system }: Options, ids: readonly string[]): Promise<Display> {
  if (json) return jsonLines(system, ids);
  const canRedraw = process.stdout.isTTY && process.env["TERM"] !== "dumb";
  return canRedraw ? liveView(ids, process.stdout) : plainLines();
}

async function openApi(options: Options, display: Display, signal: AbortSignal): Promise<StatusApi> {
  const { system, env, url, profile } = options;
  const environment = loadEnvironments(process.env)[env];
  const apis = apiGateway(environment, options);
  const api = await findApi({ system, environment, url, variables: process.env, apis, signal });
  const authorization = authorizationFor(api, process.env, {
    region: options.region ?? environment.region,
    profile,
    credentials: apis.config.credentials,
  });
  return new StatusApi({
    system,
    adapter: adapters[system],
    url: api,
    authorization,
    retrySeconds: options.interval,
    onTrouble: display.trouble,
  });
}

/** An id goes into a path: one of dots would name another. */
function checkIds(ids: readonly string[]): void {
  const wrong = ids.find((id) => /^\.{0,2}$/.test(id));
  if (wrong !== undefined) throw new CouldNotTell(`"${wrong}" is no id. Give those of requests or sessions.`);
}

function withTimeout(interrupt: AbortSignal, seconds: number | undefined) {
  const controller = new AbortController();
  const waited = seconds === 1 ? "1 second" : `${seconds ?? 0} seconds`;
  const reason = new CouldNotTell(`Not all were done after ${waited}. Run this again to go on.`);
  const timer = seconds && setTimeout(() => controller.abort(reason), seconds * 1000);
  return {
    signal: AbortSignal.any([interrupt, controller.signal]),
    dispose: () => clearTimeout(timer),
  };
}

function secondsFrom(minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const seconds = Number(text);
    if (text.trim() !== "" && seconds >= minimum && seconds <= maximum) return seconds;
    throw new InvalidArgumentError(`Give seconds from ${minimum} to ${maximum}.`);
  };
}
