/** What Terraform puts in the place of `${aws_iam_role.read.arn}`: by rule where a name tells it, else looked up. */

import { CouldNotTell } from "../../errors";
import type { DeclaredStack } from "./declared-stack";
import type { LookUp } from "./look-up";

/** The attribute of the resource with this logical id. */
type Rule = (references: References, id: string) => string | Promise<string>;

/** What is referred to is not deployed, so that nothing that names it can be compared. */
export class NotDeployed extends Error {
  override readonly name = "NotDeployed";
}

/** What is known of the account, and what it answers. */
export type Known = Pick<LookUp, "account" | "agent" | "agentAlias" | "alarms" | "apis" | "key" | "region">;

/** A reference with its parts: `data.` or nothing, type, logical id, attribute. */
const reference = /(?<!\$)\$\{(data\.)?([a-z0-9_]+)\.([\w-]+)\.(\w+)\}/g;

export class References {
  constructor(
    readonly stack: DeclaredStack,
    readonly lookUp: Known,
  ) {}

  /**
   * The value with all its references resolved.
   *
   * @throws NotDeployed for one to something that is not there; CouldNotTell for one that has no rule; what AWS answers
   * when it cannot be looked up.
   */
  async resolve<T>(value: T): Promise<T> {
    if (typeof value === "string") return (await this.text(value)) as T;
    if (Array.isArray(value)) {
      return (await Promise.all(value.map((one: unknown) => this.resolve(one)))) as T;
    }
    if (typeof value !== "object" || value === null) return value;
    const entries = await Promise.all(
      Object.entries(value).map(async ([key, one]) => [key, await this.resolve(one as unknown)] as const),
    );
    return Object.fromEntries(entries) as T;
  }

  arn(service: string, resource: string, { region = this.lookUp.region } = {}): string {
    return `arn:aws:${service}:${region}:${this.lookUp.account}:${resource}`;
  }

  private async text(value: string): Promise<string> {
    const resolved = new Map<string, string>();
    for (const [whole, data = "", type = "", id = "", attribute = ""] of value.matchAll(reference)) {
      if (!resolved.has(whole)) resolved.set(whole, await this.one(`${data}${type}`, id, attribute));
    }
    const text = value.replaceAll(reference, (whole) => resolved.get(whole) ?? whole);
    if (/(?<!\$)\$\{/.test(text)) throw new CouldNotTell(`Only Terraform knows ${text.slice(0, 200)}.`);
    return text.replaceAll("$${", "${");
  }

  private async one(type: string, id: string, attribute: string): Promise<string> {
    const rule = rules[type]?.[attribute];
    if (rule !== undefined) return rule(this, id);
    throw new CouldNotTell(
      `${this.stack.id}: the verifier has no rule for ${type}.${id}.${attribute}. ` +
        "Add one to scripts/lib/verify/stacks/references.ts.",
    );
  }
}

const roleName: Rule = (to, id) => to.resolve(to.stack.one("aws_iam_role", id).name);
const functionName: Rule = (to, id) => to.resolve(to.stack.one("aws_lambda_function", id).function_name);
const functionArn: Rule = async (to, id) => to.arn("lambda", `function:${await functionName(to, id)}`);
const policyArn: Rule = (to, id) =>
  to.arn("iam", `policy/${to.stack.one("aws_iam_policy", id).name}`, { region: "" });
const groupName: Rule = (to, id) => to.resolve(to.stack.one("aws_cloudwatch_log_group", id).name);
const queueName: Rule = (to, id) => to.resolve(to.stack.one("aws_sqs_queue", id).name);
const topicArn: Rule = async (to, id) =>
  to.arn("sns", await to.resolve(to.stack.one("aws_sns_topic", id).name));
const bucketName: Rule = (to, id) => to.resolve(to.stack.one("aws_s3_bucket", id).bucket);
const bucketArn: Rule = async (to, id) => `arn:aws:s3:::${await bucketName(to, id)}`;
const trailName: Rule = (to, id) => to.resolve(to.stack.one("aws_cloudtrail", id).name);
const alarmName: Rule = (to, id) => to.resolve(to.stack.one("aws_cloudwatch_metric_alarm", id).alarm_name);
const machineArn: Rule = (to, id) =>
  to.arn("states", `stateMachine:${to.stack.one("aws_sfn_state_machine", id).name}`);
const scheduleGroup: Rule = (to, id) => to.stack.one("aws_scheduler_schedule_group", id).name;

const tableName: Rule = (to, id) => {
  const name = to.stack.resources["aws_dynamodb_table"]?.[id]?.["name"];
  if (typeof name === "string") return name;
  throw new CouldNotTell(`${to.stack.id}: table ${id} has no name.`);
};

async function apiId(to: References, id: string): Promise<string> {
  const { name } = to.stack.one("aws_apigatewayv2_api", id);
  const [api] = await to.lookUp.apis(name);
  return known(api?.ApiId, `the API ${name}`);
}

async function agentId(to: References, id: string): Promise<string> {
  const { agent_name: name } = to.stack.one("aws_bedrockagent_agent", id);
  return known((await to.lookUp.agent(name))?.agentId, `the agent ${name}`);
}

async function agentAlias(
  to: References,
  id: string,
): Promise<{ readonly agent: string; readonly alias: string }> {
  const { agent_alias_name: name, agent_id: ofAgent } = to.stack.one("aws_bedrockagent_agent_alias", id);
  const agent = /\.([\w-]+)\.agent_id\}$/.exec(ofAgent)?.[1] ?? ofAgent;
  const { agent_name: agentName } = to.stack.one("aws_bedrockagent_agent", agent);
  const found = await to.lookUp.agentAlias(agentName, name);
  return {
    agent: await agentId(to, agent),
    alias: known(found?.agentAliasId, `the alias ${name} of ${agentName}`),
  };
}

/** A key has no name; its alias in the same stack finds it. */
async function keyOf(to: References, id: string) {
  const [alias] = to.stack.having("aws_kms_alias", "target_key_id", `aws_kms_key.${id}`);
  const name = alias?.[1].name;
  if (name === undefined) throw new CouldNotTell(`${to.stack.id}: key ${id} has no alias to be found by.`);
  return known(await to.lookUp.key(name), `the key ${name}`);
}

function known<T>(found: T | undefined, what: string): T {
  if (found !== undefined) return found;
  throw new NotDeployed(`${what} is not deployed`);
}

/** By type and attribute. */
const rules: Readonly<Record<string, Readonly<Record<string, Rule>>>> = {
  "data.aws_caller_identity": { account_id: (to) => to.lookUp.account },
  aws_apigatewayv2_api: {
    id: apiId,
    execution_arn: async (to, id) => to.arn("execute-api", await apiId(to, id)),
  },
  aws_bedrockagent_agent: {
    agent_id: agentId,
    agent_arn: async (to, id) => to.arn("bedrock", `agent/${await agentId(to, id)}`),
  },
  aws_bedrockagent_agent_alias: {
    agent_alias_id: async (to, id) => (await agentAlias(to, id)).alias,
    agent_alias_arn: async (to, id) => {
      const { agent, alias } = await agentAlias(to, id);
      return to.arn("bedrock", `agent-alias/${agent}/${alias}`);
    },
  },
  aws_cloudtrail: {
    name: trailName,
    arn: async (to, id) => to.arn("cloudtrail", `trail/${await trailName(to, id)}`),
  },
  aws_cloudwatch_log_group: {
    name: groupName,
    arn: async (to, id) => to.arn("logs", `log-group:${await groupName(to, id)}`),
  },
  aws_cloudwatch_metric_alarm: {
    alarm_name: alarmName,
    arn: async (to, id) => to.arn("cloudwatch", `alarm:${await alarmName(to, id)}`),
  },
  aws_dynamodb_table: {
    name: tableName,
    id: tableName,
    arn: async (to, id) => to.arn("dynamodb", `table/${await tableName(to, id)}`),
  },
  aws_iam_policy: { arn: policyArn },
  aws_iam_role: {
    name: roleName,
    id: roleName,
    arn: async (to, id) => to.arn("iam", `role/${await roleName(to, id)}`, { region: "" }),
  },
  aws_kms_alias: { name: (to, id) => to.stack.one("aws_kms_alias", id).name },
  aws_kms_key: {
    arn: async (to, id) => known((await keyOf(to, id)).Arn, "the key's ARN"),
    key_id: async (to, id) => known((await keyOf(to, id)).KeyId, "the key's id"),
    id: async (to, id) => known((await keyOf(to, id)).KeyId, "the key's id"),
  },
  aws_lambda_function: {
    function_name: functionName,
    arn: functionArn,
    invoke_arn: async (to, id) =>
      `arn:aws:apigateway:${to.lookUp.region}:lambda:path/2015-03-31/functions/${await functionArn(to, id)}/invocations`,
  },
  aws_s3_bucket: { bucket: bucketName, id: bucketName, arn: bucketArn },
  aws_s3_bucket_policy: {
    bucket: (to, id) => to.resolve(to.stack.one("aws_s3_bucket_policy", id).bucket),
  },
  aws_scheduler_schedule_group: { name: scheduleGroup },
  aws_sfn_state_machine: { arn: machineArn, id: machineArn },
  aws_sns_topic: { arn: topicArn, id: topicArn },
  aws_sqs_queue: { name: queueName, arn: async (to, id) => to.arn("sqs", await queueName(to, id)) },
};
