import "./lib/uncaught";
import { existsSync } from "node:fs";
import CliTable from "cli-table3";
import { Option } from "commander";
import { systems, type System } from "../tables/systems";
import { defineCommand, runCommand, type JsonOption } from "./lib/command";
import { CouldNotTell, describeError, exitCodes } from "./lib/errors";
import { portOption } from "./lib/port-option";
import { PhaseFailed } from "./lib/phases";
import { logFolder, quickstart, type QuickstartResult } from "./lib/quickstart/quickstart";
import type { PlayedStory } from "./lib/quickstart/story";
import { describePlan, TerraformFailed } from "./lib/stack-runs";
import { describeExports, exportsDocument } from "./local/exports";
import { describeGateway } from "./local/gateway/describe-gateway";
import { defaultApiPort } from "./local/served-apis";

interface Options extends JsonOption {
  readonly system?: System;
  readonly keep: boolean;
  readonly apiPort: number;
}

const schemaVersion = 1;

const command = defineCommand(
  "quickstart",
  "Applies every stack to a local AWS with the real Terraform provider, proves it, plays each system's story, " +
    "and destroys it.",
  [
    "npm run quickstart",
    "npm run quickstart -- --keep",
    "npm run quickstart -- --system trade-status --keep",
    "npm run --silent quickstart -- --json",
  ],
)
  .addOption(
    new Option("--system <system>", "apply the stacks of one system only; of all by default").choices(
      systems,
    ),
  )
  .option("--keep", "keep the local AWS and the HTTP APIs running until Ctrl-C", false)
  .addOption(portOption("--api-port", "port of the HTTP APIs with --keep; 0 for a free one", defaultApiPort));

void runCommand(command, async (signal) => {
  const { system, keep, json, apiPort } = command.opts<Options>();
  const print = (text: string, document: object) =>
    console.log(json ? JSON.stringify({ schemaVersion, ...document }) : text);
  try {
    const result = await quickstart({
      signal,
      systems: system === undefined ? systems : [system],
      apiPort: keep ? apiPort : 0,
      ...(keep && {
        keep: async ({ aws, gateway }, soFar) => {
          const variables = { ...aws.variables, API_URL: gateway.url };
          print(`${describe(soFar)}\n${describeExports(variables)}`, {
            ...soFar,
            variables: exportsDocument(variables),
          });
          console.error([...describeGateway(gateway), ...goingOn(soFar)].join("\n"));
          console.error("Tables and APIs are running on the local AWS. Ctrl-C stops it and forgets them.");
          await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
        },
      }),
    });
    signal.throwIfAborted();
    print(describe(result), result);
    return exitCodes.done;
  } catch (error) {
    if (!(error instanceof PhaseFailed)) throw error;
    const failure = describeFailure(error);
    console.error(`Failed: ${failure.phase}.\n${failure.error}`);
    if (existsSync(failure.log)) console.error(`Log: ${failure.log}`);
    if (json) print("", { failure });
    return error.cause instanceof CouldNotTell ? exitCodes.couldNotTell : exitCodes.no;
  }
});

/** What can be done with what is kept, beside the APIs. */
const goingOn = ({ stories }: QuickstartResult): readonly string[] =>
  stories.some(({ through }) => through === "agent")
    ? [
        "With the exports, the agent for brands can be asked, and brands be populated again:",
        '  npm run ask -- --env local "show me completed brands"',
        "  npm run populate-brands -- --env local",
      ]
    : [];

function describeFailure({ phase, cause }: PhaseFailed) {
  return cause instanceof TerraformFailed
    ? { phase, error: `${cause.phase} of ${cause.stackId}: ${cause.firstLine}`, log: cause.log }
    : { phase, error: describeError(cause), log: logFolder };
}

/** By the time that this is printed every check has passed: one that fails ends the quickstart. */
function describe({ stacks, tables, stories, phases }: QuickstartResult): string {
  const rows = new CliTable({ head: ["stack", "first plan", "tables"], style: { head: [], border: [] } });
  for (const { stack, tables: names, plan } of stacks) {
    rows.push([stack, describePlan(plan), names.join("\n")]);
  }
  const through = (what: PlayedStory["through"]) => {
    const { length } = stories.filter((story) => story.through === what);
    return counted(length, what);
  };
  const total = phases.reduce((sum, { seconds }) => sum + seconds, 0);
  return [
    rows.toString(),
    `${counted(tables.length, "table")}, ${through("API")} and ${through("agent")} over ${stacks.length} stacks: ` +
      "applied, second plan empty, in spec, probed, played.",
    ...stories.map(({ system, told }) => `${system}: ${told}`),
    ...phases.map(({ name, seconds }) => `${seconds.toFixed(1).padStart(7)} s  ${name}`),
    `${total.toFixed(1).padStart(7)} s  in all`,
  ].join("\n");
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;
