/**
 * Resources that a plan wants to create and that are there already: a deployment was killed before its state knew
 * them, or they were made by hand. Terraform would fail at them; of a key it would make a second one.
 */

import { ApiGatewayV2Client, GetApisCommand } from "@aws-sdk/client-apigatewayv2";
import { CloudTrailClient, GetTrailCommand } from "@aws-sdk/client-cloudtrail";
import { DescribeTableCommand } from "@aws-sdk/client-dynamodb";
import { GetPolicyCommand, GetRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { DescribeKeyCommand, paginateListKeys, type KMSClient } from "@aws-sdk/client-kms";
import { GetFunctionConfigurationCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { HeadBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { keyAlias } from "../../../stacks/naming";
import type { AwsClients, AwsConfiguration } from "../aws";
import { describeError } from "../errors";
import type { Adoption, PlannedChange, PlannedStack } from "../plan/planned-stack";

export interface Existing {
  /** What an import takes over. */
  readonly adoptable: readonly Adoption[];
  /** What is doubled by the plan and cannot be taken over, and what could not be looked up: sentences. */
  readonly notes: readonly string[];
}

export interface Lookups extends AwsClients {
  readonly iam: IAMClient;
  readonly lambda: LambdaClient;
  readonly apis: ApiGatewayV2Client;
  readonly s3: S3Client;
  readonly trails: CloudTrailClient;
}

export const lookupsOf = (clients: AwsClients, configuration: AwsConfiguration): Lookups => ({
  ...clients,
  iam: new IAMClient(configuration),
  lambda: new LambdaClient(configuration),
  apis: new ApiGatewayV2Client(configuration),
  // Buckets of the local AWS have no host of their own.
  s3: new S3Client({ ...configuration, forcePathStyle: "endpoint" in configuration }),
  trails: new CloudTrailClient(configuration),
});

/** Asks AWS about what a plan creates, and about nothing else. */
export async function findExisting(plan: PlannedStack, lookups: Lookups): Promise<Existing> {
  const created = plan.changes.filter(({ action }) => action === "create");
  const adoptable: Adoption[] = [];
  const notes: string[] = [];
  await Promise.all(
    created.map(async (change) => {
      const { address } = change;
      try {
        const id = await idOf(change, plan, lookups);
        if (id !== undefined) adoptable.push({ address, id });
        const double = await secondApi(change, lookups);
        if (double !== undefined) notes.push(double);
      } catch (error) {
        notes.push(`Whether ${address} exists already could not be looked up: ${describeError(error)}`);
      }
    }),
  );
  const byAddress = (one: Adoption, other: Adoption) => one.address.localeCompare(other.address);
  return { adoptable: adoptable.sort(byAddress), notes: notes.sort() };
}

/** By which the provider imports the resource that is there; nothing when there is none. */
async function idOf(
  change: PlannedChange,
  plan: PlannedStack,
  lookups: Lookups,
): Promise<string | undefined> {
  const name = nameOf(change);
  if (change.type === "aws_kms_key") return findKey(change, plan, lookups.kms);
  if (name === undefined) return undefined;
  switch (change.type) {
    case "aws_dynamodb_table":
      return whenThere(lookups.dynamodb.send(new DescribeTableCommand({ TableName: name })), name);
    case "aws_kms_alias":
      return whenThere(lookups.kms.send(new DescribeKeyCommand({ KeyId: name })), name);
    case "aws_iam_role":
      return whenThere(lookups.iam.send(new GetRoleCommand({ RoleName: name })), name);
    case "aws_lambda_function": {
      const found = lookups.lambda.send(new GetFunctionConfigurationCommand({ FunctionName: name }));
      return whenThere(found, name);
    }
    case "aws_iam_policy": {
      const { Account } = await lookups.sts.send(new GetCallerIdentityCommand());
      const arn = `arn:aws:iam::${Account ?? ""}:policy/${name}`;
      return whenThere(lookups.iam.send(new GetPolicyCommand({ PolicyArn: arn })), arn);
    }
    case "aws_s3_bucket":
      return whenThere(lookups.s3.send(new HeadBucketCommand({ Bucket: name })), name);
    case "aws_cloudtrail": {
      const found = lookups.trails.send(new GetTrailCommand({ Name: name }));
      const arn = found.then(({ Trail }) => Trail?.TrailARN);
      return (await whenThere(arn, name)) === undefined ? undefined : arn;
    }
    default:
      return undefined;
  }
}

const nameAttributes: Readonly<Record<string, string>> = {
  aws_lambda_function: "function_name",
  aws_s3_bucket: "bucket",
};

function nameOf({ type, after }: PlannedChange): string | undefined {
  const name = after?.[nameAttributes[type] ?? "name"];
  return typeof name === "string" ? name : undefined;
}

const absent = new Set([
  "ResourceNotFoundException",
  "NotFoundException",
  "NoSuchEntityException",
  "NotFound",
  "TrailNotFoundException",
]);

async function whenThere(asking: Promise<unknown>, id: string): Promise<string | undefined> {
  try {
    await asking;
    return id;
  } catch (error) {
    if (error instanceof Error && absent.has(error.name)) return undefined;
    throw error;
  }
}

/** The key of the stack's alias; before the alias was made, only its description tells whose it is. */
async function findKey(
  { after }: PlannedChange,
  { system, layer, environment }: PlannedStack,
  kms: KMSClient,
): Promise<string | undefined> {
  const described = async (keyId: string) => {
    const { KeyMetadata: key } = await kms.send(new DescribeKeyCommand({ KeyId: keyId }));
    const isOurs = key?.Description === after?.["description"] && key?.KeyState === "Enabled";
    return isOurs ? key : undefined;
  };
  const aliased = await described(keyAlias(system, environment, layer === "audit" ? layer : "tables")).catch(
    (error: unknown) => {
      if (error instanceof Error && absent.has(error.name)) return undefined;
      throw error;
    },
  );
  if (aliased !== undefined) return aliased.KeyId;
  for await (const { Keys = [] } of paginateListKeys({ client: kms }, {})) {
    for (const { KeyId = "" } of Keys) {
      const key = await described(KeyId);
      if (key !== undefined) return key.KeyId;
    }
  }
  return undefined;
}

/** An API's name is not unique: AWS makes a second one without a word. */
async function secondApi(change: PlannedChange, { apis }: Lookups): Promise<string | undefined> {
  if (change.type !== "aws_apigatewayv2_api") return undefined;
  const name = nameOf(change);
  for await (const { Items = [] } of paginateGetApis(apis)) {
    const found = Items.find(({ Name }) => Name === name);
    if (found === undefined) continue;
    return (
      `There is an HTTP API ${found.Name ?? ""} (${found.ApiId ?? ""}) that no state knows, and this makes a ` +
      "second one. If a killed deployment has left it, delete it: " +
      `\`aws apigatewayv2 delete-api --api-id ${found.ApiId ?? ""}\`.`
    );
  }
  return undefined;
}

async function* paginateGetApis(client: ApiGatewayV2Client) {
  let NextToken: string | undefined;
  do {
    const page = await client.send(new GetApisCommand({ ...(NextToken && { NextToken }) }));
    yield page;
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
}
