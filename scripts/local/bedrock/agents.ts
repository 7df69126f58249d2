import type {
  Agent,
  AgentSummary,
  CreateAgentRequest,
  UpdateAgentRequest,
} from "@aws-sdk/client-bedrock-agent";
import { systemClock, type Clock } from "../../../functions/shared/clock";
import { localAccountId } from "../../../stacks/local-endpoint";
import { checkAgent, checkNamed } from "./agent-limits";
import { draft, newId, testAlias, type AgentRecord } from "./agent-record";
import { conflict, invalid, missing } from "./agent-refusal";

const defaultSessionSeconds = 600;

/** The agents of an account and a region, in memory. */
export class Agents {
  private readonly records = new Map<string, AgentRecord>();

  constructor(
    private readonly region: string,
    private readonly clock: Clock = systemClock,
  ) {}

  now(): Date {
    return this.clock();
  }

  /** @throws AgentRefusal ResourceNotFoundException. */
  find(agentId: string): AgentRecord {
    const record = this.records.get(agentId);
    if (record === undefined)
      throw missing(`Failed to retrieve resource because it doesn't exist: ${agentId}`);
    return record;
  }

  create(input: Partial<CreateAgentRequest>): AgentRecord {
    const agentName = checkNamed("agent", { name: input.agentName, description: input.description });
    checkAgent(input);
    this.refuseName(agentName);
    const agentId = newId();
    const now = this.now();
    const { agentResourceRoleArn } = input;
    const agent = {
      ...settingsOf(input),
      agentId,
      agentName,
      agentArn: this.arn(`agent/${agentId}`),
      agentResourceRoleArn,
      agentVersion: draft,
      agentStatus: "NOT_PREPARED" as const,
      createdAt: now,
      updatedAt: now,
    };
    const record: AgentRecord = {
      agent,
      tags: { ...input.tags },
      groups: new Map(),
      versions: new Map(),
      aliases: new Map(),
      versionsMade: 0,
    };
    this.records.set(agentId, record);
    record.aliases.set(testAlias, {
      alias: {
        agentId,
        agentAliasId: testAlias,
        agentAliasName: "AgentTestAlias",
        agentAliasArn: this.aliasArn(agentId, testAlias),
        routingConfiguration: [{ agentVersion: draft }],
        agentAliasStatus: "PREPARED",
        createdAt: now,
        updatedAt: now,
      },
      tags: {},
    });
    return record;
  }

  update(agentId: string, input: Partial<UpdateAgentRequest>): AgentRecord {
    const record = this.find(agentId);
    const agentName = checkNamed("agent", { name: input.agentName, description: input.description });
    checkAgent(input);
    const { agentResourceRoleArn, foundationModel } = input;
    if (agentResourceRoleArn === undefined || foundationModel === undefined) {
      throw invalid("agentResourceRoleArn and foundationModel must not be null");
    }
    if (agentName !== record.agent.agentName) this.refuseName(agentName);
    const { agentArn, createdAt, preparedAt } = record.agent;
    record.agent = {
      ...settingsOf(input),
      agentId,
      agentName,
      agentArn,
      agentResourceRoleArn,
      agentVersion: draft,
      agentStatus: "NOT_PREPARED",
      createdAt,
      updatedAt: this.now(),
      preparedAt,
    };
    return record;
  }

  /** What changed in the draft takes effect by this, for the test alias and for versions made from then on. */
  prepare(agentId: string): AgentRecord {
    const record = this.find(agentId);
    const { foundationModel, instruction, agentResourceRoleArn } = record.agent;
    if (!foundationModel || !instruction || !agentResourceRoleArn) {
      throw invalid(
        "An agent is prepared with a foundation model, an instruction and a role: update it first",
      );
    }
    const now = this.now();
    record.agent = { ...record.agent, agentStatus: "PREPARED", preparedAt: now, updatedAt: now };
    return record;
  }

  /** To be called after each change of what belongs to the draft. */
  changed(record: AgentRecord): void {
    record.agent = { ...record.agent, agentStatus: "NOT_PREPARED", updatedAt: this.now() };
  }

  delete(agentId: string, isCheckSkipped: boolean): void {
    const { aliases } = this.find(agentId);
    if (!isCheckSkipped && [...aliases.keys()].some((id) => id !== testAlias)) {
      throw conflict(`Could not delete Agent with ID ${agentId}, since it has active aliases`);
    }
    this.records.delete(agentId);
  }

  list(): readonly AgentSummary[] {
    return [...this.records.values()].map(({ agent, versions }) => ({
      agentId: agent.agentId,
      agentName: agent.agentName,
      agentStatus: agent.agentStatus,
      description: agent.description,
      updatedAt: agent.updatedAt,
      latestAgentVersion: [...versions.keys()].at(-1) ?? draft,
      guardrailConfiguration: agent.guardrailConfiguration,
    }));
  }

  /** Those of an agent or of an alias, to be changed in place. */
  tagsOf(arn: string): Record<string, string> {
    for (const { agent, tags, aliases } of this.records.values()) {
      if (agent.agentArn === arn) return tags;
      for (const one of aliases.values()) if (one.alias.agentAliasArn === arn) return one.tags;
    }
    throw missing(`Failed to retrieve resource because it doesn't exist: ${arn}`);
  }

  aliasArn(agentId: string, aliasId: string): string {
    return this.arn(`agent-alias/${agentId}/${aliasId}`);
  }

  private arn(resource: string): string {
    return `arn:aws:bedrock:${this.region}:${localAccountId}:${resource}`;
  }

  private refuseName(name: string): void {
    if ([...this.records.values()].some(({ agent }) => agent.agentName === name)) {
      throw conflict(
        `Could not create Agent. An Agent with the specified name already exists: ${name}. ` +
          "Retry your request with a different name.",
      );
    }
  }
}

/** What callers decide of an agent, as Bedrock answers with it. */
const settingsOf = (input: Partial<CreateAgentRequest>) =>
  ({
    instruction: input.instruction,
    foundationModel: input.foundationModel,
    description: input.description,
    orchestrationType: input.orchestrationType ?? "DEFAULT",
    customOrchestration: input.customOrchestration,
    idleSessionTTLInSeconds: input.idleSessionTTLInSeconds ?? defaultSessionSeconds,
    customerEncryptionKeyArn: input.customerEncryptionKeyArn,
    guardrailConfiguration: input.guardrailConfiguration,
    memoryConfiguration: input.memoryConfiguration,
    agentCollaboration: input.agentCollaboration ?? "DISABLED",
    // Without it provider 5.100 panics, and the whole apply with it.
    promptOverrideConfiguration: input.promptOverrideConfiguration ?? { promptConfigurations: [] },
  }) satisfies Partial<Agent>;
