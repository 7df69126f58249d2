/** `npm run ask`: the document's sentences to the agent, and what it says when there is none. */

import { BedrockAgentClient } from "@aws-sdk/client-bedrock-agent";
import { findAgent } from "../../scripts/lib/ask/find-agent";
import { textEvent } from "../../scripts/local/bedrock/agent-stream";
import { bedrockAgentRuntime } from "../../scripts/local/repairs/bedrock-agent-runtime";
import { localCredentials } from "../../stacks/local-endpoint";
import {
  agentId,
  aliasId,
  beginStream,
  playAgents,
  type AgentFront,
  type AgentScript,
} from "../support/agent-front";
import { context, loadBrandAgent, starbucks, type BrandAgent } from "../support/brand-agent";
import { deployedAgent } from "../support/deployed-agent";
import { runScript, startScript } from "../support/scripts";

describe("npm run ask", () => {
  let brands: BrandAgent;
  let front: AgentFront;
  beforeAll(async () => {
    brands = await loadBrandAgent();
    const repair = bedrockAgentRuntime({
      findAgent: (agent, alias) => (agent === agentId && alias === aliasId ? deployedAgent : undefined),
      invoke: (_arn, event) => brands.handler(event, context),
    });
    front = await playAgents({ answer: { by: repair } });
  }, 60_000);
  afterAll(async () => {
    await front.close();
    await brands.stop();
  });
  const ask = (...args: readonly string[]) =>
    runScript("ask", ["--env", "local", ...args], { AWS_ENDPOINT_URL: front.url });

  it("prints the answer on stdout, and what the agent did on stderr", async () => {
    await brands.put(starbucks);
    const { code, stdout, stderr } = await ask("--session", "session-7", "start workflow for brand 12345");
    const sentence = "The workflow of brand 12345 has started. Ask for its status in a minute or two.";
    expect(stderr).toBe(`> start_workflow brandid=12345\n< ${sentence}\nGo on with: --session session-7\n`);
    expect(stdout).toBe(
      `[stand-in for Bedrock, local only] ${sentence}\n  12345  Starbucks (Food & Beverage): processing\n`,
    );
    expect(code).toBe(0);
    expect(brands.begun).toHaveLength(1);
  });

  it("gives machines one document, also of a question in several words", async () => {
    const { code, stdout } = await ask("--json", "how", "many", "brands", "are", "there?");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      schemaVersion: 1,
      environment: "local",
      agent: { agentId, aliasId },
      session: expect.stringMatching(/^[\da-f-]{36}$/) as string,
      question: "how many brands are there?",
      answer: expect.stringMatching(/^\[stand-in for Bedrock, local only\] Brands by status: /) as string,
      actions: [
        {
          name: "count_brands",
          parameters: {},
          outcome: expect.stringMatching(/^Brands by status: \d+ unprocessed, /) as string,
        },
      ],
      guardrail: false,
    });
  });

  it("refuses a session that Bedrock would refuse: exit 2", async () => {
    const { code, stderr } = await ask("--session", "a b", "hello");
    expect(code).toBe(2);
    expect(stderr).toContain("Give 2 to 100 letters, digits and any of . _ : -");
  });

  it("lists no agents when it is told which one: those with the policy of the stack may not", async () => {
    const listed = front.listed.length;
    const { code, stdout } = await ask("--agent", `${agentId}/${aliasId}`, "how many brands are there?");
    expect(stdout).toMatch(/^\[stand-in for Bedrock, local only\] Brands by status: /);
    expect(code).toBe(0);
    expect(front.listed.length - listed).toBe(0);
  });

  it.each(["GZF9REHEAO", "GZF9REHEAO/", "../x/XWTFA4KL42", "GZF9REHEAO/XWTFA4KL42/1"])(
    "refuses %s for an agent: exit 2",
    async (ids) => {
      const { code, stderr } = await ask("--agent", ids, "hello");
      expect(code).toBe(2);
      expect(stderr).toContain("Give <agent id>/<alias id>, the outputs agent_id and agent_alias_id");
    },
  );

  it("cannot tell where the agent is not deployed, and says how to deploy it: exit 2", async () => {
    const bare = await playAgents({ agents: [[]], answer: { by: () => undefined } });
    const { code, stdout, stderr } = await runScript("ask", ["--env", "local", "--json", "hello"], {
      AWS_ENDPOINT_URL: bare.url,
    });
    await bare.close();
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ outcome: "could not tell", error: stderr.trim() });
    expect(stderr).toBe(
      "There is no agent brand-processing-local here. Deploy it: npx cdktf deploy " +
        "brand-processing-services-local. Or check --region and --profile.\n",
    );
  });

  it("ends with 130 on Ctrl-C in the middle of an answer", async () => {
    const slow = await playAgents({
      answer: { with: (response) => beginStream(response)(textEvent("One moment")) },
    });
    const asked = startScript("ask", ["--env", "local", "hello"], { AWS_ENDPOINT_URL: slow.url });
    await asked.printed("One moment");
    asked.process.kill("SIGINT");
    expect(await asked.ended).toBe(130);
    await slow.close();
    expect(asked.output.stderr).toBe("Interrupted by SIGINT.\n");
    expect(asked.output.stdout).toBe("One moment\n");
  });
});

describe("the environment's agent", () => {
  const find = async (changes: Partial<AgentScript>) => {
    const front = await playAgents({ answer: { by: () => undefined }, ...changes });
    const { accessKey: accessKeyId, secretKey: secretAccessKey } = localCredentials;
    const client = new BedrockAgentClient({
      ...{ region: "us-east-1", endpoint: front.url, credentials: { accessKeyId, secretAccessKey } },
      maxAttempts: 1,
    });
    try {
      return await findAgent(client, "local", new AbortController().signal);
    } finally {
      client.destroy();
      await front.close();
    }
  };
  const alias = (status: string) => ({ aliases: [[{ name: "local", status }]] });

  it("is found by its names, on whatever page", async () => {
    expect(await find({})).toEqual({ agentId, aliasId });
  });

  it.each<[string, Partial<AgentScript>, RegExp]>([
    [
      "is not deployed",
      { agents: [["sales-local"], []] },
      /^There is no agent brand-processing-local here\. Deploy/,
    ],
    ["has no alias", { aliases: [[]] }, /^The agent brand-processing-local has no alias local\. Deploy it: /],
    ["is being made ready", alias("CREATING"), /is being made ready\. Ask again in a minute\.$/],
    [
      "has a failed alias",
      alias("FAILED"),
      /^The alias local of brand-processing-local is FAILED\. Deploy it: /,
    ],
  ])("that %s cannot be asked", async (_, changes, sentence) => {
    await expect(find(changes)).rejects.toThrow(sentence);
  });

  it("cannot be found where nothing answers, or Ctrl-C comes first", async () => {
    const { accessKey: accessKeyId, secretKey: secretAccessKey } = localCredentials;
    const client = new BedrockAgentClient({
      ...{
        region: "us-east-1",
        endpoint: "http://127.0.0.1:9",
        credentials: { accessKeyId, secretAccessKey },
      },
      maxAttempts: 1,
    });
    await expect(findAgent(client, "local", new AbortController().signal)).rejects.toThrow(
      /^The agents cannot be listed: .*connect ECONNREFUSED 127\.0\.0\.1:9\. Check credentials, region and endpoint;/,
    );
    await expect(findAgent(client, "local", AbortSignal.abort(new Error("Interrupted.")))).rejects.toThrow(
      "Interrupted.",
    );
    client.destroy();
  });
});
