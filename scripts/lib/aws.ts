import { ApiGatewayV2Client } from "@aws-sdk/client-apigatewayv2";
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

export interface AwsClients {
  readonly dynamodb: DynamoDBClient;
  readonly kms: KMSClient;
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
 * Clients for an environment.
 *
 * @throws CouldNotTell as awsConfiguration does.
 */
export function awsClients(
  environment: Environment,
  options: AwsOptions,
  variables: NodeJS.ProcessEnv,
): AwsClients {
  const configuration = awsConfiguration(environment, options, variables);
  const accountId = "endpoint" in configuration ? localAccountId : environment.accountId;
  return {
    dynamodb: dynamoDbClient(configuration),
    kms: new KMSClient(configuration),
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
