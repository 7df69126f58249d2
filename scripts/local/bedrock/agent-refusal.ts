import { exceptionReply, type AwsReply } from "../repairs/repair";

const statuses = {
  ValidationException: 400,
  ResourceNotFoundException: 404,
  ConflictException: 409,
} as const;

/** Bedrock refuses a call. */
export class AgentRefusal extends Error {
  override readonly name = "AgentRefusal";

  constructor(
    readonly type: keyof typeof statuses,
    message: string,
  ) {
    super(message);
  }

  get reply(): AwsReply {
    return exceptionReply(statuses[this.type], this.type, this.message);
  }
}

export const invalid = (message: string) => new AgentRefusal("ValidationException", message);
export const missing = (message: string) => new AgentRefusal("ResourceNotFoundException", message);
export const conflict = (message: string) => new AgentRefusal("ConflictException", message);
