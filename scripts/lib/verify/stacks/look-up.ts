/** What only AWS knows of the stacks: ids that it gave. Each is asked for once, whoever needs it. */

import {
  GetApisCommand,
  type Api,
  type ApiGatewayV2Client,
  type GetApisCommandOutput,
} from "@aws-sdk/client-apigatewayv2";
import {
  paginateListAgentAliases,
  paginateListAgents,
  type AgentAliasSummary,
  type AgentSummary,
} from "@aws-sdk/client-bedrock-agent";
import { paginateDescribeAlarms, type MetricAlarm } from "@aws-sdk/client-cloudwatch";
import { DescribeKeyCommand, NotFoundException, type KeyMetadata } from "@aws-sdk/client-kms";
import type { StackClients } from "./clients";

export class LookUp {
  private readonly answers = new Map<string, Promise<unknown>>();

  constructor(
    private readonly clients: StackClients,
    readonly account: string,
    readonly region: string,
  ) {}

  /** All APIs of a name: AWS lets several have the same. */
  async apis(name: string): Promise<readonly Api[]> {
    const all = await this.once("apis", () => listApis(this.clients.apis));
    return all.filter((api) => api.Name === name);
  }

  async agent(name: string): Promise<AgentSummary | undefined> {
    const all = await this.once("agents", async () => {
      const found: AgentSummary[] = [];
      for await (const page of paginateListAgents({ client: this.clients.agents }, {})) {
        found.push(...(page.agentSummaries ?? []));
      }
      return found;
    });
    return all.find(({ agentName }) => agentName === name);
  }

  async agentAlias(agent: string, alias: string): Promise<AgentAliasSummary | undefined> {
    const agentId = (await this.agent(agent))?.agentId;
    if (agentId === undefined) return undefined;
    const all = await this.once(`aliases of ${agentId}`, async () => {
      const found: AgentAliasSummary[] = [];
      for await (const page of paginateListAgentAliases({ client: this.clients.agents }, { agentId })) {
        found.push(...(page.agentAliasSummaries ?? []));
      }
      return found;
    });
    return all.find(({ agentAliasName }) => agentAliasName === alias);
  }

  /** @param id alias or ARN. */
  key(id: string): Promise<KeyMetadata | undefined> {
    return this.once(`key ${id}`, () =>
      this.clients.kms.send(new DescribeKeyCommand({ KeyId: id })).then(
        ({ KeyMetadata }) => KeyMetadata,
        (error: unknown) => {
          if (error instanceof NotFoundException) return undefined;
          throw error;
        },
      ),
    );
  }

  /** Metric alarms whose names begin so. */
  alarms(prefix: string): Promise<readonly MetricAlarm[]> {
    return this.once(`alarms ${prefix}`, async () => {
      const found: MetricAlarm[] = [];
      const request = { AlarmNamePrefix: prefix, AlarmTypes: ["MetricAlarm" as const] };
      for await (const page of paginateDescribeAlarms({ client: this.clients.cloudWatch }, request)) {
        found.push(...(page.MetricAlarms ?? []));
      }
      return found;
    });
  }

  private once<T>(what: string, ask: () => Promise<T>): Promise<T> {
    const answer = (this.answers.get(what) as Promise<T> | undefined) ?? ask();
    this.answers.set(what, answer);
    return answer;
  }
}

async function listApis(client: ApiGatewayV2Client): Promise<readonly Api[]> {
  const found: Api[] = [];
  let next: string | undefined;
  do {
    const page: GetApisCommandOutput = await client.send(new GetApisCommand({ NextToken: next }));
    found.push(...(page.Items ?? []));
    next = page.NextToken;
  } while (next !== undefined);
  return found;
}
