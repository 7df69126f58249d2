/** The agent of a stack: what it is told, what it may call, and which version callers reach. */

import {
  GetAgentActionGroupCommand,
  GetAgentAliasCommand,
  GetAgentCommand,
  GetAgentVersionCommand,
  paginateListAgentActionGroups,
  type BedrockAgentClient,
} from "@aws-sdk/client-bedrock-agent";
import { declared, undeclared, type Difference } from "../finding";
import { actionGroupDifferences } from "./compare-action-group";
import { aspect, aspects, type Context, type Look, type Looks, type Seen } from "./look";
import type { Declared } from "./resource-schemas";
import { absent, declareOrRemove, deployStack, same, sameFields, sameOrUndeclared } from "./same";

export const agentLooks: Looks = (context) =>
  context.stack.all("aws_bedrockagent_agent").map(([id, block]): Look => ({
    kind: "agent",
    name: block.agent_name,
    see: () => seeAgent(context, id, block),
  }));

type Expected = Declared<"aws_bedrockagent_agent">;
type ExpectedGroup = Declared<"aws_bedrockagent_agent_action_group">;

async function seeAgent(context: Context, id: string, expected: Expected): Promise<Seen> {
  const { clients, stack, references } = context;
  const summary = await references.lookUp.agent(expected.agent_name);
  if (summary?.agentId === undefined) return { differences: [absent("an agent")] };
  const { agentId } = summary;
  const own = `aws_bedrockagent_agent.${id}` as const;
  const { agent } = await clients.agents.send(new GetAgentCommand({ agentId }));
  const groups = await references.resolve(
    stack.having("aws_bedrockagent_agent_action_group", "agent_id", own).map(([, group]) => group),
  );
  const differences = await aspects(
    Promise.resolve(same("status", "PREPARED", agent?.agentStatus)),
    aspect("role", async () =>
      same("role", await references.resolve(expected.agent_resource_role_arn), agent?.agentResourceRoleArn),
    ),
    aspect("draft", async () => wordsDifferences("", await references.resolve(expected), agent ?? {})),
    aspect("actions", () =>
      groupDifferences(clients.agents, { agentId, agentVersion: "DRAFT" }, groups, "actions"),
    ),
    ...stack
      .having("aws_bedrockagent_agent_alias", "agent_id", own)
      .map(([, alias]) => aspect("alias", () => aliasDifferences(context, expected, alias, groups))),
  );
  return { differences };
}

/** What an agent is, whether its draft or a version. */
interface LiveWords {
  readonly description?: string | undefined;
  readonly foundationModel?: string | undefined;
  readonly instruction?: string | undefined;
  readonly idleSessionTTLInSeconds?: number | undefined;
  readonly guardrailConfiguration?:
    | { readonly guardrailIdentifier?: string | undefined; readonly guardrailVersion?: string | undefined }
    | undefined;
}

export function wordsDifferences(path: string, expected: Expected, live: LiveWords): readonly Difference[] {
  const [guardrail] = expected.guardrail_configuration;
  const found = live.guardrailConfiguration;
  return [
    ...(expected.instruction === live.instruction
      ? []
      : [declared(`${path}instruction`, "as declared", "differs", deployStack)]),
    ...sameFields(
      path,
      {
        description: expected.description,
        model: expected.foundation_model,
        idleSeconds: expected.idle_session_ttl_in_seconds,
      },
      {
        description: live.description ?? "",
        model: live.foundationModel,
        idleSeconds: live.idleSessionTTLInSeconds,
      },
    ),
    ...sameOrUndeclared(
      `${path}guardrail`,
      guardrail && `${guardrail.guardrail_identifier} ${guardrail.guardrail_version}`,
      found?.guardrailIdentifier === undefined
        ? undefined
        : `${found.guardrailIdentifier} ${found.guardrailVersion ?? ""}`,
    ),
  ];
}

/** Callers reach the version that the alias leads to, which keeps what the draft was when it was made. */
async function aliasDifferences(
  { clients: { agents }, references }: Context,
  expected: Expected,
  alias: Declared<"aws_bedrockagent_agent_alias">,
  groups: readonly ExpectedGroup[],
): Promise<readonly Difference[]> {
  const found = await references.lookUp.agentAlias(expected.agent_name, alias.agent_alias_name);
  const agentId = (await references.lookUp.agent(expected.agent_name))?.agentId;
  const path = `alias.${alias.agent_alias_name}`;
  if (found?.agentAliasId === undefined || agentId === undefined) {
    return [declared(path, "an alias", "absent", deployStack)];
  }
  const { agentAlias: live } = await agents.send(
    new GetAgentAliasCommand({ agentId, agentAliasId: found.agentAliasId }),
  );
  const versions = (live?.routingConfiguration ?? []).flatMap(({ agentVersion }) => agentVersion ?? []);
  const [agentVersion] = versions;
  const here = sameFields(
    `${path}.`,
    { status: "PREPARED", description: alias.description, versions: 1 },
    { status: live?.agentAliasStatus, description: live?.description ?? "", versions: versions.length },
  );
  if (agentVersion === undefined) return here;
  const version = await agents.send(new GetAgentVersionCommand({ agentId, agentVersion }));
  return [
    ...here,
    ...wordsDifferences(`${path}.version.`, await references.resolve(expected), version.agentVersion ?? {}),
    ...(await groupDifferences(agents, { agentId, agentVersion }, groups, `${path}.version.actions`)),
  ];
}

async function groupDifferences(
  client: BedrockAgentClient,
  of: { readonly agentId: string; readonly agentVersion: string },
  expected: readonly ExpectedGroup[],
  path: string,
): Promise<readonly Difference[]> {
  const ids = new Map<string, string>();
  for await (const page of paginateListAgentActionGroups({ client }, of)) {
    for (const { actionGroupName: name, actionGroupId: id } of page.actionGroupSummaries ?? []) {
      if (name !== undefined && id !== undefined) ids.set(name, id);
    }
  }
  const names = new Set(expected.map(({ action_group_name }) => action_group_name));
  const different = await Promise.all(
    expected.map(async (group) => {
      const below = `${path}.${group.action_group_name}`;
      const actionGroupId = ids.get(group.action_group_name);
      if (actionGroupId === undefined) return [declared(below, "actions", "absent", deployStack)];
      const { agentActionGroup } = await client.send(
        new GetAgentActionGroupCommand({ ...of, actionGroupId }),
      );
      return actionGroupDifferences(below, group, agentActionGroup);
    }),
  );
  const others = [...ids.keys()].filter((name) => !names.has(name));
  return [
    ...different.flat(),
    ...others.map((name) => undeclared(`${path}.${name}`, "actions", declareOrRemove)),
  ];
}
