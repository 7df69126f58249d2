/** Names and ARNs of everything but tables (tables/naming.ts). No resource is named anywhere else. */

import { environmentNames, perEnvironment, tableName, type EnvironmentName } from "../tables/naming";
import { systems, type System } from "../tables/systems";
import type { TableSpec } from "../tables/table-spec";
import type { Environment } from "./environments";

export { perEnvironment, tableName };

/** What must not be lost, what can be rebuilt, and what records who used the first: it outlives both. */
export const layers = ["tables", "services", "audit"] as const;
export type Layer = (typeof layers)[number];

/** Systems whose calls on items are recorded: each here has an audit stack (docs/adr/0016-audit-trail.md). */
export const auditedSystems = ["design-analysis"] as const satisfies readonly System[];
export type AuditedSystem = (typeof auditedSystems)[number];

type LayerOf<S extends System> = S extends AuditedSystem ? Layer : Exclude<Layer, "audit">;

export type StackId = { [S in System]: `${S}-${LayerOf<S>}-${EnvironmentName}` }[System];

export const stackId = <S extends System>(
  system: S,
  layer: LayerOf<S>,
  environment: EnvironmentName,
): StackId => `${system}-${layer}-${environment}` as StackId;

const isAudited = (system: System): system is AuditedSystem =>
  (auditedSystems as readonly System[]).includes(system);

/** The layers that a system has. */
export const layersOf = (system: System): readonly Layer[] =>
  layers.filter((layer) => layer !== "audit" || isAudited(system));

/** What an environment needs before its stacks: state bucket and pipeline roles. No part of the app. */
export type BootstrapId = `bootstrap-${EnvironmentName}`;

export const bootstrapId = (environment: EnvironmentName): BootstrapId => `bootstrap-${environment}`;

export interface ParsedStackId {
  readonly system: System;
  readonly layer: Layer;
  readonly environment: EnvironmentName;
}

/** The stacks of an environment: each system's tables, its services, and its audit trail where it has one. */
export const stacksOf = (environment: EnvironmentName): readonly StackId[] =>
  systems.flatMap((system) => layersOf(system).map((layer) => stackId(system, layer, environment)));

/** Whether a text is a stack's id, whatever the environment. */
export const isStackId = (text: string): text is StackId =>
  environmentNames.some((environment) => (stacksOf(environment) as readonly string[]).includes(text));

/** What a stack's id says. */
export function parseStackId(stack: StackId): ParsedStackId {
  const [environment, layer, ...system] = stack.split("-").reverse();
  return {
    environment: environment as EnvironmentName,
    layer: layer as Layer,
    system: system.reverse().join("-") as System,
  };
}

/** Where a stack's state lies in the state bucket. */
export const stateKey = (stack: StackId | BootstrapId): string => `${stack}/terraform.tfstate`;

/**
 * Roles that the pipeline assumes, their policies, and the boundary of the roles that it makes. The environment is
 * in the name, in production too: none of them is matched by a name that those roles may change.
 */
export const pipelineRoleName = (role: "plan" | "apply", environment: EnvironmentName): string =>
  `dynamodb-layer-${role}-${environment}`;
export const roleBoundaryName = (environment: EnvironmentName): string =>
  `dynamodb-layer-boundary-${environment}`;

/** What people need who verify the environment. */
export const verifyPolicyName = (part: "tables" | "services", environment: EnvironmentName): string =>
  `dynamodb-layer-verify-${environment}-${part}`;

/**
 * Managed policies for consumers outside this repository, as the requirement documents call them. The pipeline may
 * change these and no others.
 */
export const accessPolicyNames = [
  "agent_matching_api_access",
  "agent_matching_dynamodb_access",
  "agentcore_dynamodb_access",
  "agentcore_status_writer",
  "brand_processing_agent_access",
  "brand_processing_dynamodb_access",
  "ConversationsApiAccess",
  "DesignAnalysisApiAccess",
  "DesignAnalysisDynamoDBAccess",
  "DynamoDBConversationsAccess",
] as const;
export type AccessPolicyName = (typeof accessPolicyNames)[number];

/**
 * Alias of the key of a system's tables, by which services find it, since they read no other stack's state; or of
 * the key of its audit trail.
 */
export const keyAlias = (
  system: System,
  environment: EnvironmentName,
  layer: "tables" | "audit" = "tables",
): string => `alias/${system}-${layer}-${environment}`;

/** A system's audit trail, and the ARN that the policies of its bucket and of its key name. */
export const trailName = (system: AuditedSystem, environment: EnvironmentName): string =>
  perEnvironment(`${system}-audit`, environment);
export const trailArn = (
  system: AuditedSystem,
  { name, region }: Pick<Environment, "name" | "region">,
  accountId: string,
): string => `arn:aws:cloudtrail:${region}:${accountId}:trail/${trailName(system, name)}`;

/** Buckets are named once in the world: account and region make it ours (S3: 63 characters at most). */
export const auditBucketName = (
  system: AuditedSystem,
  { name, region }: Pick<Environment, "name" | "region">,
  accountId: string,
): string => `${system}-audit-${name}-${accountId}-${region}`;

/** Id by which Application Auto Scaling knows a table or one of its indexes. */
export const scalableId = (table: string, index?: string): string =>
  index === undefined ? `table/${table}` : `table/${table}/index/${index}`;

export type Direction = "read" | "write";

/** AWS: "Application Auto Scaling", the namespace of DynamoDB's targets. */
export const scalingNamespace = "dynamodb";

/** What of a table or an index is scaled. */
export const scalableDimension = (direction: Direction, index?: string) =>
  `${scalingNamespace}:${index === undefined ? "table" : "index"}:${direction === "read" ? "ReadCapacityUnits" : "WriteCapacityUnits"}` as const;

/** The metric that target tracking follows. */
export const scalingMetrics = {
  read: "DynamoDBReadCapacityUtilization",
  write: "DynamoDBWriteCapacityUtilization",
} as const satisfies Record<Direction, string>;

/**
 * Logical id of a target and its policy. No table's id has the underscores that part it, so that `agent` with
 * an index `profiles` is not `agent-profiles`. Terraform's names have no dots.
 */
export const scalingId = (tableId: string, direction: Direction, index?: string): string =>
  [tableId, index?.replaceAll(".", "_dot_"), direction].filter(Boolean).join("__");

export const scalingPolicyName = (table: string, direction: Direction, index?: string): string =>
  [table, index, direction, "utilization"].filter(Boolean).join("-");

/** An HTTP API's name: there is one a system. */
export const apiName = (system: System, environment: EnvironmentName): string =>
  perEnvironment(system, environment);

/** A Lambda's name, and its role's. */
export const functionName = (system: System, name: string, environment: EnvironmentName): string =>
  perEnvironment(`${system}-${name}`, environment);

/** CloudWatch's own convention: a Lambda writes to the group of its name. */
export const functionLogGroup = (name: string): string => `/aws/lambda/${name}`;

/**
 * Below `vendedlogs`, whose groups share one entry of the account's resource policy for logs: it holds only
 * 5,120 characters (AWS: "Enable logging from AWS services").
 */
export const apiLogGroup = (name: string): string => `/aws/vendedlogs/apigateway/${name}`;

/** A system's workflow, its role, and its schedules' group: there is one workflow a system. */
export const workflowName = (system: System, environment: EnvironmentName): string =>
  perEnvironment(system, environment);

/** Below `vendedlogs` for the same reason as the API's. */
export const workflowLogGroup = (name: string): string => `/aws/vendedlogs/states/${name}`;

/** The agent of a system, and of its alias, which callers name. */
export const agentName = (system: System, environment: EnvironmentName): string =>
  perEnvironment(system, environment);
export const agentAliasName = (environment: EnvironmentName): string => environment;

/** Role of the agent; that of its Lambda has the Lambda's name. */
export const agentRoleName = (system: System, environment: EnvironmentName): string =>
  perEnvironment(`${system}-bedrock-agent`, environment);

/** Role of the schedule that runs a function; the schedule has the function's name. */
export const scheduleRoleName = (system: System, name: string, environment: EnvironmentName): string =>
  perEnvironment(`${system}-${name}-schedule`, environment);

export const deadLetterQueueName = (functionOf: string): string => `${functionOf}-dead-letters`;

/** An alarm's name; production's begins with the system, as every other does. */
export const alarmName = (
  system: System,
  subject: string,
  what: string,
  environment: EnvironmentName,
): string => perEnvironment(`${system}-${subject}-${what}`, environment);

/** Whom a system's alarms tell: there is one topic a system. */
export const alarmTopicName = (system: System, environment: EnvironmentName): string =>
  perEnvironment(`${system}-alarms`, environment);

export const dashboardName = (system: System, environment: EnvironmentName): string =>
  perEnvironment(system, environment);

/** The tags of a table as AWS shows them: the stack's defaults under the table's own. */
export const tableTags = (spec: TableSpec, environment: Environment): Readonly<Record<string, string>> => ({
  ...defaultTags(spec, environment),
  ...spec.tags,
});

/** Tags that the provider puts on every resource of a stack. */
export const defaultTags = (
  { system, requirement }: Pick<TableSpec, "system" | "requirement">,
  environment: Environment,
): Readonly<Record<string, string>> => ({
  System: system,
  Environment: environment.tag,
  Requirement: requirement,
  ManagedBy: "cdktf",
});
