import type { AgentActionGroup, ParameterDetail } from "@aws-sdk/client-bedrock-agent";
import type { DeployedAgent } from "../repairs/bedrock-agent-runtime";
import { draft } from "./agent-record";
import { AgentRefusal } from "./agent-refusal";
import type { Agents } from "./agents";
import { snapshotOf } from "./versions";

/**
 * What an alias of an agent routes to: its version, and the action group that a function carries out. Nothing
 * where Bedrock would not invoke it, either: a draft that is not prepared, or an alias that is paused.
 */
export function deployedAgent(agents: Agents, agentId: string, aliasId: string): DeployedAgent | undefined {
  try {
    const record = agents.find(agentId);
    const alias = record.aliases.get(aliasId)?.alias;
    const version = alias?.routingConfiguration?.[0]?.agentVersion;
    if (version === undefined || alias?.aliasInvocationState === "REJECT_INVOCATIONS") return undefined;
    if (version === draft && record.agent.agentStatus !== "PREPARED") return undefined;
    const { groups } = version === draft ? record : snapshotOf(record, version);
    const group = [...groups.values()].find(isCarriedOut);
    const lambdaArn = group?.actionGroupExecutor?.lambda;
    if (group === undefined || lambdaArn === undefined) return undefined;
    return {
      name: record.agent.agentName ?? "",
      version,
      actionGroup: group.actionGroupName ?? "",
      lambdaArn,
      functions: (group.functionSchema?.functions ?? []).map(({ name = "", parameters = {} }) => ({
        name,
        parameters: Object.fromEntries(Object.entries(parameters).map(([key, one]) => [key, detail(one)])),
      })),
    };
  } catch (error) {
    if (error instanceof AgentRefusal) return undefined;
    throw error;
  }
}

const isCarriedOut = ({ actionGroupState, actionGroupExecutor }: AgentActionGroup): boolean =>
  actionGroupState === "ENABLED" && actionGroupExecutor?.lambda !== undefined;

const detail = ({ type = "string", required = false }: ParameterDetail) => ({ type, required });
