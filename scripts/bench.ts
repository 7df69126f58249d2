import "./lib/uncaught";
import { benches, benchNamed } from "./lib/bench/benches";
import { describeMachine, machine } from "./lib/bench/machine";
import { defineCommand, runCommand, type JsonOption } from "./lib/command";
import { exitCodes } from "./lib/errors";
import { PhaseFailed } from "./lib/phases";

interface Options extends JsonOption {
  readonly quick: boolean;
}

/** Raised when a field of the JSON document changes its meaning or goes. */
const schemaVersion = 1;

const command = defineCommand(
  "bench",
  "Measures on this machine, and judges nothing: what is fast enough is for the reader to say.",
  [
    "npm run bench -- functions",
    "npm run bench -- functions --quick",
    "npm run bench -- conversations",
    "npm run bench -- verify",
    "npm run --silent bench -- functions --json",
  ],
)
  .argument("<bench>", [...benches].map(([name, { description }]) => `${name}: ${description}`).join("; "))
  .option("--quick", "a few measurements only: to see that it works, not to compare", false);

void runCommand(command, async (signal) => {
  const { quick, json } = command.opts<Options>();
  const [name = ""] = command.args;
  const report = await unwrapped(benchNamed(name).run({ quick, signal }));
  signal.throwIfAborted();
  console.log(
    json
      ? JSON.stringify({ schemaVersion, bench: name, quick, machine, ...report.document })
      : [describeMachine(report.engine), report.text].join("\n"),
  );
  return exitCodes.done;
});

/** The progress on stderr has named the phase that failed; its error is told as any other. */
async function unwrapped<T>(running: Promise<T>): Promise<T> {
  try {
    return await running;
  } catch (error) {
    throw error instanceof PhaseFailed ? error.cause : error;
  }
}
