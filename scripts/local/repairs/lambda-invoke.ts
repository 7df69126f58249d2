import { randomUUID } from "node:crypto";
import type { FunctionDefinition, Invocation, RunnerOptions, RunningFunction } from "../functions/function";
import { startFunction } from "../functions/start-function";
import {
  codeInput,
  functionInput,
  functionName,
  isAccepted,
  parseJson,
  readLambdaCall,
  type FunctionInput,
} from "./lambda-call";
import { jsonReply, type AwsCall, type AwsReply, type Repair } from "./repair";

export interface LambdaInvoke {
  readonly repair: Repair;
  /**
   * Calls a function as a service of AWS does.
   *
   * @param named its name or ARN.
   * @throws Error called ResourceNotFoundException when there is none.
   */
  invoke(named: string, payload: unknown): Promise<Invocation>;
  /** Ends all threads, and the retries of asynchronous calls. */
  stop(): Promise<void>;
}

export interface LambdaInvokeOptions extends Omit<RunnerOptions, "endpoint"> {
  /** Asked for at the first call of a function: the proxy's port is not known before it listens. */
  readonly endpoint: () => string;
}

/** As often as Lambda retries an asynchronous call, but without its minutes of waiting. */
const asynchronousAttempts = 3;

/**
 * Runs functions on Invoke, for which moto needs Docker: it remembers the code and configuration that moto
 * accepted, and runs the real bundle.
 */
export function lambdaInvoke(options: LambdaInvokeOptions): LambdaInvoke {
  const functions = new RememberedFunctions(options);
  const repair: Repair = (call, forward) => {
    const lambda = readLambdaCall(call);
    if (lambda === undefined) return undefined;
    const { operation, name, parameters } = lambda;
    if (operation === "Invoke") return functions.has(name) ? invoke(functions, name, call) : undefined;
    if (operation === "GetFunction" || operation === "GetFunctionConfiguration") return undefined;
    return forward().then(async (reply) => {
      if (!isAccepted(reply)) return reply;
      if (operation === "DeleteFunction") {
        // With a qualifier, only a version goes.
        if (!parameters.has("Qualifier")) await functions.forget(name);
      } else if (operation === "UpdateFunctionCode") {
        const code = codeInput(call.body);
        if (code.DryRun !== true) await functions.remember(name, { Code: code });
      } else {
        if (operation === "CreateFunction") await functions.forget(name);
        await functions.remember(name, functionInput(call.body));
      }
      return reply;
    });
  };
  return {
    repair,
    async invoke(named, payload) {
      const name = functionName(named);
      if (functions.has(name)) return functions.invoke(name, payload);
      const error = new Error(`Function not found: ${named}`);
      throw Object.assign(error, { name: "ResourceNotFoundException" });
    },
    stop: () => functions.stop(),
  };
}

async function invoke(functions: RememberedFunctions, name: string, call: AwsCall): Promise<AwsReply> {
  const type = call.headers["x-amz-invocation-type"] ?? "RequestResponse";
  const payload = call.body.length === 0 ? {} : parseJson(call.body);
  if (payload === undefined) {
    return refusal("InvalidRequestContentException", "Could not parse request body into json");
  }
  switch (type) {
    case "DryRun":
      return invocationReply(204, "");
    case "Event":
      void functions.invokeLater(name, payload);
      return invocationReply(202, "");
    case "RequestResponse":
      return replyOf(await functions.invoke(name, payload));
    default:
      return refusal(
        "InvalidParameterValueException",
        "X-Amz-Invocation-Type must be RequestResponse, Event or DryRun",
      );
  }
}

function replyOf(invocation: Invocation): AwsReply {
  switch (invocation.outcome) {
    case "answered":
      return invocationReply(200, JSON.stringify(invocation.payload));
    case "failed": {
      const { errorType, errorMessage } = invocation;
      return invocationReply(200, JSON.stringify({ errorType, errorMessage }), unhandled);
    }
    case "timed out": {
      const errorMessage = `Task timed out after ${invocation.seconds.toFixed(2)} seconds`;
      return invocationReply(200, JSON.stringify({ errorType: "Sandbox.Timedout", errorMessage }), unhandled);
    }
  }
}

const unhandled = { "x-amz-function-error": "Unhandled" };

const invocationReply = (status: number, body: string, headers = {}): AwsReply => ({
  status,
  headers: {
    "content-type": "application/json",
    "x-amzn-requestid": randomUUID(),
    "x-amz-executed-version": "$LATEST",
    ...headers,
  },
  body: Buffer.from(body),
});

function refusal(type: string, message: string): AwsReply {
  const reply = jsonReply({ Type: "User", message }, 400);
  return { ...reply, headers: { ...reply.headers, "x-amzn-errortype": type } };
}

/** The functions whose code has been seen, each with a runner from its first call on. */
class RememberedFunctions {
  private readonly definitions = new Map<string, FunctionDefinition>();
  private readonly running = new Map<string, RunningFunction>();

  constructor(private readonly options: LambdaInvokeOptions) {}

  has(name: string): boolean {
    return this.definitions.has(name);
  }

  /** Takes over what a call says; a function whose code is not in the call, but in S3, is unknown. */
  async remember(name: string, input: FunctionInput): Promise<void> {
    const known = this.definitions.get(name);
    const zip =
      input.Code === undefined ? known?.zip : input.Code.ZipFile && Buffer.from(input.Code.ZipFile, "base64");
    await this.forget(name);
    if (!zip) return;
    this.definitions.set(name, {
      name,
      zip,
      handler: input.Handler ?? known?.handler ?? "index.handler",
      environment:
        input.Environment === undefined ? (known?.environment ?? {}) : (input.Environment.Variables ?? {}),
      timeoutSeconds: input.Timeout ?? known?.timeoutSeconds ?? 3,
      memoryMegabytes: input.MemorySize ?? known?.memoryMegabytes ?? 128,
    });
  }

  async forget(name: string): Promise<void> {
    this.definitions.delete(name);
    const runner = this.running.get(name);
    this.running.delete(name);
    await runner?.stop();
  }

  invoke(name: string, payload: unknown): Promise<Invocation> {
    return this.runner(name).invoke(payload);
  }

  /** Retries what fails, as long as the function stays what it is. */
  async invokeLater(name: string, payload: unknown): Promise<void> {
    const runner = this.runner(name);
    for (let attempt = 1; attempt <= asynchronousAttempts; attempt += 1) {
      const { outcome } = await runner.invoke(payload);
      if (outcome === "answered" || this.running.get(name) !== runner) return;
    }
  }

  async stop(): Promise<void> {
    await Promise.all([...this.definitions.keys()].map((name) => this.forget(name)));
  }

  private runner(name: string): RunningFunction {
    const runner = this.running.get(name) ?? this.start(name);
    this.running.set(name, runner);
    return runner;
  }

  private start(name: string): RunningFunction {
    const definition = this.definitions.get(name);
    if (definition === undefined) throw new Error(`The function ${name} is unknown: create it first.`);
    return startFunction(definition, { ...this.options, endpoint: this.options.endpoint() });
  }
}
