import { ApiGatewayV2Client } from "@aws-sdk/client-apigatewayv2";
import { ApplicationAutoScalingClient } from "@aws-sdk/client-application-auto-scaling";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { KMSClient } from "@aws-sdk/client-kms";
import { STSClient } from "@aws-sdk/client-sts";
import { dynamoDbClient } from "../../functions/shared/dynamodb-client";
import type { Environment } from "../../stacks/environments";
import { localAccountId, localCredentials, loopbackEndpoint } from "../../stacks/local-endpoint";
import { CouldNotTell } from "./errors";
import "./quiet-sdk";

/** An endpoint that swallows connections must not hold a script for ever. */
const requestHandler = { connectionTimeout: 5_000, requestTimeout: 30_000, throwOnRequestTimeout: true };

/**
 * How often a call is made before its throttling counts as the answer: waits of up to 1, 2, 4, 8 and 16 s lie between
 * (SDK: standard retries). Describes share a few calls a second in an account (AWS: "Service, account, and table
 * quotas"), and whoever else describes takes from them. Standard rather than adaptive: adaptive slows all of a
 * client's calls for one operation that is throttled, and each operation has a rate of its own.
 */
const attempts = { retryMode: "standard", maxAttempts: 6 } as const;

export interface AwsClients {
  readonly dynamodb: DynamoDBClient;
  /** DynamoDB in another region: replicas are there. */
  readonly dynamodbIn: (region: string) => DynamoDBClient;
  readonly kms: KMSClient;
  readonly autoscaling: ApplicationAutoScalingClient;
  readonly sts: STSClient;
  /** The account that must answer, where it is known. */
  readonly accountId?: string;
}

export interface AwsOptions {
  readonly region?: string;
  readonly profile?: string;
}

/**
 * What every client of an environment is made with. With AWS_ENDPOINT_URL on this machine they are the local
 * AWS's, whatever the environment, and never carry real credentials.
 *
 * @throws CouldNotTell for the environment `local` when no local AWS is pointed at.
 */
export function awsConfiguration(
  environment: Environment,
  { region, profile }: AwsOptions,
  variables: NodeJS.ProcessEnv,
) {
  const endpoint = loopbackEndpoint(variables);
  if (environment.name === "local" && endpoint === undefined) {
    throw new CouldNotTell(
      "The environment local is the local AWS only, and AWS_ENDPOINT_URL does not point at this machine. " +
        "Run `npm run local` and evaluate the exports that it prints.",
    );
  }
  return {
    // Neither goes with an endpoint of one's own.
    ...(endpoint !== undefined && { useFipsEndpoint: false, useDualstackEndpoint: false }),
    requestHandler,
    region: region ?? environment.region,
    ...(endpoint === undefined
      ? { ...(profile && { profile }) }
      : {
          endpoint,
          credentials: {
            accessKeyId: localCredentials.accessKey,
            secretAccessKey: localCredentials.secretKey,
          },
        }),
  };
}

export type AwsConfiguration = ReturnType<typeof awsConfiguration>;

/**
 * The same for those who read much at once, and wait when they are throttled.
 *
 * @throws CouldNotTell as awsConfiguration does.
 */
export const patientConfiguration = (
  environment: Environment,
  options: AwsOptions,
  variables: NodeJS.ProcessEnv,
) => ({
  ...awsConfiguration(environment, options, variables),
  // Whoever sets AWS's own variable wants fewer, or more.
  ...(variables["AWS_MAX_ATTEMPTS"] === undefined && attempts),
});

/**
 * Clients for an environment.
 *
 * @throws CouldNotTell as awsConfiguration does.
 */
export function awsClients(
  environment: Environment,
  options: AwsOptions,
  variables: NodeJS.ProcessEnv,
): AwsClients {
  const configuration = patientConfiguration(environment, options, variables);
  const accountId = "endpoint" in configuration ? localAccountId : environment.accountId;
  return {
    dynamodb: dynamoDbClient(configuration),
    dynamodbIn: (elsewhere) => dynamoDbClient({ ...configuration, region: elsewhere }),
    kms: new KMSClient(configuration),
    autoscaling: new ApplicationAutoScalingClient(configuration),
    sts: new STSClient(configuration),
    ...(accountId && { accountId }),
  };
}

/** Finds the HTTP APIs of an environment. The local AWS is never asked: its APIs are at a port that is known. */
export const apiGateway = (environment: Environment, { region, profile }: AwsOptions): ApiGatewayV2Client =>
  new ApiGatewayV2Client({
    requestHandler,
    region: region ?? environment.region,
    ...(profile && { profile }),
  });
