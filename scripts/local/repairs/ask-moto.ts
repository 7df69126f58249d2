import type { AwsCall, AwsReply } from "./repair";

/** The prefix of DynamoDB's targets. */
export const dynamodb = "DynamoDB_20120810";

/** Asks moto's DynamoDB something else than the call does, in the name of its caller. */
export async function askDynamoDb(
  motoUrl: string,
  { headers }: AwsCall,
  operation: string,
  body: object,
): Promise<AwsReply> {
  const { authorization = "" } = headers;
  const response = await fetch(motoUrl, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.0",
      authorization,
      "x-amz-target": `${dynamodb}.${operation}`,
    },
    body: JSON.stringify(body),
  });
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: Buffer.from(await response.arrayBuffer()),
  };
}
