import { Executions, statusOf, type Execution, type StateMachine } from "../workflow/executions";
import { checkDefinition, parseDefinition } from "../workflow/definitions";
import type { WorkflowRun } from "../workflow/interpreter";
import { StatesRefusal } from "../workflow/states-refusal";
import { isAccepted, parseJson } from "./lambda-call";
import { jsonReply, type AwsReply, type Repair } from "./repair";

export interface StepFunctions {
  readonly repair: Repair;
  /** Aborts all executions. */
  stop(): void;
}

/** What the calls tell, as far as they are answered here. */
interface Input {
  readonly stateMachineArn?: string;
  readonly executionArn?: string;
  readonly name?: string;
  readonly input?: string;
  readonly definition?: string;
  readonly statusFilter?: string;
  readonly maxResults?: number;
  readonly nextToken?: string;
  readonly reverseOrder?: boolean;
  readonly error?: string;
  readonly cause?: string;
}

const service = "AWSStepFunctions.";
/** Executions; AWS: "ListExecutions". */
const defaultPage = 100;

/**
 * Step Functions beyond what moto 5.2.1 does: checks definitions, and runs executions on the definition as it
 * is deployed. Moto keeps the state machines.
 *
 * @param invoke runs the function of a task.
 */
export function stepFunctions(invoke: WorkflowRun["invoke"]): StepFunctions {
  const machines = new Map<string, StateMachine>();
  const executions = new Executions({
    invoke,
    // Loaded with the first execution.
    run: async (run) => (await import("../workflow/interpreter")).runWorkflow(run),
  });
  const machineOf = (arn = ""): StateMachine => {
    const machine = machines.get(arn);
    if (machine !== undefined) return machine;
    throw new StatesRefusal("StateMachineDoesNotExist", `State Machine Does Not Exist: '${arn}'`);
  };
  const remember = (arn: string | undefined, definition: string | undefined) => {
    if (arn !== undefined && definition !== undefined) {
      machines.set(arn, { arn, definition: parseDefinition(definition) });
    }
  };

  const answers: Readonly<Record<string, (input: Input) => object | Promise<object>>> = {
    ValidateStateMachineDefinition: async ({ definition = "" }) => {
      const diagnostics = await checkDefinition(definition);
      return { result: diagnostics.length === 0 ? "OK" : "FAIL", diagnostics, truncated: false };
    },
    // Nobody publishes any.
    ListStateMachineVersions: ({ stateMachineArn }) => {
      machineOf(stateMachineArn);
      return { stateMachineVersions: [] };
    },
    StartExecution: ({ stateMachineArn, name, input }) => {
      const { arn, startDate } = executions.start(machineOf(stateMachineArn), name, input);
      return { executionArn: arn, startDate: seconds(startDate) };
    },
    DescribeExecution: ({ executionArn = "" }) => described(executions.find(executionArn)),
    ListExecutions: (input) => listed(executions.of(machineOf(input.stateMachineArn).arn), input),
    StopExecution: ({ executionArn = "", error, cause }) => {
      const execution = executions.find(executionArn);
      executions.abort(execution, { ...(error && { error }), ...(cause && { cause }) });
      return { stopDate: seconds(execution.end?.date ?? new Date()) };
    },
    GetExecutionHistory: ({ executionArn = "", reverseOrder }) => {
      const events = historyOf(executions.find(executionArn));
      return { events: reverseOrder === true ? events.reverse() : events };
    },
  };

  const repair: Repair = (call, forward) => {
    if (!call.target.startsWith(service)) return undefined;
    const operation = call.target.slice(service.length);
    const input = (parseJson(call.body) ?? {}) as Input;
    const answer = Object.hasOwn(answers, operation) ? answers[operation] : undefined;
    if (answer !== undefined) return reply(async () => jsonReply(await answer(input)));
    switch (operation) {
      case "CreateStateMachine":
      case "UpdateStateMachine":
        return reply(async () => {
          if (input.definition !== undefined) await refuseInvalid(input.definition);
          const accepted = await forward();
          if (!isAccepted(accepted)) return accepted;
          const { stateMachineArn = input.stateMachineArn } = (parseJson(accepted.body) ?? {}) as Input;
          remember(stateMachineArn, input.definition);
          return accepted;
        });
      case "DeleteStateMachine":
        return forward().then((accepted) => {
          if (!isAccepted(accepted) || input.stateMachineArn === undefined) return accepted;
          machines.delete(input.stateMachineArn);
          executions.forget(input.stateMachineArn);
          return accepted;
        });
      default:
        return undefined;
    }
  };
  return { repair, stop: () => executions.stop() };
}

async function refuseInvalid(definition: string): Promise<void> {
  const [first] = await checkDefinition(definition);
  if (first === undefined) return;
  const { code, message } = first;
  throw new StatesRefusal("InvalidDefinition", `Invalid State Machine Definition: '${code}: ${message}'`);
}

async function reply(answer: () => Promise<AwsReply>): Promise<AwsReply> {
  try {
    return await answer();
  } catch (error) {
    if (error instanceof StatesRefusal) return jsonReply({ __type: error.type, message: error.message }, 400);
    throw error;
  }
}

/** Step Functions' protocol has seconds since 1970. */
const seconds = (date: Date): number => date.getTime() / 1000;

function summary(execution: Execution) {
  const { arn, machine, name, startDate, end } = execution;
  return {
    executionArn: arn,
    stateMachineArn: machine,
    name,
    status: statusOf(execution),
    startDate: seconds(startDate),
    ...(end && { stopDate: seconds(end.date) }),
  };
}

function described(execution: Execution) {
  const result = execution.end?.result;
  return {
    ...summary(execution),
    input: execution.input,
    inputDetails: { included: true },
    ...(result?.status === "SUCCEEDED"
      ? { output: JSON.stringify(result.output), outputDetails: { included: true } }
      : { error: result?.error, cause: result?.cause }),
  };
}

function listed(all: readonly Execution[], { statusFilter, maxResults, nextToken }: Input) {
  if (nextToken !== undefined && !/^\d+$/.test(nextToken)) {
    throw new StatesRefusal("InvalidToken", "Invalid Token");
  }
  const start = Number(nextToken ?? 0);
  const wanted = all.filter((one) => statusFilter === undefined || statusOf(one) === statusFilter);
  // AWS: zero asks for the default, too.
  const end = start + (maxResults === undefined || maxResults === 0 ? defaultPage : maxResults);
  return {
    executions: wanted.slice(start, end).map(summary),
    ...(end < wanted.length && { nextToken: String(end) }),
  };
}

/** Only how it began and ended. */
function historyOf(execution: Execution) {
  const { input, startDate, end } = execution;
  const started = {
    id: 1,
    previousEventId: 0,
    type: "ExecutionStarted",
    timestamp: seconds(startDate),
    executionStartedEventDetails: { input },
  };
  if (end === undefined) return [started];
  const { result, date } = end;
  const event = { id: 2, previousEventId: 1, timestamp: seconds(date) };
  switch (result.status) {
    case "SUCCEEDED": {
      const executionSucceededEventDetails = { output: JSON.stringify(result.output) };
      return [started, { ...event, type: "ExecutionSucceeded", executionSucceededEventDetails }];
    }
    case "FAILED":
      return [started, { ...event, type: "ExecutionFailed", executionFailedEventDetails: failureOf(result) }];
    case "TIMED_OUT":
      return [
        started,
        { ...event, type: "ExecutionTimedOut", executionTimedOutEventDetails: failureOf(result) },
      ];
    case "ABORTED":
      return [
        started,
        { ...event, type: "ExecutionAborted", executionAbortedEventDetails: failureOf(result) },
      ];
  }
}

const failureOf = ({ error, cause }: { readonly error?: string; readonly cause?: string }) => ({
  error,
  cause,
});
