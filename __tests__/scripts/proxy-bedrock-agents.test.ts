/** Agents for Bedrock on the local AWS, as the SDK's client sees them: what changes, what is kept, what is refused. */

import {
  BedrockAgentClient,
  CreateAgentActionGroupCommand,
  CreateAgentAliasCommand,
  CreateAgentCommand,
  DeleteAgentActionGroupCommand,
  DeleteAgentAliasCommand,
  DeleteAgentCommand,
  DeleteAgentVersionCommand,
  GetAgentActionGroupCommand,
  GetAgentAliasCommand,
  GetAgentCommand,
  GetAgentVersionCommand,
  ListAgentActionGroupsCommand,
  ListAgentAliasesCommand,
  ListAgentCollaboratorsCommand,
  ListAgentKnowledgeBasesCommand,
  ListAgentsCommand,
  ListAgentVersionsCommand,
  ListTagsForResourceCommand,
  PrepareAgentCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateAgentActionGroupCommand,
  UpdateAgentAliasCommand,
  UpdateAgentCommand,
  type FunctionSchema,
  type ParameterDetail,
} from "@aws-sdk/client-bedrock-agent";
import type { Server } from "node:http";
import { Agents } from "../../scripts/local/bedrock/agents";
import { deployedAgent } from "../../scripts/local/bedrock/deployed-agent";
import { addressOf, listen } from "../../scripts/local/ports";
import { createProxy } from "../../scripts/local/proxy";
import { bedrockAgents } from "../../scripts/local/repairs/bedrock-agents";

const lambda = "arn:aws:lambda:us-east-1:123456789012:function:brand-processing-agent-dev";
const settings = {
  agentName: "brand-processing-dev",
  agentResourceRoleArn: "arn:aws:iam::123456789012:role/brand-processing-agent-dev",
  foundationModel: "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
  instruction: "You show brands, and start the workflow that generates their metadata.",
};
const brandid: ParameterDetail = { type: "integer", required: true };
const functionSchema: FunctionSchema = {
  functions: [{ name: "get_brand", description: "Shows one brand", parameters: { brandid } }],
};
const brands = { actionGroupName: "brands", actionGroupExecutor: { lambda }, functionSchema };

describe("agents on the local AWS", () => {
  let now: Date;
  let agents: Agents;
  let proxy: Server;
  let client: BedrockAgentClient;
  let agentId: string;

  beforeEach(async () => {
    now = new Date("2026-02-15T12:00:00.000Z");
    agents = new Agents("us-east-1", () => now);
    // Nothing of it is moto's.
    proxy = createProxy("http://127.0.0.1:9", [bedrockAgents(agents)]);
    await listen(proxy, 0);
    client = new BedrockAgentClient({
      endpoint: addressOf(proxy),
      region: "us-east-1",
      credentials: { accessKeyId: "local", secretAccessKey: "local" },
      maxAttempts: 1,
    });
    agentId = await createAgent();
  });
  afterEach(() => {
    client.destroy();
    proxy.close();
  });

  const createAgent = async (changes: object = {}) => {
    const { agent } = await client.send(new CreateAgentCommand({ ...settings, ...changes }));
    return agent?.agentId ?? "";
  };
  const getAgent = async () => (await client.send(new GetAgentCommand({ agentId }))).agent;
  const prepare = () => client.send(new PrepareAgentCommand({ agentId }));
  const createGroup = async (changes: object = {}) => {
    const command = new CreateAgentActionGroupCommand({
      agentId,
      agentVersion: "DRAFT",
      ...brands,
      ...changes,
    });
    return (await client.send(command)).agentActionGroup?.actionGroupId ?? "";
  };
  const createAlias = async (changes: object = {}) =>
    (await client.send(new CreateAgentAliasCommand({ agentId, agentAliasName: "dev", ...changes })))
      .agentAlias;
  const versionsOf = async () => {
    const { agentVersionSummaries = [] } = await client.send(new ListAgentVersionsCommand({ agentId }));
    return agentVersionSummaries.map(({ agentVersion }) => agentVersion);
  };

  it("begin unprepared, with all that provider 5.100 has to find", async () => {
    expect(await getAgent()).toEqual({
      ...settings,
      agentId,
      agentArn: `arn:aws:bedrock:us-east-1:123456789012:agent/${agentId}`,
      agentVersion: "DRAFT",
      agentStatus: "NOT_PREPARED",
      agentCollaboration: "DISABLED",
      orchestrationType: "DEFAULT",
      idleSessionTTLInSeconds: 600,
      promptOverrideConfiguration: { promptConfigurations: [] },
      createdAt: now,
      updatedAt: now,
    });
    expect(agentId).toMatch(/^[0-9A-Z]{10}$/);
  });

  it("are prepared at the time of each preparation, until something of the draft changes", async () => {
    expect(await prepare()).toMatchObject({
      agentStatus: "PREPARED",
      agentVersion: "DRAFT",
      preparedAt: now,
    });
    now = new Date("2026-02-15T12:00:01.000Z");
    await prepare();
    expect(await getAgent()).toMatchObject({ agentStatus: "PREPARED", preparedAt: now });
    const changed = { ...settings, instruction: `${settings.instruction} You answer briefly.` };
    const { agent } = await client.send(new UpdateAgentCommand({ agentId, ...changed }));
    expect(agent).toMatchObject({ ...changed, agentStatus: "NOT_PREPARED", preparedAt: now });
    await prepare();
    await createGroup();
    expect(await getAgent()).toMatchObject({ agentStatus: "NOT_PREPARED" });
  });

  it("keep a version for each alias, as the draft was then", async () => {
    const group = await createGroup();
    await prepare();
    const alias = await createAlias();
    expect(alias).toMatchObject({
      agentAliasStatus: "PREPARED",
      routingConfiguration: [{ agentVersion: "1" }],
    });
    await client.send(
      new UpdateAgentActionGroupCommand({
        agentId,
        agentVersion: "DRAFT",
        actionGroupId: group,
        ...brands,
        description: "Brands and their workflow",
      }),
    );
    const at = async (agentVersion: string) => {
      const command = new GetAgentActionGroupCommand({ agentId, agentVersion, actionGroupId: group });
      return (await client.send(command)).agentActionGroup;
    };
    expect(await at("DRAFT")).toMatchObject({ ...brands, description: "Brands and their workflow" });
    const kept = await at("1");
    expect(kept).toMatchObject({ ...brands, agentVersion: "1", actionGroupState: "ENABLED" });
    expect(kept).not.toHaveProperty("description");
    const { agentVersion } = await client.send(new GetAgentVersionCommand({ agentId, agentVersion: "1" }));
    expect(agentVersion).toMatchObject({ ...settings, version: "1", agentStatus: "PREPARED" });
  });

  it("move an alias to a new version when it is updated without a routing, and to an old one with it", async () => {
    await prepare();
    const agentAliasId = (await createAlias())?.agentAliasId ?? "";
    const update = (changes: object = {}) =>
      client.send(new UpdateAgentAliasCommand({ agentId, agentAliasId, agentAliasName: "dev", ...changes }));
    const routing = async () => {
      const { agentAlias } = await client.send(new GetAgentAliasCommand({ agentId, agentAliasId }));
      return agentAlias?.routingConfiguration;
    };
    await update({ description: "The second" });
    expect(await routing()).toEqual([{ agentVersion: "2" }]);
    await update({ routingConfiguration: [{ agentVersion: "1" }] });
    expect(await routing()).toEqual([{ agentVersion: "1" }]);
    expect(await versionsOf()).toEqual(["DRAFT", "1", "2"]);
  });

  it("are what an alias leads an invocation to, and the draft once it is prepared", async () => {
    await createGroup();
    expect(deployedAgent(agents, agentId, "TSTALIASID")).toBeUndefined();
    await prepare();
    const agentAliasId = (await createAlias())?.agentAliasId ?? "";
    const deployed = {
      name: "brand-processing-dev",
      version: "1",
      actionGroup: "brands",
      lambdaArn: lambda,
      functions: [{ name: "get_brand", parameters: { brandid } }],
    };
    expect(deployedAgent(agents, agentId, agentAliasId)).toEqual(deployed);
    expect(deployedAgent(agents, agentId, "TSTALIASID")).toEqual({ ...deployed, version: "DRAFT" });
    expect(deployedAgent(agents, agentId, "NOSUCHALIAS")).toBeUndefined();
    expect(deployedAgent(agents, "NOSUCHAGEN", agentAliasId)).toBeUndefined();
  });

  it("are listed with all that belongs to them", async () => {
    const group = await createGroup();
    await prepare();
    const alias = await createAlias();
    const { agentSummaries } = await client.send(new ListAgentsCommand());
    expect(agentSummaries).toMatchObject([
      { agentId, agentName: "brand-processing-dev", latestAgentVersion: "1" },
    ]);
    const draft = { agentId, agentVersion: "DRAFT" };
    const { actionGroupSummaries } = await client.send(new ListAgentActionGroupsCommand(draft));
    expect(actionGroupSummaries).toMatchObject([{ actionGroupId: group, actionGroupName: "brands" }]);
    const { agentAliasSummaries = [] } = await client.send(new ListAgentAliasesCommand({ agentId }));
    expect(agentAliasSummaries.map(({ agentAliasId }) => agentAliasId)).toEqual([
      "TSTALIASID",
      alias?.agentAliasId,
    ]);
    expect(await client.send(new ListAgentCollaboratorsCommand(draft))).toMatchObject({
      agentCollaboratorSummaries: [],
    });
    expect(await client.send(new ListAgentKnowledgeBasesCommand(draft))).toMatchObject({
      agentKnowledgeBaseSummaries: [],
    });
  });

  it("keep tags of agents and of aliases apart", async () => {
    await prepare();
    const alias = await createAlias({ tags: { Environment: "dev" } });
    const agentArn = (await getAgent())?.agentArn;
    await client.send(
      new TagResourceCommand({ resourceArn: agentArn, tags: { System: "brands", Old: "1" } }),
    );
    await client.send(new UntagResourceCommand({ resourceArn: agentArn, tagKeys: ["Old"] }));
    const tagsOf = async (resourceArn: string | undefined) =>
      (await client.send(new ListTagsForResourceCommand({ resourceArn }))).tags;
    expect(await tagsOf(agentArn)).toEqual({ System: "brands" });
    expect(await tagsOf(alias?.agentAliasArn)).toEqual({ Environment: "dev" });
    await expect(tagsOf("arn:aws:bedrock:us-east-1:123456789012:agent/NOSUCHAGEN")).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
  });

  describe("refuse", () => {
    const refusal = (sent: Promise<unknown>) =>
      sent.then(
        () => "nothing",
        (error: unknown) => (error as Error).name,
      );

    it.each([
      ["a name that is taken", { agentName: "brand-processing-dev" }, "ConflictException"],
      ["a name with a space", { agentName: "brand processing" }, "ValidationException"],
      ["an instruction of a few words", { agentName: "brands", instruction: "Help." }, "ValidationException"],
      ["a session of a day", { agentName: "brands", idleSessionTTLInSeconds: 86_400 }, "ValidationException"],
    ])("%s", async (_, changes, name) => {
      expect(await refusal(createAgent(changes))).toBe(name);
    });

    it("an action group whose name is taken, and one with a sixth parameter", async () => {
      await createGroup();
      expect(await refusal(createGroup())).toBe("ConflictException");
      const parameters = Object.fromEntries(
        ["one", "two", "three", "four", "five", "six"].map((name) => [name, { type: "string" }]),
      );
      const functionSchema = { functions: [{ name: "start_workflow", parameters }] };
      expect(await refusal(createGroup({ actionGroupName: "more", functionSchema }))).toBe(
        "ValidationException",
      );
    });

    it("an alias of an agent that is not prepared, and of a version that is not there", async () => {
      expect(await refusal(createAlias())).toBe("ValidationException");
      await prepare();
      const routingConfiguration = [{ agentVersion: "7" }];
      expect(await refusal(createAlias({ routingConfiguration }))).toBe("ResourceNotFoundException");
      await createAlias();
      expect(await refusal(createAlias())).toBe("ConflictException");
    });

    it("changes of an agent, a group, an alias or a version that is not there", async () => {
      const nothing = { agentId: "NOSUCHAGEN" };
      const group = { agentId, agentVersion: "DRAFT", actionGroupId: "NOSUCHGROU" };
      for (const send of [
        () => client.send(new GetAgentCommand(nothing)),
        () => client.send(new UpdateAgentCommand({ ...settings, ...nothing })),
        () => client.send(new PrepareAgentCommand(nothing)),
        () => client.send(new GetAgentActionGroupCommand(group)),
        () => client.send(new GetAgentAliasCommand({ agentId, agentAliasId: "NOSUCHALIA" })),
        () => client.send(new GetAgentVersionCommand({ agentId, agentVersion: "7" })),
      ]) {
        expect(await refusal(send())).toBe("ResourceNotFoundException");
      }
    });
  });

  describe("are deleted", () => {
    it("from the alias to the agent; what is in use only when the check is skipped", async () => {
      const group = { agentId, agentVersion: "DRAFT", actionGroupId: await createGroup() };
      await prepare();
      const agentAliasId = (await createAlias())?.agentAliasId ?? "";
      const version = { agentId, agentVersion: "1" };
      await expect(client.send(new DeleteAgentActionGroupCommand(group))).rejects.toThrow(
        "when it is Enabled",
      );
      await expect(client.send(new DeleteAgentVersionCommand(version))).rejects.toThrow("An alias points to");
      await expect(client.send(new DeleteAgentCommand({ agentId }))).rejects.toThrow("active aliases");
      await client.send(new DeleteAgentAliasCommand({ agentId, agentAliasId }));
      await client.send(new DeleteAgentVersionCommand(version));
      expect(await versionsOf()).toEqual(["DRAFT"]);
      await client.send(new DeleteAgentActionGroupCommand({ ...group, skipResourceInUseCheck: true }));
      await client.send(new DeleteAgentCommand({ agentId }));
      await expect(getAgent()).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    });

    it("whole when the check is skipped, and their names are free again", async () => {
      await prepare();
      await createAlias();
      await client.send(new DeleteAgentCommand({ agentId, skipResourceInUseCheck: true }));
      expect(await createAgent()).not.toBe(agentId);
    });
  });
});
