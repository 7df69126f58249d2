import "./lib/uncaught";
import { randomUUID } from "node:crypto";
import { BedrockAgentClient } from "@aws-sdk/client-bedrock-agent";
import { BedrockAgentRuntimeClient } from "@aws-sdk/client-bedrock-agent-runtime";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { InvalidArgumentError } from "commander";
import { loadEnvironments } from "../stacks/environments";
import { requireAccount } from "./lib/account";
import { BedrockAgent } from "./lib/ask/bedrock-agent";
import { converse } from "./lib/ask/conversation";
import { display } from "./lib/ask/display";
import { findAgent, readAddress, type AgentAddress } from "./lib/ask/find-agent";
import { awsClients, awsConfiguration } from "./lib/aws";
import { defineCommand, runCommand, withAwsOptions, type AwsOptions } from "./lib/command";
import { CouldNotTell, exitCodes } from "./lib/errors";
import { jsonLine } from "./lib/watch/text";

interface Options extends AwsOptions {
  readonly session?: string;
  readonly agent?: AgentAddress;
}

/** Raised when a field of the JSON document changes its meaning or goes. */
const schemaVersion = 1;

const command = withAwsOptions(
  defineCommand(
    "ask",
    "Asks the agent of brand processing: the answer on stdout as it comes, the actions that it takes on stderr. " +
      "Exit 0: answered; 2: could not tell.",
    [
      'npm run ask -- --env dev "show me unprocessed brands"',
      'npm run ask -- --env dev "start workflow for brand 12345"',
      'npm run ask -- --env dev "please generate metadata for the brands in the check table"',
      'npm run ask -- --env dev --session my-session "and what is its status now?"',
      'npm run --silent ask -- --env dev --json "how many brands are completed?" | jq .actions',
    ],
    "one JSON document on stdout: the answer and the actions",
  ),
)
  .argument("<question...>", "what you would say to a colleague")
  .option("--session <session>", "go on with a conversation; each begins a new one by default", readSession)
  .option("--agent <ids>", "<agent id>/<alias id>; found by the environment's name by default", readAgent);

void runCommand(command, async (signal) => {
  const options = command.opts<Options>();
  const question = command.args.join(" ").trim();
  if (question === "") throw new CouldNotTell("There is no question. Run with --help for examples.");
  const environment = loadEnvironments(process.env)[options.env];
  const configuration = awsConfiguration(environment, options, process.env);
  await requireAccount(awsClients(environment, options, process.env), signal);
  const address =
    options.agent ?? (await findAgent(new BedrockAgentClient(configuration), environment.name, signal));
  const sessionId = options.session ?? randomUUID();
  const agent = new BedrockAgent({
    client: new BedrockAgentRuntimeClient({
      ...configuration,
      // HTTP/1.1, also where this client would take HTTP/2: the local AWS has none.
      requestHandler: new NodeHttpHandler(configuration.requestHandler),
      // A question is asked once: the agent may have acted before its answer was lost.
      maxAttempts: 1,
    }),
    ...{ address, sessionId, signal },
  });
  const shown = display(process, options.json);
  const { answer, actions, guardrail } = await converse(agent, question, shown).finally(() => shown.end());
  if (options.json) {
    const asked = { environment: environment.name, agent: address, session: sessionId, question };
    console.log(jsonLine({ schemaVersion, ...asked, answer, actions, guardrail }));
  }
  console.error(`Go on with: --session ${sessionId}`);
  return exitCodes.done;
});

/** AWS: "InvokeAgent", sessionId. */
function readSession(text: string): string {
  if (/^[0-9a-zA-Z._:-]{2,100}$/.test(text)) return text;
  throw new InvalidArgumentError("Give 2 to 100 letters, digits and any of . _ : -");
}

function readAgent(text: string): AgentAddress {
  const address = readAddress(text);
  if (address !== undefined) return address;
  throw new InvalidArgumentError(
    "Give <agent id>/<alias id>, the outputs agent_id and agent_alias_id of the stack.",
  );
}
