import { ActionGroups } from "../bedrock/action-groups";
import { AgentRefusal } from "../bedrock/agent-refusal";
import type { Agents } from "../bedrock/agents";
import { Aliases } from "../bedrock/aliases";
import { deleteVersion, listVersions, snapshotOf } from "../bedrock/versions";
import { routeMatcher } from "../gateway/match-route";
import { parseJson } from "./lambda-call";
import { jsonReply, type AwsReply, type Repair } from "./repair";

interface Request {
  /** What the path names. */
  readonly of: Readonly<Record<"agent" | "version" | "group" | "alias" | "arn", string>>;
  readonly body: object;
  readonly query: URLSearchParams;
}

interface Operation {
  readonly key: string;
  readonly status: number;
  /** Nothing when the answer has no body. */
  readonly answer: (request: Request) => object | undefined;
}

/**
 * Agents for Amazon Bedrock: the control plane, in the place of moto 5.2.1's, which lacks most of it and
 * gives times that the provider cannot read. What takes a while on AWS is done here at once; lists have one
 * page.
 */
export function bedrockAgents(agents: Agents): Repair {
  const match = routeMatcher(operationsOf(agents));
  return ({ method, url, headers, body }) => {
    const [path = "/", query = ""] = url.split("?");
    if (!/^\/(agents\/|tags\/.*agent)/.test(path)) return undefined;
    // Other services have paths like these.
    if (!String(headers.authorization).includes("/bedrock/aws4_request")) return undefined;
    const found = match(method, path.replace(/\/$/, ""));
    if (found === undefined) return undefined;
    const request = {
      of: found.pathParameters as Request["of"],
      body: parseJson(body) ?? {},
      query: new URLSearchParams(query),
    };
    return Promise.resolve(answer(found.route, request));
  };
}

function answer({ answer: answerOf, status }: Operation, request: Request): AwsReply {
  try {
    const document = answerOf(request);
    return document === undefined
      ? { status, headers: {}, body: Buffer.alloc(0) }
      : jsonReply(document, status);
  } catch (error) {
    if (error instanceof AgentRefusal) return error.reply;
    throw error;
  }
}

const operation = (key: string, answer: Operation["answer"], status = 200): Operation => ({
  key,
  status,
  answer,
});

function operationsOf(agents: Agents): readonly Operation[] {
  return [
    ...agentOperations(agents),
    ...versionOperations(agents),
    ...groupOperations(new ActionGroups(agents)),
    ...aliasOperations(new Aliases(agents)),
    ...tagOperations(agents),
  ];
}

const agentOperations = (agents: Agents): readonly Operation[] => [
  operation("PUT /agents", ({ body }) => ({ agent: agents.create(body).agent }), 202),
  operation("POST /agents", () => ({ agentSummaries: agents.list() })),
  operation("GET /agents/{agent}", ({ of }) => ({ agent: agents.find(of.agent).agent })),
  operation("PUT /agents/{agent}", ({ of, body }) => ({ agent: agents.update(of.agent, body).agent }), 202),
  operation(
    "POST /agents/{agent}",
    ({ of }) => {
      const { agentId, agentStatus, agentVersion, preparedAt } = agents.prepare(of.agent).agent;
      return { agentId, agentStatus, agentVersion, preparedAt };
    },
    202,
  ),
  operation(
    "DELETE /agents/{agent}",
    ({ of, query }) => {
      agents.delete(of.agent, isCheckSkipped(query));
      return { agentId: of.agent, agentStatus: "DELETING" };
    },
    202,
  ),
];

const versions = "/agents/{agent}/agentversions";

const versionOperations = (agents: Agents): readonly Operation[] => [
  operation(`POST ${versions}`, ({ of }) => ({ agentVersionSummaries: listVersions(agents.find(of.agent)) })),
  operation(`GET ${versions}/{version}`, ({ of }) => ({
    agentVersion: snapshotOf(agents.find(of.agent), of.version).version,
  })),
  operation(
    `DELETE ${versions}/{version}`,
    ({ of, query }) => {
      deleteVersion(agents.find(of.agent), of.version, isCheckSkipped(query));
      return { agentId: of.agent, agentVersion: of.version, agentStatus: "DELETING" };
    },
    202,
  ),
  // Nobody associates any.
  operation(`POST ${versions}/{version}/agentcollaborators`, ({ of }) => {
    agents.find(of.agent);
    return { agentCollaboratorSummaries: [] };
  }),
  operation(`POST ${versions}/{version}/knowledgebases`, ({ of }) => {
    agents.find(of.agent);
    return { agentKnowledgeBaseSummaries: [] };
  }),
];

const actionGroups = `${versions}/{version}/actiongroups`;

const groupOperations = (groups: ActionGroups): readonly Operation[] => [
  operation(`PUT ${actionGroups}`, ({ of, body }) => ({
    agentActionGroup: groups.create(of.agent, of.version, body),
  })),
  operation(`POST ${actionGroups}`, ({ of }) => ({
    actionGroupSummaries: groups.list(of.agent, of.version),
  })),
  operation(`GET ${actionGroups}/{group}`, ({ of }) => ({
    agentActionGroup: groups.get(of.agent, of.version, of.group),
  })),
  operation(`PUT ${actionGroups}/{group}`, ({ of, body }) => ({
    agentActionGroup: groups.update(of.agent, of.version, of.group, body),
  })),
  operation(
    `DELETE ${actionGroups}/{group}`,
    ({ of, query }) => {
      groups.delete(of.agent, of.version, of.group, isCheckSkipped(query));
      return undefined;
    },
    204,
  ),
];

const aliasPath = "/agents/{agent}/agentaliases";

const aliasOperations = (aliases: Aliases): readonly Operation[] => [
  operation(
    `PUT ${aliasPath}`,
    ({ of, body }) => ({ agentAlias: aliases.create(of.agent, body).alias }),
    202,
  ),
  operation(`POST ${aliasPath}`, ({ of }) => ({ agentAliasSummaries: aliases.list(of.agent) })),
  operation(`GET ${aliasPath}/{alias}`, ({ of }) => ({ agentAlias: aliases.get(of.agent, of.alias).alias })),
  operation(
    `PUT ${aliasPath}/{alias}`,
    ({ of, body }) => ({ agentAlias: aliases.update(of.agent, of.alias, body).alias }),
    202,
  ),
  operation(
    `DELETE ${aliasPath}/{alias}`,
    ({ of }) => {
      aliases.delete(of.agent, of.alias);
      return { agentId: of.agent, agentAliasId: of.alias, agentAliasStatus: "DELETING" };
    },
    202,
  ),
];

const tagOperations = (agents: Agents): readonly Operation[] => [
  operation("GET /tags/{arn+}", ({ of }) => ({ tags: agents.tagsOf(of.arn) })),
  operation("POST /tags/{arn+}", ({ of, body }) => {
    Object.assign(agents.tagsOf(of.arn), (body as { readonly tags?: object }).tags);
    return {};
  }),
  operation("DELETE /tags/{arn+}", ({ of, query }) => {
    const tags = agents.tagsOf(of.arn);
    for (const key of query.getAll("tagKeys")) Reflect.deleteProperty(tags, key);
    return {};
  }),
];

const isCheckSkipped = (query: URLSearchParams): boolean => query.get("skipResourceInUseCheck") === "true";
