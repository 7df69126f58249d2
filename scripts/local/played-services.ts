/** What the local AWS plays itself, with functions that run: moto would need Docker for them, or lacks them. */

import { Agents } from "./bedrock/agents";
import { deployedAgent } from "./bedrock/deployed-agent";
import type { Model } from "./bedrock/stub-model";
import { bedrockAgentRuntime } from "./repairs/bedrock-agent-runtime";
import { bedrockAgents } from "./repairs/bedrock-agents";
import { bedrockRuntime } from "./repairs/bedrock-runtime";
import { lambdaInvoke, type LambdaInvokeOptions } from "./repairs/lambda-invoke";
import type { Repair } from "./repairs/repair";
import { stepFunctions } from "./repairs/step-functions";

export interface PlayedServices {
  readonly repairs: readonly Repair[];
  /** Aborts executions and ends all functions. */
  stop(): Promise<void>;
}

export interface PlayedServicesOptions extends LambdaInvokeOptions {
  readonly region: string;
  /** In the place of the stub. */
  readonly model?: Model;
}

export function playServices({ region, model, ...functions }: PlayedServicesOptions): PlayedServices {
  const lambda = lambdaInvoke(functions);
  const states = stepFunctions((name, payload) => lambda.invoke(name, payload));
  const agents = new Agents(region);
  const agentRuntime = bedrockAgentRuntime({
    findAgent: (agentId, aliasId) => deployedAgent(agents, agentId, aliasId),
    async invoke(arn, event) {
      const invocation = await lambda.invoke(arn, event);
      if (invocation.outcome === "answered") return invocation.payload;
      throw new Error("The function failed: its log says why.");
    },
  });
  return {
    repairs: [lambda.repair, states.repair, agentRuntime, bedrockAgents(agents), bedrockRuntime(model)],
    async stop() {
      states.stop();
      await lambda.stop();
    },
  };
}
