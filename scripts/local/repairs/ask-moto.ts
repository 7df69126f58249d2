import type { AwsCall, AwsReply } from "./repair";

/** The prefix of DynamoDB's targets. */
export const dynamodb = "DynamoDB_20120810";

/** Asks moto's DynamoDB something else than the call does, in the name of its caller. */
export const askDynamoDb = (
  motoUrl: string,
  call: AwsCall,
  operation: string,
  body: object,
): Promise<AwsReply> => askMoto(motoUrl, call, `${dynamodb}.${operation}`, body);

/** Asks moto something else than the call does, of a service with a JSON protocol. */
export async function askMoto(
  motoUrl: string,
  { headers }: AwsCall,
  target: string,
  body: object,
): Promise<AwsReply> {
  const { authorization = "", "content-type": type = "application/x-amz-json-1.0" } = headers;
  const response = await fetch(motoUrl, {
    method: "POST",
    headers: { "content-type": type, authorization, "x-amz-target": target },
    body: JSON.stringify(body),
  });
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: Buffer.from(await response.arrayBuffer()),
  };
}
