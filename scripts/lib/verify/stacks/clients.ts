import { ApiGatewayV2Client } from "@aws-sdk/client-apigatewayv2";
import { BedrockAgentClient } from "@aws-sdk/client-bedrock-agent";
import { CloudTrailClient } from "@aws-sdk/client-cloudtrail";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { IAMClient } from "@aws-sdk/client-iam";
import { KMSClient } from "@aws-sdk/client-kms";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { S3Client } from "@aws-sdk/client-s3";
import { SFNClient } from "@aws-sdk/client-sfn";
import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import type { AwsClients, AwsConfiguration } from "../../aws";

/** Whatever the stacks have resources of. Made only where stacks are verified: loading them takes half a second. */
export interface StackClients extends Pick<AwsClients, "sts" | "accountId"> {
  readonly lambda: LambdaClient;
  readonly iam: IAMClient;
  readonly apis: ApiGatewayV2Client;
  readonly cloudWatch: CloudWatchClient;
  readonly sns: SNSClient;
  readonly sqs: SQSClient;
  readonly kms: KMSClient;
  readonly states: SFNClient;
  readonly agents: BedrockAgentClient;
  readonly trails: CloudTrailClient;
  readonly s3: S3Client;
  readonly configuration: AwsConfiguration;
}

export const stackClients = (
  { sts, accountId }: Pick<AwsClients, "sts" | "accountId">,
  configuration: AwsConfiguration,
): StackClients => ({
  sts,
  ...(accountId && { accountId }),
  lambda: new LambdaClient(configuration),
  iam: new IAMClient(configuration),
  apis: new ApiGatewayV2Client(configuration),
  cloudWatch: new CloudWatchClient(configuration),
  sns: new SNSClient(configuration),
  sqs: new SQSClient(configuration),
  kms: new KMSClient(configuration),
  states: new SFNClient(configuration),
  agents: new BedrockAgentClient(configuration),
  trails: new CloudTrailClient(configuration),
  // The local AWS has no names of hosts for buckets.
  s3: new S3Client({ ...configuration, forcePathStyle: "endpoint" in configuration }),
  configuration,
});
