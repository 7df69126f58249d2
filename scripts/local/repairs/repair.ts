import type { IncomingHttpHeaders } from "node:http";

/** A call to AWS as the proxy sees it. */
export interface AwsCall {
  readonly method: string;
  readonly url: string;
  /** `<service version>.<operation>` of the JSON protocols, from X-Amz-Target. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface AwsReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Buffer;
}

/** Asks moto, and the repairs that come later. */
export type Forward = () => Promise<AwsReply>;

/**
 * What moto lacks or gets wrong, for some calls: answers them, or corrects moto's answer. Gives nothing for
 * calls that are not its own.
 */
export type Repair = (call: AwsCall, forward: Forward) => Promise<AwsReply> | undefined;

export const jsonReply = (body: object, status = 200): AwsReply => ({
  status,
  headers: { "content-type": "application/x-amz-json-1.1" },
  body: Buffer.from(JSON.stringify(body)),
});

/** An exception as the REST protocols have it. */
export function exceptionReply(status: number, type: string, message: string): AwsReply {
  const reply = jsonReply({ message }, status);
  return { ...reply, headers: { ...reply.headers, "x-amzn-errortype": type } };
}
