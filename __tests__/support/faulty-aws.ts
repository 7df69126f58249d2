import { createProxy } from "../../scripts/local/proxy";
import { addressOf, listen } from "../../scripts/local/ports";
import type { Repair } from "../../scripts/local/repairs/repair";

/** A local AWS that a test makes fail: every call goes through, but for those that it takes. */
export interface FaultyAws {
  readonly endpoint: string;
  /** Answers a call, or hands it on; nothing by default. */
  fault: Repair | undefined;
  stop(): Promise<void>;
}

export async function startFaultyAws(endpoint: string): Promise<FaultyAws> {
  const faulty: FaultyAws = {
    endpoint: "",
    fault: undefined,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  const server = createProxy(endpoint, [(call, next) => faulty.fault?.(call, next)], []);
  await listen(server, 0);
  return Object.assign(faulty, { endpoint: addressOf(server) });
}

/** DynamoDB refuses a call with an error of the client, which nobody repeats. */
export const refusedCall = (type: string, message: string) =>
  Promise.resolve({
    status: 400,
    headers: { "content-type": "application/x-amz-json-1.0" },
    body: Buffer.from(JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${type}`, message })),
  });
