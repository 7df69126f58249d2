/** Step Functions refuses a call; its protocol has one status for all of them. */
export class StatesRefusal extends Error {
  override readonly name = "StatesRefusal";

  constructor(
    readonly type:
      | "ExecutionAlreadyExists"
      | "ExecutionDoesNotExist"
      | "InvalidDefinition"
      | "InvalidExecutionInput"
      | "InvalidName"
      | "InvalidToken"
      | "StateMachineDoesNotExist"
      | "ValidationException",
    message: string,
  ) {
    super(message);
  }
}
