/** Calls to the services of which a verifier makes one kind of call: a client of the SDK for each is not worth it. */

import { AwsV4Signer } from "aws4fetch";
import { setTimeout as sleep } from "node:timers/promises";
import type { StackClients } from "./clients";

/** AWS refused a call; the name is AWS's own. */
export class CallRefused extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

export interface SignedCall {
  readonly service: "logs" | "scheduler";
  readonly method: "GET" | "POST";
  readonly path: string;
  /** X-Amz-Target of a JSON protocol. */
  readonly target?: string;
  readonly body?: object;
}

const attempts = 6;
const firstWaitMilliseconds = 200;
const longestMilliseconds = 30_000;

/**
 * Makes a call with the credentials that the clients have; one that is throttled, or fails on AWS's side, is made
 * again.
 *
 * @throws CallRefused with AWS's reason.
 */
export async function signedCall(clients: StackClients, call: SignedCall): Promise<unknown> {
  for (let attempt = 1; ; attempt += 1) {
    const response = await send(clients, call);
    const document = (await response.json().catch(() => ({}))) as Readonly<Record<string, unknown>>;
    if (response.ok) return document;
    const name = errorName(response, document);
    const isTransient = response.status >= 500 || response.status === 429 || name.includes("Throttl");
    if (!isTransient || attempt === attempts) {
      const message = document["message"] ?? document["Message"];
      throw new CallRefused(name, typeof message === "string" ? message : `status ${response.status}`);
    }
    await sleep(firstWaitMilliseconds * 2 ** (attempt - 1) * (0.5 + Math.random() / 2));
  }
}

async function send({ sts, configuration }: StackClients, call: SignedCall): Promise<Response> {
  const { service, method, path, target, body } = call;
  const { accessKeyId, secretAccessKey, sessionToken } = await sts.config.credentials();
  const base =
    "endpoint" in configuration
      ? configuration.endpoint
      : `https://${service}.${configuration.region}.amazonaws.com`;
  const signer = new AwsV4Signer({
    accessKeyId,
    secretAccessKey,
    ...(sessionToken && { sessionToken }),
    url: `${base.replace(/\/$/, "")}${path}`,
    method,
    service,
    region: configuration.region,
    ...(target !== undefined && {
      headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": target },
    }),
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const signed = await signer.sign();
  return fetch(signed.url, {
    method: signed.method,
    headers: signed.headers,
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(longestMilliseconds),
  });
}

/** JSON protocols have it in the body, REST ones in a header; either may end in more than the name. */
function errorName(response: Response, document: Readonly<Record<string, unknown>>): string {
  const type = response.headers.get("x-amzn-errortype") ?? document["__type"];
  const name = typeof type === "string" ? type.split(":")[0]?.split("#").at(-1) : undefined;
  return name ?? "Refused";
}
