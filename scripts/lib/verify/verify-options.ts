/** What `npm run verify` is told, and which of it goes together. */

import { InvalidArgumentError, Option, type Command } from "commander";
import type { AwsOptions } from "../command";
import { CouldNotTell } from "../errors";
import { watchSeconds } from "./watch";

export interface VerifyCommandOptions extends AwsOptions {
  readonly probe: boolean;
  readonly strict: boolean;
  readonly github: boolean;
  readonly policy: boolean;
  readonly untilInSpec: boolean;
  readonly junit?: string;
  /** Seconds between two looks. */
  readonly watch?: number;
}

export const withVerifyOptions = (command: Command): Command =>
  command
    .argument("[name...]", "tables by id or name, or stacks; everything of the environment by default")
    .option("--probe", "also write, read and delete each table's example item", false)
    .option("--strict", "exit 2 as soon as anything could not be read, also beside drift", false)
    .option("--junit <file>", "also write a JUnit report, one test case for each thing looked at")
    .option("--github", "in GitHub Actions: write the step's summary, and annotations", false)
    .addOption(
      new Option(
        "--watch [seconds]",
        `look again and again, and tell what has changed; every ${watchSeconds.usual} seconds by default`,
      )
        .preset(String(watchSeconds.usual))
        .argParser(watchInterval),
    )
    .option("--until-in-spec", "with --watch: end as soon as everything is in spec", false)
    .option("--policy", "print the IAM policy with the rights that this needs, and look at nothing", false);

function watchInterval(text: string): number {
  const seconds = Number(text);
  const { least, most } = watchSeconds;
  if (text.trim() !== "" && seconds >= least && seconds <= most) return seconds;
  throw new InvalidArgumentError(`Give seconds from ${least} to ${most}; names stand before --watch.`);
}

/** @throws CouldNotTell for what does not go together. */
export function checkOptions(options: VerifyCommandOptions, names: readonly string[]): void {
  const given = {
    "--probe": options.probe,
    "--strict": options.strict,
    "--junit": options.junit !== undefined,
    "--github": options.github,
    "--watch": options.watch !== undefined,
    "--until-in-spec": options.untilInSpec,
    "names of tables and stacks": names.length > 0,
  };
  type Given = keyof typeof given;
  const refuse = (one: string, others: readonly Given[], because: string) => {
    const other = others.find((name) => given[name]);
    if (other !== undefined) throw new CouldNotTell(`${one} does not go with ${other}: ${because}`);
  };
  if (options.policy) {
    refuse(
      "--policy",
      Object.keys(given) as Given[],
      "it prints the policy of the environment and looks at nothing.",
    );
  }
  if (options.watch !== undefined) {
    refuse("--watch", ["--probe"], "it would write to the tables again and again.");
    refuse("--watch", ["--junit", "--github"], "these tell of one verification.");
  }
  if (options.untilInSpec && options.watch === undefined) {
    throw new CouldNotTell("--until-in-spec goes with --watch: without it, there is one look.");
  }
}
