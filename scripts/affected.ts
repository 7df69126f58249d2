import "./lib/uncaught";
import { Option } from "commander";
import { environmentNames, type EnvironmentName } from "../tables/naming";
import { findAffected, type Affected } from "./lib/affected/find-affected";
import { defineCommand, runCommand, type JsonOption } from "./lib/command";
import { exitCodes } from "./lib/errors";

interface Options extends JsonOption {
  readonly base: string;
  readonly env?: EnvironmentName;
}

/** Raised when a field of the JSON document changes its meaning or goes. */
const schemaVersion = 1;

const command = defineCommand(
  "affected",
  "Prints the stacks whose synthesized output the working tree changes, one a line. " +
    "Exit 0: compared, also when there are none; 2: could not tell.",
  [
    "npm run affected -- --base origin/main",
    "npm run affected -- --base HEAD^1 --env prod",
    "npm run --silent affected -- --base origin/main --json",
  ],
)
  .requiredOption("--base <ref>", "commit, tag or branch that the working tree is compared with")
  .addOption(
    new Option("--env <env>", "environment; the stacks of all by default").choices([...environmentNames]),
  );

void runCommand(command, async (signal) => {
  const { base, env, json } = command.opts<Options>();
  const affected = await findAffected(base, {
    ...(env && { environment: env }),
    variables: process.env,
    signal,
  });
  explain(affected);
  const stacks = [...affected.changed, ...affected.added].sort();
  const { kind, base: commit, ...rest } = affected;
  if (json) {
    console.log(
      JSON.stringify({
        schemaVersion,
        outcome: kind,
        base: commit,
        environment: env ?? null,
        stacks,
        ...rest,
      }),
    );
  } else if (stacks.length > 0) console.log(stacks.join("\n"));
  return exitCodes.done;
});

function explain(affected: Affected): void {
  if (affected.kind === "all") {
    console.error(`${affected.reason}\nNothing to compare with: all stacks count as affected.`);
    return;
  }
  const { changed, added, removed } = affected;
  if (changed.length + added.length === 0) console.error("No stack is affected.");
  for (const stack of removed) {
    console.error(
      `${stack} is no more. Destroy it from the commit that still has it: nothing plans it from here.`,
    );
  }
}
