/**
 * Runs a state machine in this process; its Lambda tasks call a function that is given. What a task is handed and
 * answers is as Step Functions has it (AWS: "Invoke an AWS Lambda function with Step Functions").
 */

import "./with-resolvers";
import {
  ExecutionAbortedError,
  ExecutionTimeoutError,
  StateMachine,
  type RunOptions,
  type StateMachineDefinition,
} from "aws-local-stepfunctions";
import type { Invocation } from "../functions/function";

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

export interface WorkflowRun {
  /** Amazon States Language; its tasks are all `arn:aws:states:::lambda:invoke`. */
  readonly definition: object;
  readonly input: Json;
  readonly executionArn: string;
  /** Calls a function; rejects when there is none, or it takes no more calls. */
  readonly invoke: (functionName: string, payload: Json) => Promise<Invocation>;
  /** Stops the execution. */
  readonly signal?: AbortSignal;
  /** Waited before each retry, in place of what the definition says. */
  readonly retryMilliseconds?: number;
}

export type WorkflowResult =
  | { readonly status: "SUCCEEDED"; readonly output: Json }
  | { readonly status: "FAILED" | "TIMED_OUT" | "ABORTED"; readonly error?: string; readonly cause?: string };

type Task = Readonly<Record<string, unknown>> & { readonly Resource?: unknown };

const lambdaInvoke = "arn:aws:states:::lambda:invoke";

/** Checked once each: that takes longer than a run. */
const machines = new WeakMap<object, StateMachine>();

/** @throws Error when the definition is none, or has a task that is no Lambda function. */
export async function runWorkflow(run: WorkflowRun): Promise<WorkflowResult> {
  const { definition, input, executionArn, signal, retryMilliseconds } = run;
  const machine = machineOf(definition);
  const states = Object.entries((definition as { readonly States: Record<string, Task> }).States);
  const over = new AbortController();
  // One for all calls, of which there may be many.
  const end = rejectionBy(over.signal);
  const handler = async (given: Json): Promise<Json> => {
    // The interpreter goes on with a task after its execution is over: waits for it, and tries it again.
    over.signal.throwIfAborted();
    return Promise.race([resultOf(run, given as unknown as TaskInput), end]);
  };
  const named = <T>(value: T, has: (state: Task) => boolean): Record<string, T> =>
    Object.fromEntries(states.filter(([, state]) => has(state)).map(([name]) => [name, value]));
  const options: RunOptions = {
    context: contextOf(executionArn),
    overrides: {
      taskResourceLocalHandlers: named(handler, ({ Type }) => Type === "Task"),
      ...(retryMilliseconds !== undefined && {
        retryIntervalOverrides: named(retryMilliseconds, ({ Retry }) => Retry !== undefined),
      }),
    },
  };
  if (signal?.aborted) return { status: "ABORTED" };
  const { result, abort } = machine.run(input, options);
  signal?.addEventListener("abort", abort);
  try {
    return { status: "SUCCEEDED", output: await result };
  } catch (error) {
    return endOf(error);
  } finally {
    over.abort(Object.assign(new Error("The execution is over."), final));
    signal?.removeEventListener("abort", abort);
  }
}

/** Ends no other way than by the signal, whether anyone waits for it or not. */
function rejectionBy(signal: AbortSignal): Promise<never> {
  const rejection = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });
  rejection.catch(() => undefined);
  return rejection;
}

function machineOf(definition: object): StateMachine {
  const known = machines.get(definition);
  if (known !== undefined) return known;
  const machine = new StateMachine(definition as StateMachineDefinition);
  const { States } = definition as StateMachineDefinition;
  for (const [name, state] of Object.entries(States)) {
    if (state.Type === "Task" && state.Resource !== lambdaInvoke) {
      throw new Error(`The task ${name} calls ${state.Resource}: only ${lambdaInvoke} runs locally.`);
    }
  }
  machines.set(definition, machine);
  return machine;
}

/** AWS: "Accessing execution data from the Context object". The interpreter adds input and time. */
function contextOf(executionArn: string) {
  const [machine = "", name = ""] = executionArn
    .replace(":execution:", ":stateMachine:")
    .split(/:(?=[^:]*$)/);
  return {
    Execution: { Id: executionArn, Name: name },
    StateMachine: { Id: machine, Name: machine.split(":").at(-1) },
  };
}

interface TaskInput {
  readonly FunctionName: string;
  readonly Payload?: Json;
}

async function resultOf({ invoke }: WorkflowRun, { FunctionName, Payload = {} }: TaskInput): Promise<Json> {
  const invocation = await invoke(FunctionName, Payload).catch((error: unknown) => {
    throw serviceError(error);
  });
  switch (invocation.outcome) {
    case "answered":
      return checkSize({
        ExecutedVersion: "$LATEST",
        Payload: payloadOf(invocation.payload),
        StatusCode: 200,
      });
    case "failed": {
      const { errorType, errorMessage } = invocation;
      throw taskError(errorType, JSON.stringify({ errorType, errorMessage }));
    }
    case "timed out": {
      const errorType = "Sandbox.Timedout";
      const errorMessage = `Error: Task timed out after ${invocation.seconds.toFixed(2)} seconds`;
      throw taskError(errorType, JSON.stringify({ errorType, errorMessage }));
    }
  }
}

/** Bytes of what a task answers (AWS: "Step Functions service quotas", quotas related to task executions). */
const mostBytes = 262_144;

/** What is larger ends the execution: no Catch of States.ALL takes it (AWS: "Handling errors", error names). */
function checkSize(result: Json): Json {
  if (Buffer.byteLength(JSON.stringify(result)) <= mostBytes) return result;
  const cause = `The task ${lambdaInvoke} returned a result of more than ${mostBytes} bytes.`;
  throw Object.assign(taskError("States.DataLimitExceeded", cause), final);
}

/** A function that answers nothing answers null. */
const payloadOf = (payload: unknown): Json => JSON.parse(JSON.stringify(payload ?? null)) as Json;

/** What the interpreter takes for Error and Cause. */
const taskError = (name: string, cause: string): Error => Object.assign(new Error(cause), { name });

const final = { isRetryable: false, isCatchable: false };

/** Lambda did not run the function (AWS: "Error handling", names of Lambda's own exceptions). */
function serviceError(error: unknown): Error {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return taskError(name.endsWith("Exception") ? `Lambda.${name}` : "Lambda.SdkClientException", message);
}

function endOf(error: unknown): WorkflowResult {
  if (error instanceof ExecutionTimeoutError) return { status: "TIMED_OUT", error: "States.Timeout" };
  if (error instanceof ExecutionAbortedError) return { status: "ABORTED" };
  const failure = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(failure instanceof Error)) return { status: "FAILED", error: "States.Runtime" };
  return { status: "FAILED", error: failure.name, cause: failure.message };
}
