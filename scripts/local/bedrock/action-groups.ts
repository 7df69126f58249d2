import type {
  ActionGroupSummary,
  AgentActionGroup,
  CreateAgentActionGroupRequest,
  UpdateAgentActionGroupRequest,
} from "@aws-sdk/client-bedrock-agent";
import { checkFunctions, checkNamed } from "./agent-limits";
import { draft, newId, type AgentRecord } from "./agent-record";
import { conflict, invalid, missing } from "./agent-refusal";
import type { Agents } from "./agents";
import { snapshotOf } from "./versions";

type Input = Partial<CreateAgentActionGroupRequest & UpdateAgentActionGroupRequest>;

/** The action groups of the agents: only the draft's change. */
export class ActionGroups {
  constructor(private readonly agents: Agents) {}

  create(agentId: string, version: string, input: Input): AgentActionGroup {
    const record = this.draftOf(agentId, version);
    const name = checkGroup(record, input);
    const now = this.agents.now();
    const actionGroupId = newId();
    const group: AgentActionGroup = {
      ...settingsOf(input),
      agentId,
      agentVersion: draft,
      actionGroupId,
      actionGroupName: name,
      actionGroupState: input.actionGroupState ?? "ENABLED",
      createdAt: now,
      updatedAt: now,
    };
    record.groups.set(actionGroupId, group);
    this.agents.changed(record);
    return group;
  }

  update(agentId: string, version: string, groupId: string, input: Input): AgentActionGroup {
    const record = this.draftOf(agentId, version);
    const present = groupOf(record.groups, groupId);
    const name = checkGroup(record, input, groupId);
    const group: AgentActionGroup = {
      ...settingsOf(input),
      agentId,
      agentVersion: draft,
      actionGroupId: groupId,
      actionGroupName: name,
      actionGroupState: input.actionGroupState ?? present.actionGroupState,
      createdAt: present.createdAt,
      updatedAt: this.agents.now(),
    };
    record.groups.set(groupId, group);
    this.agents.changed(record);
    return group;
  }

  get(agentId: string, version: string, groupId: string): AgentActionGroup {
    return groupOf(this.of(agentId, version), groupId);
  }

  list(agentId: string, version: string): readonly ActionGroupSummary[] {
    return [...this.of(agentId, version).values()].map(
      ({ actionGroupId, actionGroupName, actionGroupState, description, updatedAt }) => ({
        actionGroupId,
        actionGroupName,
        actionGroupState,
        description,
        updatedAt,
      }),
    );
  }

  delete(agentId: string, version: string, groupId: string, isCheckSkipped: boolean): void {
    const record = this.draftOf(agentId, version);
    const { actionGroupName = "", actionGroupState } = groupOf(record.groups, groupId);
    if (!isCheckSkipped && actionGroupState === "ENABLED") {
      throw invalid(
        `ActionGroup with name ${actionGroupName} cannot be deleted when it is Enabled. Either use ` +
          "SkipResourceInUseCheck flag or mark it as Disabled.",
      );
    }
    record.groups.delete(groupId);
    this.agents.changed(record);
  }

  private of(agentId: string, version: string): ReadonlyMap<string, AgentActionGroup> {
    const record = this.agents.find(agentId);
    return version === draft ? record.groups : snapshotOf(record, version).groups;
  }

  private draftOf(agentId: string, version: string): AgentRecord {
    if (version !== draft) throw invalid(`Value at 'agentVersion' failed to satisfy constraint: ${draft}`);
    return this.agents.find(agentId);
  }
}

function groupOf(groups: ReadonlyMap<string, AgentActionGroup>, id: string): AgentActionGroup {
  const group = groups.get(id);
  if (group === undefined) throw missing(`Failed to retrieve resource because it doesn't exist: ${id}`);
  return group;
}

function checkGroup({ groups }: AgentRecord, input: Input, own?: string): string {
  const name = checkNamed("actionGroup", { name: input.actionGroupName, description: input.description });
  checkFunctions(input.functionSchema);
  for (const [id, { actionGroupName }] of groups) {
    if (id !== own && actionGroupName === name) {
      throw conflict(`An action group with the specified name already exists: ${name}`);
    }
  }
  return name;
}

/** What callers decide of an action group. */
function settingsOf(input: Input): Partial<AgentActionGroup> {
  return {
    description: input.description,
    parentActionSignature: input.parentActionGroupSignature,
    parentActionGroupSignatureParams: input.parentActionGroupSignatureParams,
    actionGroupExecutor: input.actionGroupExecutor,
    apiSchema: input.apiSchema,
    functionSchema: input.functionSchema,
  };
}
