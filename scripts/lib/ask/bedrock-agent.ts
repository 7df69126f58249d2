import {
  InvokeAgentCommand,
  type BedrockAgentRuntimeClient,
  type OrchestrationTrace,
  type ResponseStream,
  type Trace,
} from "@aws-sdk/client-bedrock-agent-runtime";
import { CouldNotTell, reasonOf } from "../errors";
import type { Agent, AgentEvent } from "./agent";
import type { AgentAddress } from "./find-agent";
import { watched } from "./watched";

export interface BedrockAgentProps {
  readonly client: BedrockAgentRuntimeClient;
  readonly address: AgentAddress;
  /** Of the conversation: what was said in it before, the agent remembers. */
  readonly sessionId: string;
  readonly signal: AbortSignal;
  /** How long an agent may say nothing: a model thinks, and an action runs for at most 15 minutes. */
  readonly silenceMilliseconds?: number;
}

const ordinarySilence = 180_000;

/** An agent of Amazon Bedrock, by its InvokeAgent API. */
export class BedrockAgent implements Agent {
  constructor(private readonly props: BedrockAgentProps) {}

  async *ask(question: string): AsyncGenerator<AgentEvent> {
    const { signal, silenceMilliseconds = ordinarySilence } = this.props;
    const decoder = new TextDecoder();
    let failure: string | undefined;
    let hasText = false;
    try {
      for await (const part of watched(await this.invoke(question), silenceMilliseconds, signal)) {
        if (part.chunk !== undefined) {
          // A character may be in two parts.
          const text = decoder.decode(part.chunk.bytes, { stream: true });
          hasText ||= text.trim() !== "";
          if (text !== "") yield { kind: "text", text };
        } else if (part.trace?.trace !== undefined) {
          failure = part.trace.trace.failureTrace?.failureReason ?? failure;
          yield* eventsOf(part.trace.trace);
        } else if (part.returnControl !== undefined) {
          throw new CouldNotTell(
            "The agent wants its actions carried out by who asks: it is not deployed from here. Deploy it anew.",
          );
        }
      }
    } catch (error) {
      signal.throwIfAborted();
      throw error instanceof CouldNotTell ? error : troubleOf(error);
    }
    const rest = decoder.decode();
    if (rest !== "") yield { kind: "text", text: rest };
    if (hasText) return;
    throw new CouldNotTell(
      `The agent ended without an answer${failure === undefined ? "" : `: ${failure.replace(/\.$/, "")}`}. Ask again.`,
    );
  }

  private async invoke(question: string): Promise<AsyncIterable<ResponseStream>> {
    const { client, address, sessionId, signal, silenceMilliseconds = ordinarySilence } = this.props;
    const { completion } = await client.send(
      new InvokeAgentCommand({
        agentId: address.agentId,
        agentAliasId: address.aliasId,
        sessionId,
        inputText: question,
        enableTrace: true,
        // The agent's role needs bedrock:InvokeModelWithResponseStream for it (AWS: "Invoke an agent from your application").
        streamingConfigurations: { streamFinalResponse: true },
      }),
      { abortSignal: signal, requestTimeout: silenceMilliseconds },
    );
    if (completion === undefined) throw new CouldNotTell("The agent gave no answer. Ask again.");
    return completion;
  }
}

function* eventsOf(trace: Trace): Generator<AgentEvent> {
  if (trace.guardrailTrace?.action === "INTERVENED") yield { kind: "guardrail" };
  if (trace.orchestrationTrace !== undefined) yield* actionsOf(trace.orchestrationTrace);
}

function* actionsOf({ invocationInput, observation }: OrchestrationTrace): Generator<AgentEvent> {
  const called = invocationInput?.actionGroupInvocationInput;
  if (called !== undefined) {
    const parameters = (called.parameters ?? []).map(({ name = "", value = "" }) => [name, value] as const);
    const action = { name: called.function ?? "", parameters: Object.fromEntries(parameters) };
    yield { kind: "action", step: invocationInput?.traceId ?? "", action };
  }
  const output = observation?.actionGroupInvocationOutput;
  if (output !== undefined) {
    yield { kind: "outcome", step: observation?.traceId ?? "", text: output.text ?? "" };
  }
}

/** What is wrong and what to do, by the names of AWS's errors (AWS: "InvokeAgent", errors). */
const troubles: Readonly<Record<string, string>> = {
  ThrottlingException: "Bedrock is busy. Ask again in a minute.",
  ServiceQuotaExceededException:
    "A quota of Bedrock is used up. Ask again later, or have it raised (Service Quotas, Amazon Bedrock).",
  ModelNotReadyException: "The agent's model is not ready. Ask again in a minute.",
  InternalServerException: "Bedrock failed. Ask again.",
  BadGatewayException: "Bedrock could not reach what the agent needs. Ask again.",
  ConflictException: "The agent is being changed, or the session is in use. Ask again in a minute.",
  DependencyFailedException:
    "An action of the agent failed. The log of its function has the cause (CloudWatch, " +
    "/aws/lambda/brand-processing-agent-<env>); then ask again.",
  AccessDeniedException:
    "You need bedrock:InvokeAgent on the agent's alias; the agent's role, its model: see that it is deployed as it stands here.",
  ResourceNotFoundException: "The agent was there and is gone. Deploy it, then ask again.",
  ValidationException: "Bedrock refuses the question or the session. Ask without --session, or more briefly.",
};

function troubleOf(error: unknown): CouldNotTell {
  // In a stream the SDK gives the names of the members, which begin in lower case, in some cases.
  const name = error instanceof Error ? error.name.charAt(0).toUpperCase() + error.name.slice(1) : "";
  const sentence = Object.hasOwn(troubles, name) ? troubles[name] : undefined;
  return new CouldNotTell(
    sentence === undefined
      ? `The agent's answer broke off: ${reasonOf(error)}. Ask again: no brand is started twice, but asking for those that wait starts the next ones.`
      : `${sentence} (${name})`,
  );
}
