import type {
  AgentAliasRoutingConfigurationListItem,
  AgentAliasSummary,
  CreateAgentAliasRequest,
  UpdateAgentAliasRequest,
} from "@aws-sdk/client-bedrock-agent";
import { checkNamed } from "./agent-limits";
import { draft, newId, testAlias, type AgentRecord, type AliasRecord } from "./agent-record";
import { conflict, invalid, missing } from "./agent-refusal";
import type { Agents } from "./agents";
import { makeVersion, snapshotOf } from "./versions";

type Routing = AgentAliasRoutingConfigurationListItem[];

/** The aliases of the agents. One that is not told a version gets a new one of the draft. */
export class Aliases {
  constructor(private readonly agents: Agents) {}

  create(agentId: string, input: Partial<CreateAgentAliasRequest>): AliasRecord {
    const record = this.agents.find(agentId);
    const name = checkAlias(record, input);
    const now = this.agents.now();
    const routingConfiguration = route(record, input.routingConfiguration, now);
    const agentAliasId = newId();
    const created: AliasRecord = {
      alias: {
        agentId,
        agentAliasId,
        agentAliasName: name,
        agentAliasArn: this.agents.aliasArn(agentId, agentAliasId),
        description: input.description,
        routingConfiguration,
        agentAliasHistoryEvents: [{ routingConfiguration, startDate: now }],
        agentAliasStatus: "PREPARED",
        aliasInvocationState: "ACCEPT_INVOCATIONS",
        createdAt: now,
        updatedAt: now,
      },
      tags: { ...input.tags },
    };
    record.aliases.set(agentAliasId, created);
    return created;
  }

  update(agentId: string, aliasId: string, input: Partial<UpdateAgentAliasRequest>): AliasRecord {
    const record = this.agents.find(agentId);
    const present = this.changeable(agentId, aliasId);
    const agentAliasName = checkAlias(record, input, aliasId);
    const now = this.agents.now();
    const routingConfiguration = route(record, input.routingConfiguration, now);
    const earlier = (present.alias.agentAliasHistoryEvents ?? []).map((event) => ({
      endDate: now,
      ...event,
    }));
    present.alias = {
      ...present.alias,
      agentAliasName,
      description: input.description,
      routingConfiguration,
      agentAliasHistoryEvents: [{ routingConfiguration, startDate: now }, ...earlier],
      aliasInvocationState: input.aliasInvocationState ?? present.alias.aliasInvocationState,
      updatedAt: now,
    };
    return present;
  }

  get(agentId: string, aliasId: string): AliasRecord {
    const found = this.agents.find(agentId).aliases.get(aliasId);
    if (found === undefined)
      throw missing(`Failed to retrieve resource because it doesn't exist: ${aliasId}`);
    return found;
  }

  list(agentId: string): readonly AgentAliasSummary[] {
    return [...this.agents.find(agentId).aliases.values()].map(({ alias }) => ({
      agentAliasId: alias.agentAliasId,
      agentAliasName: alias.agentAliasName,
      agentAliasStatus: alias.agentAliasStatus,
      description: alias.description,
      routingConfiguration: alias.routingConfiguration,
      createdAt: alias.createdAt,
      updatedAt: alias.updatedAt,
    }));
  }

  delete(agentId: string, aliasId: string): void {
    this.changeable(agentId, aliasId);
    this.agents.find(agentId).aliases.delete(aliasId);
  }

  private changeable(agentId: string, aliasId: string): AliasRecord {
    if (aliasId === testAlias) throw invalid(`Alias ${testAlias} is Bedrock's own and does not change`);
    return this.get(agentId, aliasId);
  }
}

function checkAlias(
  { aliases }: AgentRecord,
  { agentAliasName, description }: Partial<UpdateAgentAliasRequest>,
  own?: string,
): string {
  const name = checkNamed("agentAlias", { name: agentAliasName, description });
  for (const [id, { alias }] of aliases) {
    if (id !== own && alias.agentAliasName === name) {
      throw conflict(`An alias with the specified name already exists: ${name}`);
    }
  }
  return name;
}

function route(record: AgentRecord, given: Routing | undefined, now: Date): Routing {
  const version = given?.[0]?.agentVersion;
  if (version === undefined) {
    const { agentStatus, agentId } = record.agent;
    if (agentStatus !== "PREPARED") {
      throw invalid(
        `Agent ${agentId} is in ${agentStatus ?? "an unknown"} state: an alias takes a prepared one. ` +
          "Prepare the agent and try again.",
      );
    }
    return [{ agentVersion: makeVersion(record, now) }];
  }
  if (version === draft) throw invalid("An alias points to a numbered version, not to DRAFT");
  snapshotOf(record, version);
  return [{ ...given?.[0], agentVersion: version }];
}
