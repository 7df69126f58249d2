import {
  paginateListAgentAliases,
  paginateListAgents,
  type BedrockAgentClient,
} from "@aws-sdk/client-bedrock-agent";
import { agentAliasName, agentName, stackId } from "../../../stacks/naming";
import type { EnvironmentName } from "../../../tables/naming";
import { CouldNotTell, reasonOf } from "../errors";

/** Where an agent is invoked. */
export interface AgentAddress {
  readonly agentId: string;
  readonly aliasId: string;
}

/**
 * `<agent id>/<alias id>`, as an alias's ARN ends: for those who may ask the agent and list none
 * (`brand_processing_agent_access`). AWS: "InvokeAgent", agentId and agentAliasId.
 */
export function readAddress(text: string): AgentAddress | undefined {
  const [, agentId, aliasId] = /^([0-9a-zA-Z]{10})\/([0-9a-zA-Z]{10})$/.exec(text) ?? [];
  return agentId === undefined || aliasId === undefined ? undefined : { agentId, aliasId };
}

/**
 * The environment's agent, by the names that its stack gives.
 *
 * @throws CouldNotTell when it is not deployed or not ready, or AWS does not say.
 */
export async function findAgent(
  client: BedrockAgentClient,
  environment: EnvironmentName,
  signal: AbortSignal,
): Promise<AgentAddress> {
  const [agent, alias] = [agentName("brand-processing", environment), agentAliasName(environment)];
  const stack = stackId("brand-processing", "services", environment);
  const deploy = `Deploy it: npx cdktf deploy ${stack}. Or check --region and --profile.`;
  const agentId = await search(
    paginateListAgents({ client }, {}, { abortSignal: signal }),
    ({ agentSummaries = [] }) => agentSummaries.find(({ agentName: name }) => name === agent)?.agentId,
    signal,
  );
  if (agentId === undefined) throw new CouldNotTell(`There is no agent ${agent} here. ${deploy}`);
  const found = await search(
    paginateListAgentAliases({ client }, { agentId }, { abortSignal: signal }),
    ({ agentAliasSummaries = [] }) => agentAliasSummaries.find(({ agentAliasName: name }) => name === alias),
    signal,
  );
  if (found?.agentAliasId === undefined) {
    throw new CouldNotTell(`The agent ${agent} has no alias ${alias}. ${deploy}`);
  }
  switch (found.agentAliasStatus) {
    case "CREATING":
    case "UPDATING":
      throw new CouldNotTell(`The alias ${alias} of ${agent} is being made ready. Ask again in a minute.`);
    case "FAILED":
    case "DELETING":
    case "DISSOCIATED":
      throw new CouldNotTell(`The alias ${alias} of ${agent} is ${found.agentAliasStatus}. ${deploy}`);
    case "PREPARED":
    case undefined:
      return { agentId, aliasId: found.agentAliasId };
  }
}

/** The first that is found on any page. */
async function search<Page, Found>(
  pages: AsyncIterable<Page>,
  find: (page: Page) => Found | undefined,
  signal: AbortSignal,
): Promise<Found | undefined> {
  try {
    for await (const page of pages) {
      const found = find(page);
      if (found !== undefined) return found;
    }
    return undefined;
  } catch (error) {
    signal.throwIfAborted();
    throw new CouldNotTell(
      `The agents cannot be listed: ${reasonOf(error)}. Check credentials, region and endpoint; you need ` +
        "bedrock:ListAgents and bedrock:ListAgentAliases. Without them give --agent <agent id>/<alias id>, which " +
        "are the stack's outputs agent_id and agent_alias_id.",
    );
  }
}
