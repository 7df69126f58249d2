import { jsonReply, type AwsReply } from "../repairs/repair";

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
    const reply = jsonReply({ message: this.message }, statuses[this.type]);
    return { ...reply, headers: { ...reply.headers, "x-amzn-errortype": this.type } };
  }
}

export const invalid = (message: string) => new AgentRefusal("ValidationException", message);
export const missing = (message: string) => new AgentRefusal("ResourceNotFoundException", message);
export const conflict = (message: string) => new AgentRefusal("ConflictException", message);
