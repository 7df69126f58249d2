import "./lib/uncaught";
import { join } from "node:path";
import { defineCommand, runCommand, type JsonOption } from "./lib/command";
import { exitCodes } from "./lib/errors";
import { portOption } from "./lib/port-option";
import { describeExports, exportsDocument } from "./local/exports";
import { describeGateway } from "./local/gateway/describe-gateway";
import { startLocalAws } from "./local/local-aws";
import { defaultApiPort, serveApis, synthesize } from "./local/served-apis";

interface Options extends JsonOption {
  readonly port: number;
  readonly apiPort: number;
}

const command = defineCommand(
  "local",
  "Runs a local AWS and the HTTP APIs in the foreground, and prints the exports that point aws, terraform, " +
    "cdktf and curl at them.",
  [
    "npm run local",
    "npm run local -- --port 4566",
    "npm run local -- --api-port 0",
    "npm run --silent local -- --json",
  ],
)
  .addOption(portOption("--port", "port of the AWS endpoint; a free one by default", 0))
  .addOption(portOption("--api-port", "port of the HTTP APIs; 0 for a free one", defaultApiPort));

void runCommand(command, async (signal) => {
  const { port, apiPort, json } = command.opts<Options>();
  const aws = await startLocalAws({ port, signal });
  try {
    const { apis } = synthesize({ ...process.env, ...aws.variables }, join(aws.folder, "apis"));
    const gateway = await serveApis(aws, { apis, port: apiPort });
    try {
      const variables = { ...aws.variables, API_URL: gateway.url };
      console.log(json ? JSON.stringify(exportsDocument(variables)) : describeExports(variables));
      console.error(describeGateway(gateway).join("\n"));
      console.error("The local AWS is running. Ctrl-C stops it and forgets everything in it.");
      await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    } finally {
      await gateway.stop();
    }
  } finally {
    await aws.stop();
  }
  signal.throwIfAborted();
  return exitCodes.done;
});
