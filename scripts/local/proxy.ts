import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { describeError } from "../lib/errors";
import { apiAuthorizers } from "./repairs/api-authorizers";
import { athenaResults } from "./repairs/athena-results";
import { autoscalingTags } from "./repairs/autoscaling-tags";
import { cloudTrailTrails } from "./repairs/cloudtrail";
import { dynamodbBackups, type KeptBackups } from "./repairs/dynamodb-backups";
import { dynamodbExports } from "./repairs/dynamodb-exports";
import { dynamodbInsights } from "./repairs/dynamodb-insights";
import { dynamodbRestores } from "./repairs/dynamodb-restores";
import { lambdaDeadLetters } from "./repairs/lambda-dead-letters";
import { lambdaRevisions } from "./repairs/lambda-revisions";
import { lambdaUrls } from "./repairs/lambda-urls";
import { explainMissingOperation } from "./repairs/missing-operations";
import type { AwsCall, AwsReply, Forward, Repair } from "./repairs/repair";

/** What moto gets wrong or lacks, whoever owns the proxy. */
function ownRepairs(motoUrl: string): readonly Repair[] {
  const backups: KeptBackups = new Map();
  return [
    autoscalingTags(),
    athenaResults(),
    dynamodbExports(motoUrl),
    dynamodbBackups(motoUrl, backups),
    dynamodbRestores(motoUrl, backups),
    dynamodbInsights(motoUrl),
    lambdaRevisions(),
    lambdaDeadLetters(),
    lambdaUrls(motoUrl),
    apiAuthorizers(motoUrl),
    cloudTrailTrails(motoUrl),
  ];
}

/**
 * The one endpoint of the local AWS: hands every call to moto, save those that are repaired.
 *
 * @param others repairs besides those of the proxy itself: what runs beside it, and its owner stops.
 * @param own none where it is not moto that the proxy stands before.
 */
export function createProxy(
  motoUrl: string,
  others: readonly Repair[] = [],
  own: readonly Repair[] = ownRepairs(motoUrl),
): Server {
  const repairs = [...own, ...others];
  const answer = (call: AwsCall, askMoto: Forward): Promise<AwsReply> => {
    const explained = async () => explainMissingOperation(call.target, await askMoto());
    const chain = repairs.reduceRight<Forward>(
      (next, repair) => () => repair(call, next) ?? next(),
      explained,
    );
    return chain();
  };
  return createServer((incoming, outgoing) => {
    void readCall(incoming)
      .then((call) => answer(call, () => forwardTo(motoUrl, incoming, call)))
      .then((reply) => send(outgoing, reply))
      .catch((error: unknown) => {
        outgoing.writeHead(502, { "content-type": "text/plain" });
        outgoing.end(`The local AWS is not answering: ${describeError(error)}`);
      });
  });
}

async function readCall(incoming: IncomingMessage): Promise<AwsCall> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return {
    method: incoming.method ?? "GET",
    url: incoming.url ?? "/",
    target: String(incoming.headers["x-amz-target"] ?? ""),
    headers: incoming.headers,
    body: Buffer.concat(chunks),
  };
}

function forwardTo(motoUrl: string, { rawHeaders }: IncomingMessage, call: AwsCall): Promise<AwsReply> {
  return new Promise((resolve, reject) => {
    const outgoing = request(`${motoUrl}${call.url}`, { method: call.method, headers: rawHeaders });
    outgoing.once("error", reject);
    outgoing.once("response", (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.once("error", reject);
      response.once("end", () =>
        resolve({
          status: response.statusCode ?? 502,
          headers: response.headers,
          body: Buffer.concat(chunks),
        }),
      );
    });
    outgoing.end(call.body);
  });
}

function send(outgoing: ServerResponse, { status, headers, body }: AwsReply): void {
  for (const [name, value] of Object.entries(headers)) {
    // The body is whole here, so its framing is ours.
    if (value !== undefined && !/^(transfer-encoding|connection|content-length)$/i.test(name)) {
      outgoing.setHeader(name, value);
    }
  }
  // The answer to HEAD tells the length of a body that it does not carry.
  const length = outgoing.req.method === "HEAD" ? headers["content-length"] : String(body.length);
  if (length !== undefined) outgoing.setHeader("content-length", length);
  outgoing.writeHead(status);
  outgoing.end(body);
}
