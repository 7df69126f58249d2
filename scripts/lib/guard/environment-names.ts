/** What each environment's resources are called, by the naming functions that name them. */

import { nameOfAlarm } from "../../../stacks/monitoring/alarm-spec";
import { functionAlarms } from "../../../stacks/monitoring/function-alarms";
import { apiAlarms, workflowAlarms } from "../../../stacks/monitoring/service-alarms";
import { tableAlarms } from "../../../stacks/monitoring/table-alarms";
import { catalogue, tablesOf } from "../../../tables/catalogue";
import { environmentNames, type EnvironmentName } from "../../../tables/naming";
import { systems, type System } from "../../../tables/systems";
import {
  agentAliasName,
  alarmTopicName,
  agentName,
  agentRoleName,
  auditedSystems,
  apiLogGroup,
  apiName,
  dashboardName,
  deadLetterQueueName,
  functionLogGroup,
  functionName,
  keyAlias,
  perEnvironment,
  scheduleRoleName,
  tableName,
  trailName,
  workflowLogGroup,
  workflowName,
} from "../../../stacks/naming";

/** Names are compared within a kind: the API `conversations` is not the system of that name. */
export const nameKinds = [
  "agent",
  "agent-alias",
  "alarm",
  "alias",
  "api",
  "dashboard",
  "function",
  "log-group",
  "policy",
  "queue",
  "role",
  "schedule-group",
  "state-machine",
  "table",
  "trail",
  "topic",
] as const;
export type NameKind = (typeof nameKinds)[number];

export type Names = Readonly<Record<NameKind, ReadonlySet<string>>>;

/**
 * Functions and access policies by system. The stacks name them one by one; a test holds that none is missing
 * here.
 */
export const namedParts: Readonly<
  Record<System, { readonly functions: readonly string[]; readonly policies: readonly string[] }>
> = {
  "brand-processing": {
    functions: ["agent", "generate", "populate", "sweep", "workflow"],
    policies: ["brand_processing_agent_access", "brand_processing_dynamodb_access"],
  },
  conversations: {
    functions: ["read", "write"],
    policies: ["ConversationsApiAccess", "DynamoDBConversationsAccess"],
  },
  "agent-matching": {
    functions: ["read", "write"],
    policies: ["agent_matching_api_access", "agent_matching_dynamodb_access"],
  },
  "trade-status": {
    functions: ["read", "write"],
    policies: ["agentcore_dynamodb_access", "agentcore_status_writer"],
  },
  "design-analysis": {
    functions: ["read", "write"],
    policies: ["DesignAnalysisApiAccess", "DesignAnalysisDynamoDBAccess"],
  },
};

/** Every name that an environment's resources have. */
export function namesOf(environment: EnvironmentName): Names {
  const known = byEnvironment.get(environment);
  if (known !== undefined) return known;
  const functions = systems.flatMap((system) =>
    namedParts[system].functions.map((id) => functionName(system, id, environment)),
  );
  const workflows = systems.map((system) => workflowName(system, environment));
  const apis = systems.map((system) => apiName(system, environment));
  const names: Names = {
    agent: new Set(systems.map((system) => agentName(system, environment))),
    "agent-alias": new Set([agentAliasName(environment)]),
    alias: new Set([
      ...systems.map((system) => keyAlias(system, environment)),
      ...auditedSystems.map((system) => keyAlias(system, environment, "audit")),
    ]),
    alarm: new Set(systems.flatMap((system) => alarmsOf(system, environment))),
    api: new Set(apis),
    dashboard: new Set(systems.map((system) => dashboardName(system, environment))),
    function: new Set(functions),
    "log-group": new Set([
      ...functions.map(functionLogGroup),
      ...apis.map(apiLogGroup),
      ...workflows.map(workflowLogGroup),
    ]),
    policy: new Set(
      systems.flatMap((system) =>
        namedParts[system].policies.map((name) => perEnvironment(name, environment)),
      ),
    ),
    queue: new Set(functions.map(deadLetterQueueName)),
    role: new Set([
      ...functions,
      ...workflows,
      ...systems.flatMap((system) => [
        agentRoleName(system, environment),
        ...namedParts[system].functions.map((id) => scheduleRoleName(system, id, environment)),
      ]),
    ]),
    "schedule-group": new Set(workflows),
    "state-machine": new Set(workflows),
    table: new Set(catalogue.map((spec) => tableName(spec, environment))),
    trail: new Set(auditedSystems.map((system) => trailName(system, environment))),
    topic: new Set(systems.map((system) => alarmTopicName(system, environment))),
  };
  byEnvironment.set(environment, names);
  return names;
}

/** Those of functions whatever runs them, and of an API and a workflow whether or not the system has one. */
function alarmsOf(system: System, environment: EnvironmentName): readonly string[] {
  const ofTables = tablesOf(system).flatMap((spec) => tableAlarms(spec, environment));
  const ofFunctions = namedParts[system].functions.flatMap((id) => {
    const watched = { id, name: id, timeout: 1, runs: "requests", deadLetters: id } as const;
    return functionAlarms(watched);
  });
  const alarms = [...ofTables, ...ofFunctions, ...apiAlarms("", ""), ...workflowAlarms("", "")];
  return alarms.map((alarm) => nameOfAlarm(system, alarm, environment));
}

const byEnvironment = new Map<EnvironmentName, Names>();

/** The other environment that has a name, if this one has not; or that has one which a pattern matches. */
export function ownerOf(
  kind: NameKind,
  name: string,
  environment: EnvironmentName,
): EnvironmentName | undefined {
  const others = environmentNames.filter((other) => other !== environment);
  if (/[*?]/.test(name)) {
    const pattern = patternOf(name);
    return others.find((other) => [...namesOf(other)[kind]].some((one) => pattern.test(one)));
  }
  return namesOf(environment)[kind].has(name)
    ? undefined
    : others.find((other) => namesOf(other)[kind].has(name));
}

/** IAM's wildcards (AWS: "IAM JSON policy elements: Resource"). */
const patternOf = (glob: string): RegExp =>
  new RegExp(
    `^${glob
      .replace(/[^\w*?]/g, "\\$&")
      .replaceAll("*", ".*")
      .replaceAll("?", ".")}$`,
  );
