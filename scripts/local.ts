import "./lib/uncaught";
import { defineCommand, runCommand, type JsonOption } from "./lib/command";
import { CouldNotTell, exitCodes } from "./lib/errors";
import { describeExports, exportsDocument } from "./local/exports";
import { startLocalAws } from "./local/local-aws";

interface Options extends JsonOption {
  readonly port: string;
}

const command = defineCommand(
  "local",
  "Runs a local AWS in the foreground and prints the exports that point aws, terraform and cdktf at it.",
  ["npm run local", "npm run local -- --port 4566", "npm run --silent local -- --json"],
).option("--port <port>", "port of the endpoint; a free one by default", "0");

void runCommand(command, async (signal) => {
  const { port, json } = command.opts<Options>();
  const aws = await startLocalAws({ port: parsePort(port), signal });
  try {
    console.log(json ? JSON.stringify(exportsDocument(aws.variables)) : describeExports(aws.variables));
    console.error("The local AWS is running. Ctrl-C stops it and forgets everything in it.");
    await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  } finally {
    await aws.stop();
  }
  signal.throwIfAborted();
  return exitCodes.done;
});

function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new CouldNotTell(`--port takes a number from 0 to 65535; found "${text}".`);
  }
  return port;
}
