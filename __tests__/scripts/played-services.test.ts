/** What the local AWS plays itself, together: workflow and agent call the functions that are deployed. */

import {
  BedrockAgentClient,
  CreateAgentActionGroupCommand,
  CreateAgentCommand,
  PrepareAgentCommand,
} from "@aws-sdk/client-bedrock-agent";
import { BedrockAgentRuntimeClient, InvokeAgentCommand } from "@aws-sdk/client-bedrock-agent-runtime";
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  SFNClient,
  StartExecutionCommand,
} from "@aws-sdk/client-sfn";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { playServices, type PlayedServices } from "../../scripts/local/played-services";
import { addressOf, listen } from "../../scripts/local/ports";
import { createProxy } from "../../scripts/local/proxy";
import { bundle, temporaryFolder } from "../support/functions";

const lambda = "arn:aws:lambda:us-east-1:123456789012:function:brand-processing-agent-dev";
const machine = "arn:aws:states:us-east-1:123456789012:stateMachine:brand-processing-dev";

/** A task of the workflow, or an action of the agent. */
const source = `
  exports.handler = async (event) => {
    if (event.fail) throw new TypeError("No such brand.");
    if (event.hang) return new Promise(() => setInterval(() => {}, 1000));
    if (!event.actionGroup) return { brandid: event.brandid };
    const { actionGroup, function: name, parameters } = event;
    const TEXT = { body: JSON.stringify({ message: name + " " + JSON.stringify(parameters) }) };
    return {
      messageVersion: "1.0",
      response: { actionGroup, function: name, functionResponse: { responseBody: { TEXT } } },
    };
  };`;
const definition = JSON.stringify({
  StartAt: "Task",
  States: {
    Task: {
      Type: "Task",
      Resource: "arn:aws:states:::lambda:invoke",
      Parameters: { FunctionName: lambda, "Payload.$": "$" },
      End: true,
    },
  },
});

describe("the services that the local AWS plays", () => {
  const { folder, remove } = temporaryFolder();
  let moto: Server;
  let proxy: Server;
  let services: PlayedServices;
  let settings: object;
  let states: SFNClient;

  beforeAll(async () => {
    moto = createServer((request, response) => {
      request
        .resume()
        .on("end", () => response.end(JSON.stringify({ stateMachineArn: machine, creationDate: 1 })));
    });
    await listen(moto, 0);
    services = playServices({
      region: "us-east-1",
      folder,
      log: join(folder, "functions.log"),
      endpoint: () => addressOf(proxy),
    });
    proxy = createProxy(addressOf(moto), services.repairs);
    await listen(proxy, 0);
    settings = {
      endpoint: addressOf(proxy),
      region: "us-east-1",
      credentials: { accessKeyId: "local", secretAccessKey: "local" },
      maxAttempts: 1,
    };
    states = new SFNClient(settings);
    await fetch(`${addressOf(proxy)}/2015-03-31/functions`, {
      method: "POST",
      body: JSON.stringify({
        FunctionName: "brand-processing-agent-dev",
        Code: { ZipFile: Buffer.from(bundle(source)).toString("base64") },
        Handler: "index.handler",
        Timeout: 30,
      }),
    });
    await states.send(
      new CreateStateMachineCommand({ name: "brand-processing-dev", definition, roleArn: machine }),
    );
  });
  afterAll(async () => {
    states.destroy();
    await services.stop();
    proxy.close();
    moto.close();
    remove();
  });

  const start = (input: object) =>
    states.send(new StartExecutionCommand({ stateMachineArn: machine, input: JSON.stringify(input) }));
  const describeExecution = ({ executionArn }: { readonly executionArn?: string | undefined }) =>
    states.send(new DescribeExecutionCommand({ executionArn }));
  const run = async (input: object) => {
    const started = await start(input);
    for (;;) {
      const execution = await describeExecution(started);
      if (execution.status !== "RUNNING") return execution;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };

  it("run a workflow's tasks in the bundle that is deployed, and hand on how they fail", async () => {
    const { status, output = "" } = await run({ brandid: 12345 });
    expect(status).toBe("SUCCEEDED");
    expect(JSON.parse(output)).toMatchObject({ Payload: { brandid: 12345 }, StatusCode: 200 });
    expect(await run({ fail: true })).toMatchObject({ status: "FAILED", error: "TypeError" });
  });

  it("carry an agent's action out by its own function", async () => {
    const agents = new BedrockAgentClient(settings);
    // By itself it speaks HTTP/2.
    const runtime = new BedrockAgentRuntimeClient({ ...settings, requestHandler: new NodeHttpHandler() });
    const { agent } = await agents.send(
      new CreateAgentCommand({
        agentName: "brand-processing-dev",
        agentResourceRoleArn: "arn:aws:iam::123456789012:role/brand-processing-agent-dev",
        foundationModel: "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        instruction: "You show brands, and start the workflow that generates their metadata.",
      }),
    );
    const agentId = agent?.agentId;
    await agents.send(
      new CreateAgentActionGroupCommand({
        agentId,
        agentVersion: "DRAFT",
        actionGroupName: "brands",
        actionGroupExecutor: { lambda },
        functionSchema: {
          functions: [
            { name: "start_workflow", parameters: { brandid: { type: "integer", required: true } } },
          ],
        },
      }),
    );
    await agents.send(new PrepareAgentCommand({ agentId }));
    const { completion = [] } = await runtime.send(
      new InvokeAgentCommand({
        agentId,
        agentAliasId: "TSTALIASID",
        sessionId: "test-session-123",
        inputText: "start workflow for brand 12345",
      }),
    );
    let text = "";
    for await (const { chunk } of completion) text += Buffer.from(chunk?.bytes ?? []).toString();
    expect(text).toBe(
      '[stand-in for Bedrock, local only] start_workflow [{"name":"brandid","type":"integer","value":"12345"}]',
    );
    agents.destroy();
    runtime.destroy();
  });

  it("abort what runs when they stop", async () => {
    const started = await start({ hang: true });
    expect((await describeExecution(started)).status).toBe("RUNNING");
    await services.stop();
    expect((await describeExecution(started)).status).toBe("ABORTED");
  });
});
