import { randomUUID } from "node:crypto";
import { encodeEvent, textEvent, type StreamEvent } from "../bedrock/agent-stream";
import { answerIn, readActionAnswer } from "../bedrock/action-answer";
import { cannot, understand, type Understood } from "../bedrock/stand-in-agent";
import { parseJson } from "./lambda-call";
import { jsonReply, type AwsReply, type Repair } from "./repair";

/** An alias of an agent, with the version that it routes to, as far as invoking it needs that. */
export interface DeployedAgent {
  readonly name: string;
  readonly version: string;
  readonly actionGroup: string;
  readonly lambdaArn: string;
  readonly functions: readonly {
    readonly name: string;
    readonly parameters: Readonly<Record<string, { readonly type: string; readonly required: boolean }>>;
  }[];
}

export interface AgentRuntime {
  readonly findAgent: (agentId: string, aliasId: string) => DeployedAgent | undefined;
  /** Fails when the function does. */
  readonly invoke: (lambdaArn: string, event: object) => Promise<unknown>;
}

/** What every answer begins with: nobody takes the stand-in for a model. */
export const standInLabel = "[stand-in for Bedrock, local only]";

interface Invocation {
  readonly agentId: string;
  readonly agentAliasId: string;
  readonly sessionId: string;
  readonly inputText: string;
  readonly enableTrace: boolean;
  readonly sessionAttributes: object;
  readonly promptSessionAttributes: object;
}

/** Characters of ids, escaped or not. */
const id = /((?:[\w.:~-]|%[2-7][\dA-Fa-f])+)/.source;
const path = new RegExp(`^/agents/${id}/agentAliases/${id}/sessions/${id}/text/?(?:\\?|$)`);

/**
 * InvokeAgent, in the place of Bedrock: a stand-in for the model says which action is meant, and the agent's own
 * Lambda carries it out, called with the very event that Bedrock sends.
 */
export function bedrockAgentRuntime(runtime: AgentRuntime): Repair {
  return ({ method, url, body }) => {
    const [, ...ids] = path.exec(url) ?? [];
    if (method !== "POST" || ids.length === 0) return undefined;
    const [agentId = "", agentAliasId = "", sessionId = ""] = ids.map(decodeURIComponent);
    const agent = runtime.findAgent(agentId, agentAliasId);
    if (agent === undefined) {
      return Promise.resolve(
        refusal(404, "ResourceNotFoundException", "Agent alias not found. Check the agent and alias ids."),
      );
    }
    const { inputText, enableTrace, sessionState } = (parseJson(body) ?? {}) as Partial<Invocation> & {
      readonly sessionState?: Partial<Invocation>;
    };
    if (typeof inputText !== "string" || inputText === "" || !/^[\w.:-]{2,100}$/.test(sessionId)) {
      return Promise.resolve(
        refusal(400, "ValidationException", "inputText and a session id of 2 to 100 characters are needed."),
      );
    }
    const invocation = {
      ...{ agentId, agentAliasId, sessionId, inputText },
      enableTrace: enableTrace === true,
      sessionAttributes: sessionState?.sessionAttributes ?? {},
      promptSessionAttributes: sessionState?.promptSessionAttributes ?? {},
    };
    return answer(invocation, agent, runtime).then((events) => streamReply(events, sessionId));
  };
}

async function answer(
  invocation: Invocation,
  agent: DeployedAgent,
  runtime: AgentRuntime,
): Promise<readonly StreamEvent[]> {
  const understood = understand(invocation.inputText);
  const called = agent.functions.find(({ name }) => name === understood?.action);
  const traceId = `${randomUUID()}-0`;
  const trace = (orchestrationTrace: object) => traceEvents(invocation, agent, { orchestrationTrace });
  const say = (text: string) => [
    ...trace({ observation: { traceId, type: "FINISH", finalResponse: { text } } }),
    ...`${standInLabel} ${text}`.split(/(?<=\n)/).map(textEvent),
  ];
  if (understood === undefined || called === undefined) return say(cannot);
  const parameters = Object.entries(understood.parameters).map(([name, value]) => ({
    name,
    type: called.parameters[name]?.type ?? "string",
    value,
  }));
  const input = trace({
    invocationInput: {
      traceId,
      invocationType: "ACTION_GROUP",
      actionGroupInvocationInput: {
        actionGroupName: agent.actionGroup,
        function: called.name,
        parameters,
        executionType: "LAMBDA",
      },
    },
  });
  const replied = await act(understood, parameters, invocation, agent, runtime);
  if ("failure" in replied) {
    return [...input, { kind: "exception", name: "dependencyFailedException", message: replied.failure }];
  }
  const { text } = replied;
  const observation = { traceId, type: "ACTION_GROUP", actionGroupInvocationOutput: { text } };
  return [...input, ...trace({ observation }), ...say(answerIn(text))];
}

/** Carries an action out. What Bedrock refuses of an answer is refused here, too. */
async function act(
  { action }: Understood,
  parameters: readonly object[],
  invocation: Invocation,
  agent: DeployedAgent,
  { invoke }: AgentRuntime,
): Promise<{ readonly text: string } | { readonly failure: string }> {
  const { agentId, agentAliasId, sessionId, inputText } = invocation;
  const { sessionAttributes, promptSessionAttributes } = invocation;
  const called = { actionGroup: agent.actionGroup, function: action };
  const event = {
    messageVersion: "1.0",
    agent: { name: agent.name, id: agentId, alias: agentAliasId, version: agent.version },
    ...{ sessionId, sessionAttributes, promptSessionAttributes, inputText },
    ...called,
    parameters,
  };
  try {
    return readActionAnswer(await invoke(agent.lambdaArn, event), called);
  } catch {
    return { failure: "The Lambda function of the action group failed. Check its log." };
  }
}

function traceEvents(
  { agentId, agentAliasId, sessionId, enableTrace }: Invocation,
  { version }: DeployedAgent,
  trace: object,
): readonly StreamEvent[] {
  if (!enableTrace) return [];
  const payload = {
    ...{ agentId, agentAliasId, sessionId, agentVersion: version },
    eventTime: new Date().toISOString(),
    trace,
  };
  return [{ kind: "event", name: "trace", payload }];
}

const streamReply = (events: readonly StreamEvent[], sessionId: string): AwsReply => ({
  status: 200,
  headers: {
    "content-type": "application/vnd.amazon.eventstream",
    "x-amzn-bedrock-agent-content-type": "application/json",
    "x-amz-bedrock-agent-session-id": sessionId,
  },
  body: Buffer.concat(events.map(encodeEvent)),
});

function refusal(status: number, type: string, message: string): AwsReply {
  const reply = jsonReply({ message }, status);
  return { ...reply, headers: { ...reply.headers, "x-amzn-errortype": type } };
}
