/** Calls to AWS as IAM's actions: for tests that hold a policy against what is called. */

import { DynamoDBClient } from "@aws-sdk/client-dynamodb";

/** What IAM calls a service, by the SDK's client. */
const services: Readonly<Record<string, string>> = {
  ApiGatewayV2Client: "apigateway",
  ApplicationAutoScalingClient: "application-autoscaling",
  BedrockAgentClient: "bedrock",
  CloudTrailClient: "cloudtrail",
  CloudWatchClient: "cloudwatch",
  DynamoDBClient: "dynamodb",
  IAMClient: "iam",
  KMSClient: "kms",
  LambdaClient: "lambda",
  S3Client: "s3",
  SFNClient: "states",
  SNSClient: "sns",
  SQSClient: "sqs",
  STSClient: "sts",
};

/** Where an action is not called as its operation is (AWS: "Service Authorization Reference"). */
const otherNames: Readonly<Record<string, string>> = {
  "s3:GetBucketEncryption": "s3:GetEncryptionConfiguration",
  "s3:GetBucketLifecycleConfiguration": "s3:GetLifecycleConfiguration",
  "s3:GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
  "s3:HeadBucket": "s3:ListBucket",
};

/**
 * The action that a call takes.
 *
 * @param client class of the SDK's client, such as `KMSClient`.
 * @param command class of its command, such as `DescribeKeyCommand`.
 * @throws Error for a client that is not known here.
 */
export function actionOf(client: string, command: string): string {
  const service = services[client];
  if (service === undefined) throw new Error(`No service is known here for ${client}.`);
  const operation = command.replace(/Command$/, "");
  // HTTP methods are the actions of API Gateway.
  if (service === "apigateway") return `apigateway:${operation.startsWith("Get") ? "GET" : operation}`;
  const action = `${service}:${operation}`;
  return otherNames[action] ?? action;
}

/**
 * That of a call without a client: the service stands in its signature, the operation in its target or path.
 *
 * @returns nothing for a service that has a client: the local AWS asks itself again, in this process.
 */
export function actionOfRequest(
  authorization: string,
  target: string | undefined,
  path: string,
): string | undefined {
  const service = /\/([\w-]+)\/aws4_request/.exec(authorization)?.[1];
  if (service === undefined || Object.values(services).includes(service)) return undefined;
  if (target !== undefined) return `${service}:${target.split(".").at(-1) ?? target}`;
  if (service === "scheduler" && path.startsWith("/schedules/")) return "scheduler:GetSchedule";
  throw new Error(`No action is known here for ${service} ${path}.`);
}

export interface Comparison {
  /** Called, and not allowed. */
  readonly missing: readonly string[];
  /** Allowed, and never called. */
  readonly unused: readonly string[];
}

export function compareActions(called: Iterable<string>, allowed: Iterable<string>): Comparison {
  // It needs no permission.
  const [calls, all] = [new Set(called), new Set([...allowed, "sts:GetCallerIdentity"])];
  return {
    missing: [...calls].filter((action) => !all.has(action)).sort(),
    unused: [...all].filter((action) => !calls.has(action) && action !== "sts:GetCallerIdentity").sort(),
  };
}

interface Sending {
  send(this: object, command: object, ...more: readonly unknown[]): unknown;
}

/** Runs something, and gives every action that this process has called meanwhile, by whatever client. */
export async function recordActions(run: () => Promise<unknown>): Promise<ReadonlySet<string>> {
  const actions = new Set<string>();
  // What all clients inherit it from.
  const base = Object.getPrototypeOf(DynamoDBClient.prototype) as Sending;
  const sending = jest.spyOn(base, "send");
  const fetching = jest.spyOn(globalThis, "fetch");
  try {
    await run();
    sending.mock.calls.forEach(([command], index) => {
      const client = sending.mock.contexts[index] as object;
      actions.add(actionOf(client.constructor.name, command.constructor.name));
    });
    for (const [url, init] of fetching.mock.calls) {
      const headers = new Headers(init?.headers);
      const { pathname } = new URL(url);
      const target = headers.get("x-amz-target") ?? undefined;
      const action = actionOfRequest(headers.get("authorization") ?? "", target, pathname);
      if (action !== undefined) actions.add(action);
    }
    return actions;
  } finally {
    sending.mockRestore();
    fetching.mockRestore();
  }
}
