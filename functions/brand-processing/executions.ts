/** Executions of the workflow, as the starter and the sweeper know them. */

export interface ExecutionInput {
  readonly brandid: number;
  readonly attempt: number;
}

/**
 * How an execution stands. `unknown` is one that never began, that Step Functions has forgotten (after 90 days), or
 * that is not this workflow's: such a one may well run, and nobody here can tell.
 */
export type ExecutionState = "running" | "ended" | "unknown";

export interface Executions {
  /** The ARN that an execution of this name has or will have. */
  arnOf(name: string): string;
  /**
   * Begins an execution; of one name, once.
   *
   * @returns `begun` also when the same call has begun it before and it runs; `ended` when one of this name is
   * over, and nothing was begun.
   */
  start(name: string, input: ExecutionInput): Promise<"begun" | "ended">;
  state(arn: string): Promise<ExecutionState>;
}
