import { randomUUID } from "node:crypto";
import type { Json, WorkflowResult, WorkflowRun } from "./interpreter";
import { StatesRefusal } from "./states-refusal";

export interface StateMachine {
  readonly arn: string;
  readonly definition: object;
}

/** One run of a state machine, by the definition that it had when it was started. */
export interface Execution {
  readonly arn: string;
  readonly machine: string;
  readonly name: string;
  /** As it was given: the same text is the same input. */
  readonly input: string;
  readonly startDate: Date;
  end?: { readonly result: WorkflowResult; readonly date: Date };
}

export type Status = "RUNNING" | WorkflowResult["status"];

export const statusOf = ({ end }: Execution): Status => end?.result.status ?? "RUNNING";

export interface ExecutionsOptions {
  readonly run: (run: WorkflowRun) => Promise<WorkflowResult>;
  readonly invoke: WorkflowRun["invoke"];
}

/** Characters; AWS: "StartExecution". */
const longestName = 80;
/** Space, brackets, wildcards, special and control characters. */
const forbidden = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f]/;
/** Bytes. */
const largestInput = 262_144;

/** The executions of standard workflows, in memory. */
export class Executions {
  private readonly executions = new Map<string, Execution>();
  private readonly running = new Map<Execution, AbortController>();

  constructor(private readonly options: ExecutionsOptions) {}

  /**
   * Begins an execution. The same name with the same input is the same execution while it runs; a name is
   * taken once.
   *
   * @throws StatesRefusal
   */
  start(machine: StateMachine, name: string = randomUUID(), input = "{}"): Execution {
    checkName(name);
    const value = parseInput(input);
    const arn = `${machine.arn.replace(":stateMachine:", ":execution:")}:${name}`;
    const present = this.executions.get(arn);
    if (present !== undefined) {
      if (statusOf(present) === "RUNNING" && present.input === input) return present;
      throw new StatesRefusal("ExecutionAlreadyExists", `Execution Already Exists: '${arn}'`);
    }
    const execution: Execution = { arn, machine: machine.arn, name, input, startDate: new Date() };
    this.executions.set(arn, execution);
    void this.run(execution, machine.definition, value);
    return execution;
  }

  /** @throws StatesRefusal ExecutionDoesNotExist. */
  find(arn: string): Execution {
    const execution = this.executions.get(arn);
    if (execution === undefined) {
      throw new StatesRefusal("ExecutionDoesNotExist", `Execution Does Not Exist: '${arn}'`);
    }
    return execution;
  }

  /** The newest first. */
  of(machine: string): readonly Execution[] {
    return [...this.executions.values()].filter((execution) => execution.machine === machine).reverse();
  }

  /** Does nothing to one that is over. */
  abort(execution: Execution, reason: { readonly error?: string; readonly cause?: string } = {}): void {
    const controller = this.running.get(execution);
    if (controller === undefined) return;
    this.close(execution, { status: "ABORTED", ...reason });
    controller.abort();
  }

  /** Aborts what runs on a state machine that is deleted; its executions go with it. */
  forget(machine: string): void {
    for (const execution of this.of(machine)) {
      this.abort(execution);
      this.executions.delete(execution.arn);
    }
  }

  stop(): void {
    for (const execution of this.running.keys()) this.abort(execution);
  }

  private async run(execution: Execution, definition: object, input: Json): Promise<void> {
    const { run, invoke } = this.options;
    const controller = new AbortController();
    this.running.set(execution, controller);
    const { arn: executionArn } = execution;
    const result = await run({ definition, input, executionArn, invoke, signal: controller.signal }).catch(
      (error: unknown): WorkflowResult => ({
        status: "FAILED",
        error: "States.Runtime",
        cause: error instanceof Error ? error.message : String(error),
      }),
    );
    this.close(execution, result);
  }

  private close(execution: Execution, result: WorkflowResult): void {
    this.running.delete(execution);
    execution.end ??= { result, date: new Date() };
  }
}

function checkName(name: string): void {
  if (name.length === 0 || name.length > longestName) {
    throw new StatesRefusal(
      "ValidationException",
      `Value at 'name' failed to satisfy constraint: Member must have length of 1 to ${longestName}`,
    );
  }
  if (forbidden.test(name)) throw new StatesRefusal("InvalidName", `Invalid Name: '${name}'`);
}

function parseInput(text: string): Json {
  try {
    if (Buffer.byteLength(text) <= largestInput) return JSON.parse(text) as Json;
  } catch {
    // The same answer.
  }
  throw new StatesRefusal(
    "InvalidExecutionInput",
    "Invalid State Machine Execution Input: no JSON, or too large",
  );
}
