import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { dynamoDbClient } from "./dynamodb-client";

/** Retries are the SDK's, with jitter; what still throttles then is told to the caller. */
const maxAttempts = 3;
/**
 * Two operations with all their tries end within a function's 10 seconds: a hanging one is an answer, too. Calls of
 * more of them need a deadline of their own.
 */
const requestMilliseconds = 1_200;
const connectMilliseconds = 1_000;

export interface DocumentClientOptions {
  /**
   * What a stored number is read as. A double by default: the SDK's own reading throws at one that a double
   * cannot hold.
   */
  readonly readNumber?: (text: string) => number | string;
}

/** A client for items as JavaScript values; made once, outside the handler, so that warm calls reuse it. */
export function documentClient(
  client: DynamoDBClient = functionsClient(),
  { readNumber = Number }: DocumentClientOptions = {},
): DynamoDBDocumentClient {
  return DynamoDBDocumentClient.from(client, {
    marshallOptions: { removeUndefinedValues: true },
    unmarshallOptions: { wrapNumbers: readNumber },
  });
}

const functionsClient = () =>
  dynamoDbClient({
    maxAttempts,
    requestHandler: {
      connectionTimeout: connectMilliseconds,
      requestTimeout: requestMilliseconds,
      // An answer that begins and then stops.
      socketTimeout: requestMilliseconds,
      throwOnRequestTimeout: true,
    },
  });

const throttlingNames: readonly string[] = [
  "ProvisionedThroughputExceededException",
  "RequestLimitExceeded",
  "ThrottlingException",
];

/** Whether DynamoDB still throttled after the client's retries. */
export function isThrottled(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { $metadata } = error as { readonly $metadata?: { readonly httpStatusCode?: number } };
  return throttlingNames.includes(error.name) || $metadata?.httpStatusCode === 429;
}
