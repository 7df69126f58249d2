/** What the pipeline's actions are limited to: this environment's names, as far as a service knows names. */

import { catalogue } from "../../tables/catalogue";
import { environmentNames } from "../../tables/naming";
import { systems } from "../../tables/systems";
import type { Environment } from "../environments";
import {
  accessPolicyNames,
  alarmName,
  alarmTopicName,
  apiLogGroup,
  apiName,
  auditBucketName,
  auditedSystems,
  dashboardName,
  deadLetterQueueName,
  functionLogGroup,
  functionName,
  keyAlias,
  perEnvironment,
  roleBoundaryName,
  tableName,
  trailArn,
  workflowLogGroup,
  workflowName,
} from "../naming";

export type Condition = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

export interface Scope {
  readonly resources: readonly string[];
  readonly condition?: Condition;
}

/** Which managed policy of a role has the scope's actions: each takes 6,144 characters (IAM: quotas). */
export const policyOfScope = {
  tables: "tables",
  backups: "tables",
  anyBackup: "tables",
  keys: "tables",
  taggedKeys: "tables",
  newKey: "tables",
  keysThroughDynamoDb: "tables",
  aliases: "tables",
  anyAlias: "tables",
  anyScaling: "tables",
  scaling: "tables",
  scalingTags: "tables",
  scalingAlarms: "tables",
  functions: "services",
  anyEventSource: "services",
  queues: "services",
  logGroups: "logs",
  anyLogGroup: "logs",
  logDelivery: "logs",
  apis: "services",
  workflows: "workflows",
  anyDefinition: "workflows",
  schedules: "workflows",
  alarms: "monitoring",
  anyAlarm: "monitoring",
  anySubscription: "monitoring",
  dashboards: "monitoring",
  topics: "monitoring",
  agents: "workflows",
  taggedAgents: "workflows",
  newAgent: "workflows",
  anyAgent: "workflows",
  accessPolicies: "identities",
  serviceRoles: "identities",
  boundedRoles: "identities",
  passedRoles: "identities",
  linkedRoles: "identities",
  attachments: "identities",
  consumersRoles: "identities",
  trails: "audit",
  anyTrail: "audit",
  auditBuckets: "audit",
} as const;

export type ScopeName = keyof typeof policyOfScope;
export type PolicyPart = (typeof policyOfScope)[ScopeName];

export interface ScopeProps {
  readonly environment: Environment;
  readonly accountId: string;
}

/** The names of everything in the environment that follow a pattern; an asterisk stands for what varies. */
export function namePatterns({ name }: Pick<Environment, "name">) {
  const functions = systems.map((system) => functionName(system, "*", name));
  return {
    functions,
    alarms: systems.map((system) => alarmName(system, "*", "*", name)),
    /** Roles of functions, schedules and agents begin with the system as functions do; a workflow's is it. */
    roles: [...functions, ...systems.map((system) => workflowName(system, name))],
    queues: functions.map(deadLetterQueueName),
    logGroups: [
      ...functions.map(functionLogGroup),
      ...systems.flatMap((system) => [
        apiLogGroup(apiName(system, name)),
        workflowLogGroup(workflowName(system, name)),
      ]),
    ],
  };
}

/**
 * Names of other environments that a pattern of production's bare names lets in: `conversations-*` is also
 * `conversations-read-dev`. In one account, they have to be denied.
 */
export function foreignNames({ environment: { name }, accountId }: ScopeProps): readonly string[] {
  if (name !== "prod") return [];
  return environmentNames
    .filter((other) => other !== name)
    .flatMap((other) => [
      `arn:aws:iam::${accountId}:role/*-${other}`,
      `arn:aws:lambda:*:${accountId}:function:*-${other}`,
      `arn:aws:cloudwatch:*:${accountId}:alarm:*-${other}`,
      `arn:aws:sqs:*:${accountId}:*-${deadLetterQueueName(other)}`,
      `arn:aws:logs:*:${accountId}:log-group:*-${other}`,
      `arn:aws:logs:*:${accountId}:log-group:*-${other}:*`,
    ]);
}

/** Keys and agents are called by random ids; what the provider makes has these tags from the beginning. */
export const ownTags = ({ tag }: Pick<Environment, "tag">) =>
  ({ Environment: tag, ManagedBy: "cdktf" }) as const;

export function scopesOf({ environment, accountId }: ScopeProps): Readonly<Record<ScopeName, Scope>> {
  const { name, region, existingRoles } = environment;
  const arn = (service: string, resource: string) => `arn:aws:${service}:${region}:${accountId}:${resource}`;
  const iam = (resource: string) => `arn:aws:iam::${accountId}:${resource}`;
  const patterns = namePatterns(environment);
  const tables = catalogue.map((spec) => tableName(spec, name));
  const workflows = systems.map((system) => workflowName(system, name));
  const serviceRoles = patterns.roles.map((role) => iam(`role/${role}`));
  const policies = accessPolicyNames.map((policy) => iam(`policy/${perEnvironment(policy, name)}`));
  const consumers = Object.values(existingRoles)
    .filter((role) => role !== undefined)
    .map((role) => iam(`role/${role}`));
  const tags = ownTags(environment);
  const tagged = { StringEquals: prefixed("aws:ResourceTag", tags) };
  const requested = { StringEquals: prefixed("aws:RequestTag", tags) };
  const keys = arn("kms", "key/*");
  const agents = [arn("bedrock", "agent/*"), arn("bedrock", "agent-alias/*")];
  const targets = arn("application-autoscaling", "scalable-target/*");
  const ofDynamoDb = { StringEquals: { "application-autoscaling:service-namespace": "dynamodb" } };
  return {
    tables: { resources: tables.map((table) => arn("dynamodb", `table/${table}`)) },
    // Their names end in the time of their run.
    backups: { resources: tables.map((table) => arn("dynamodb", `table/${table}/backup/*`)) },
    // DynamoDB takes no ARN for it.
    anyBackup: { resources: ["*"] },
    keys: { resources: [keys] },
    taggedKeys: { resources: [keys], condition: tagged },
    // A key that is being made has no ARN.
    newKey: { resources: ["*"], condition: requested },
    keysThroughDynamoDb: {
      resources: [keys],
      condition: {
        StringEquals: { ...tagged.StringEquals, "kms:ViaService": `dynamodb.${region}.amazonaws.com` },
      },
    },
    aliases: {
      resources: [
        ...systems.map((system) => keyAlias(system, name)),
        ...auditedSystems.map((system) => keyAlias(system, name, "audit")),
      ].map((alias) => arn("kms", alias)),
    },
    // KMS lists aliases and keys all, or none.
    anyAlias: { resources: ["*"] },
    // Application Auto Scaling describes by namespace, and takes no ARN for it.
    anyScaling: { resources: ["*"] },
    // Targets have random ids: this leaves those of DynamoDB, of any table of the account.
    scaling: { resources: [targets], condition: ofDynamoDb },
    scalingTags: { resources: [targets] },
    scalingAlarms: {
      resources: tables.map((table) => arn("cloudwatch", `alarm:TargetTracking-table/${table}*`)),
    },
    functions: { resources: patterns.functions.map((one) => arn("lambda", `function:${one}`)) },
    // Lambda lists event sources all, or none: it takes no ARN for it.
    anyEventSource: { resources: ["*"] },
    queues: { resources: patterns.queues.map((queue) => arn("sqs", queue)) },
    // Some actions take a group's ARN with `:*` behind it.
    logGroups: {
      resources: patterns.logGroups.flatMap((group) =>
        [group, `${group}:*`].map((one) => arn("logs", `log-group:${one}`)),
      ),
    },
    anyLogGroup: { resources: [arn("logs", "log-group:*")] },
    // Deliveries have no ARN (AWS: "Enable logging from AWS services").
    logDelivery: { resources: ["*"] },
    // APIs and their parts have random ids, and parts have no tags.
    apis: {
      resources: ["/apis", "/apis/*", "/tags/*"].map((path) => `arn:aws:apigateway:${region}::${path}`),
    },
    workflows: { resources: workflows.map((workflow) => arn("states", `stateMachine:${workflow}`)) },
    // A definition that is checked is no resource yet.
    anyDefinition: { resources: ["*"] },
    schedules: {
      resources: workflows.flatMap((group) => [
        arn("scheduler", `schedule-group/${group}`),
        arn("scheduler", `schedule/${group}/*`),
      ]),
    },
    alarms: { resources: patterns.alarms.map((alarm) => arn("cloudwatch", `alarm:${alarm}`)) },
    // Refused for a pattern of names where it is asked for more (CloudWatch lists alarms all, or none).
    anyAlarm: { resources: [arn("cloudwatch", "alarm:*")] },
    // A dashboard is of no region.
    dashboards: {
      resources: systems.map(
        (system) => `arn:aws:cloudwatch::${accountId}:dashboard/${dashboardName(system, name)}`,
      ),
    },
    topics: { resources: systems.map((system) => arn("sns", alarmTopicName(system, name))) },
    // SNS takes no ARN for what it does with a subscription (AWS: "Service Authorization Reference").
    anySubscription: { resources: ["*"] },
    agents: { resources: agents },
    taggedAgents: { resources: agents, condition: tagged },
    // An agent that is being made has no ARN.
    newAgent: { resources: ["*"], condition: requested },
    // Bedrock lists agents all, or none.
    anyAgent: { resources: ["*"] },
    accessPolicies: { resources: policies },
    serviceRoles: { resources: serviceRoles },
    // No role without the boundary, and no grant to one: a pipeline cannot give itself what it has not.
    boundedRoles: {
      resources: serviceRoles,
      condition: { StringEquals: { "iam:PermissionsBoundary": iam(`policy/${roleBoundaryName(name)}`) } },
    },
    passedRoles: {
      resources: serviceRoles,
      condition: {
        StringEquals: {
          "iam:PassedToService": [
            "bedrock.amazonaws.com",
            "lambda.amazonaws.com",
            "scheduler.amazonaws.com",
            "states.amazonaws.com",
          ],
        },
      },
    },
    linkedRoles: {
      resources: [iam("role/aws-service-role/*")],
      condition: {
        StringEquals: {
          "iam:AWSServiceName": [
            "dynamodb.application-autoscaling.amazonaws.com",
            "ops.apigateway.amazonaws.com",
          ],
        },
      },
    },
    attachments: { resources: consumers, condition: { ArnEquals: { "iam:PolicyARN": policies } } },
    consumersRoles: { resources: consumers },
    trails: { resources: auditedSystems.map((system) => trailArn(system, environment, accountId)) },
    // CloudTrail describes trails all, or none.
    anyTrail: { resources: ["*"] },
    auditBuckets: {
      resources: auditedSystems.map(
        (system) => `arn:aws:s3:::${auditBucketName(system, environment, accountId)}`,
      ),
    },
  };
}

const prefixed = (prefix: string, tags: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(tags).map(([key, value]) => [`${prefix}/${key}`, value]));
