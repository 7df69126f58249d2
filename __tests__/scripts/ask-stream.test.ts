/** An agent's answer as Bedrock streams it to the SDK's own client: in any order, broken off, and hostile. */

import { BedrockAgentRuntimeClient } from "@aws-sdk/client-bedrock-agent-runtime";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import type { ServerResponse } from "node:http";
import { PassThrough } from "node:stream";
import { BedrockAgent } from "../../scripts/lib/ask/bedrock-agent";
import { converse, type Listener } from "../../scripts/lib/ask/conversation";
import { display } from "../../scripts/lib/ask/display";
import { CouldNotTell, Interrupted } from "../../scripts/lib/errors";
import { encodeEvent, textEvent } from "../../scripts/local/bedrock/agent-stream";
import { localCredentials } from "../../stacks/local-endpoint";
import {
  agentId,
  aliasId,
  beginStream,
  bytesEvent,
  called,
  failed,
  gave,
  playAgents,
  traced,
  type AgentFront,
} from "../support/agent-front";

const { accessKey: accessKeyId, secretKey: secretAccessKey } = localCredentials;

let answer: (response: ServerResponse) => void;
let front: AgentFront;
let client: BedrockAgentRuntimeClient;
beforeAll(async () => {
  front = await playAgents({ answer: { with: (response) => answer(response) } });
  client = new BedrockAgentRuntimeClient({
    ...{ region: "us-east-1", endpoint: front.url, credentials: { accessKeyId, secretAccessKey } },
    requestHandler: new NodeHttpHandler({ throwOnRequestTimeout: true }),
    maxAttempts: 1,
  });
});
afterAll(async () => {
  client.destroy();
  await front.close();
});

interface Asked {
  readonly silenceMilliseconds?: number;
  readonly signal?: AbortSignal;
  readonly listener?: Listener;
}

/** What was heard, in order. */
let heard: string[];
beforeEach(() => (heard = []));
const listening: Listener = {
  text: (text) => heard.push(text),
  action: ({ name }) => heard.push(`> ${name}`),
  outcome: (outcome) => heard.push(`< ${outcome}`),
  guardrail: () => heard.push("!"),
};

function ask({ signal = new AbortController().signal, listener = listening, ...more }: Asked = {}) {
  const address = { agentId, aliasId };
  const agent = new BedrockAgent({ client, address, sessionId: "session-1", signal, ...more });
  return converse(agent, "start workflow for brand 12345", listener);
}

const started = '{"outcome":"started","message":"The workflow of brand 12345 has started.","brand":{}}';

it("is told as it comes, actions and text in their order", async () => {
  answer = (response) => {
    const send = beginStream(response);
    send(
      traced({ preProcessingTrace: { modelInvocationInput: { traceId: "0", text: "…" } } }),
      called("1", "get_brand", [{ name: "brandid", type: "integer", value: "12345" }]),
      called("2", "start_workflow", [{ name: "brandid", type: "integer", value: "12345" }]),
      textEvent("One "),
      gave("2", started),
      gave("1", "no JSON"),
      textEvent("moment."),
      gave("9", '{"message":7}'),
    );
    response.end();
  };
  expect(await ask()).toEqual({
    answer: "One moment.",
    actions: [
      { name: "get_brand", parameters: { brandid: "12345" }, outcome: "no JSON" },
      {
        name: "start_workflow",
        parameters: { brandid: "12345" },
        outcome: "The workflow of brand 12345 has started.",
      },
    ],
    guardrail: false,
  });
  expect(heard).toEqual([
    ...["> get_brand", "> start_workflow", "One ", "< The workflow of brand 12345 has started."],
    ...["< no JSON", "moment.", '< {"message":7}'],
  ]);
  expect(front.asked.at(-1)).toMatchObject({
    inputText: "start workflow for brand 12345",
    enableTrace: true,
    streamingConfigurations: { streamFinalResponse: true },
  });
});

it("is whole where a character, or an event, arrives in two parts", async () => {
  const coffee = Buffer.from("Caffè ☕");
  answer = (response) => {
    beginStream(response);
    const events = [coffee.subarray(0, 8), coffee.subarray(8)].map((part) => encodeEvent(bytesEvent(part)));
    const bytes = Buffer.concat(events);
    response.write(bytes.subarray(0, 30));
    setImmediate(() => response.end(bytes.subarray(30)));
  };
  expect((await ask()).answer).toBe("Caffè ☕");
});

it("is an answer, too, when a guardrail intervenes", async () => {
  answer = (response) => {
    beginStream(response)(
      traced({ guardrailTrace: { action: "INTERVENED", traceId: "1" } }),
      textEvent("Sorry, I cannot talk about that."),
    );
    response.end();
  };
  expect(await ask()).toEqual({ answer: "Sorry, I cannot talk about that.", actions: [], guardrail: true });
});

describe("an answer that breaks off", () => {
  it.each([
    ["throttlingException", /^Bedrock is busy\. Ask again in a minute\. \(ThrottlingException\)$/],
    ["internalServerException", /^Bedrock failed\. Ask again\. \(InternalServerException\)$/],
    ["dependencyFailedException", /^An action of the agent failed\. The log of its function/],
    ["accessDeniedException", /^You need bedrock:InvokeAgent/],
    ["serviceQuotaExceededException", /^A quota of Bedrock is used up\./],
    ["modelNotReadyException", /^The agent's model is not ready\./],
    ["badGatewayException", /^Bedrock could not reach/],
    ["conflictException", /^The agent is being changed/],
    ["validationException", /^Bedrock refuses the question or the session\./],
    ["resourceNotFoundException", /^The agent was there and is gone\./],
    ["surpriseException", /^The agent's answer broke off: .*Ask again:/],
  ])("by %s in the middle says what to do; what came before was told", async (name, sentence) => {
    answer = (response) => {
      beginStream(response)(called("1", "start_workflow"), gave("1", started), textEvent("It"), failed(name));
      response.end();
    };
    const asked = ask();
    await expect(asked).rejects.toThrow(CouldNotTell);
    await expect(asked).rejects.toThrow(sentence);
    expect(heard).toEqual(["> start_workflow", "< The workflow of brand 12345 has started.", "It"]);
  });

  it.each<[string, (response: ServerResponse) => void]>([
    [
      "a lost connection",
      (response) => {
        beginStream(response)(textEvent("It"));
        setImmediate(() => response.destroy());
      },
    ],
    [
      "an end within an event",
      (response) => {
        beginStream(response)(textEvent("It"));
        response.end(encodeEvent(textEvent("has started")).subarray(0, 40));
      },
    ],
    [
      "a damaged event",
      (response) => {
        beginStream(response)(textEvent("It"));
        const damaged = encodeEvent(textEvent("has started"));
        damaged[40] = (damaged[40] ?? 0) ^ 1;
        response.end(damaged);
      },
    ],
  ])("by %s is no answer", async (_, broken) => {
    answer = broken;
    const asked = ask();
    await expect(asked).rejects.toThrow(CouldNotTell);
    await expect(asked).rejects.toThrow(
      /^The agent's answer broke off: .+ Ask again: no brand is started twice, but asking for those that wait/,
    );
    expect(heard).toEqual(["It"]);
  });

  it.each([
    ["without a reason", [], "The agent ended without an answer. Ask again."],
    ["with an empty line", [textEvent(" \n")], "The agent ended without an answer. Ask again."],
    [
      "with a reason",
      [traced({ failureTrace: { failureReason: "The model refused.", traceId: "1" } })],
      "The agent ended without an answer: The model refused. Ask again.",
    ],
  ])("before it began, %s, is no answer", async (_, events, sentence) => {
    answer = (response) => {
      beginStream(response)(...events);
      response.end();
    };
    await expect(ask()).rejects.toThrow(new CouldNotTell(sentence));
  });

  it("by a silence is given up", async () => {
    answer = (response) => beginStream(response)(textEvent("It"));
    await expect(ask({ silenceMilliseconds: 300 })).rejects.toThrow(
      /^The agent has said nothing for 0 seconds\./,
    );
    expect(heard).toEqual(["It"]);
  });

  it("by a silence before it began is given up, too", async () => {
    answer = () => undefined;
    const asked = ask({ silenceMilliseconds: 300 });
    await expect(asked).rejects.toThrow(CouldNotTell);
    await expect(asked).rejects.toThrow(/^The agent's answer broke off: .*300 ms.* Ask again:/);
  });

  it("by Ctrl-C ends at once", async () => {
    const interrupt = new AbortController();
    answer = (response) => beginStream(response)(textEvent("It"));
    const listener = { ...listening, text: () => interrupt.abort(new Interrupted("SIGINT")) };
    await expect(ask({ signal: interrupt.signal, listener })).rejects.toThrow("Interrupted by SIGINT.");
  });

  it("since the agent hands its actions back is another agent's", async () => {
    const payload = { invocationId: "1", invocationInputs: [] };
    answer = (response) => {
      // The events of this repository have no such name.
      const event = encodeEvent({ kind: "event", name: "returnControl" as "chunk", payload });
      beginStream(response);
      response.end(event);
    };
    await expect(ask()).rejects.toThrow(/^The agent wants its actions carried out by who asks/);
  });
});

it.each([
  [429, "ThrottlingException", /^Bedrock is busy\./],
  [403, "AccessDeniedException", /^You need bedrock:InvokeAgent/],
  [404, "ResourceNotFoundException", /^The agent was there and is gone\./],
  [500, "InternalServerException", /^Bedrock failed\./],
])(
  "a question that is refused with %i %s says what to do, and is asked once",
  async (status, type, sentence) => {
    const before = front.asked.length;
    answer = (response) => {
      response.writeHead(status, { "content-type": "application/json", "x-amzn-errortype": type });
      response.end(JSON.stringify({ message: "As it is." }));
    };
    await expect(ask()).rejects.toThrow(sentence);
    expect(front.asked.length - before).toBe(1);
  },
);

it("reaches a terminal without what could drive it, and to the letter otherwise", async () => {
  const evil = "\u001B[2J\u001B]0;owned\u0007\u009B31m\u202Egnp.exe\r\u0000";
  answer = (response) => {
    beginStream(response)(
      called("1", `start${evil}`, [{ name: "brandid", value: `1${evil}\n2` }]),
      gave("1", JSON.stringify({ message: `Started.${evil}` })),
      textEvent("First\u001B"),
      textEvent(`[31m line\n\t  second${evil} 🍵`),
    );
    response.end();
  };
  const written = { stdout: "", stderr: "" };
  const stream = (name: "stdout" | "stderr") =>
    new PassThrough().on(
      "data",
      (chunk: Buffer) => (written[name] += chunk.toString()),
    ) as unknown as NodeJS.WriteStream;
  const shown = display({ stdout: stream("stdout"), stderr: stream("stderr") }, false);
  const { answer: whole } = await ask({ listener: shown });
  shown.end();
  for (const text of [written.stdout, written.stderr]) {
    expect(text.replace(/[\n\t]/g, "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  }
  expect(written.stdout).toMatch(/^First\uFFFD\[31m line\n\t {2}second.+ 🍵\n$/u);
  expect(written.stderr.split("\n")).toHaveLength(3);
  // Machines get what the model wrote.
  expect(whole).toContain(evil);
});
