/** Executions of the workflow on Step Functions. */

import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  InvalidArn,
  SFNClient,
  StartExecutionCommand,
} from "@aws-sdk/client-sfn";
import { isThrottled } from "../shared/document-client";
import { Refusal } from "../shared/refusal";
import type { ExecutionInput, Executions, ExecutionState } from "./executions";

export interface SfnExecutionsProps {
  /** Of a standard workflow: an express one takes a name twice. */
  readonly stateMachineArn: string;
  readonly client?: SFNClient;
}

/** A call with all its tries ends within seven seconds. */
const sfnClient = () =>
  new SFNClient({
    maxAttempts: 3,
    requestHandler: {
      connectionTimeout: 1_000,
      requestTimeout: 2_000,
      socketTimeout: 2_000,
      throwOnRequestTimeout: true,
    },
  });

/** Beside those that every service has. */
const throttlingNames: readonly string[] = ["ExecutionLimitExceeded", "KmsThrottlingException"];

export class SfnExecutions implements Executions {
  private readonly stateMachineArn: string;
  private readonly client: SFNClient;
  /** Of the ARNs of all executions of the state machine. */
  private readonly prefix: string;

  constructor({ stateMachineArn, client = sfnClient() }: SfnExecutionsProps) {
    if (!stateMachineArn.includes(":stateMachine:")) {
      throw new Error("The ARN is not a state machine's: set STATE_MACHINE_ARN to the workflow's.");
    }
    this.stateMachineArn = stateMachineArn;
    this.client = client;
    this.prefix = `${stateMachineArn.replace(":stateMachine:", ":execution:")}:`;
  }

  arnOf(name: string): string {
    return this.prefix + name;
  }

  /**
   * @throws Refusal `throttled` when Step Functions is busy or runs as many executions as it may; Error when there
   * is no such state machine.
   */
  async start(name: string, { brandid, attempt }: ExecutionInput): Promise<"begun" | "ended"> {
    const { stateMachineArn } = this;
    const input = JSON.stringify({ brandid, attempt });
    try {
      await this.client.send(new StartExecutionCommand({ stateMachineArn, name, input }));
      return "begun";
    } catch (error) {
      // A running one of the same name and input would have been given back.
      if (error instanceof ExecutionAlreadyExists) return "ended";
      throw told(error);
    }
  }

  /**
   * An execution of another state machine is unknown, also while it runs: the role may ask about this workflow's
   * alone. A name that Step Functions refuses to look up is unknown, too.
   */
  async state(arn: string): Promise<ExecutionState> {
    if (!arn.startsWith(this.prefix)) return "unknown";
    try {
      const { status } = await this.client.send(new DescribeExecutionCommand({ executionArn: arn }));
      return status === "RUNNING" || status === "PENDING_REDRIVE" ? "running" : "ended";
    } catch (error) {
      if (error instanceof ExecutionDoesNotExist || error instanceof InvalidArn) return "unknown";
      if (error instanceof Error && error.name === "ValidationException") return "unknown";
      throw told(error);
    }
  }
}

function told(error: unknown): unknown {
  const name = error instanceof Error ? error.name : "";
  if (isThrottled(error) || throttlingNames.includes(name)) {
    return new Refusal("throttled", "Step Functions is busy. Try again after a second.");
  }
  return name === "StateMachineDoesNotExist"
    ? new Error("The workflow is not there. Deploy the system's services stack.")
    : error;
}
