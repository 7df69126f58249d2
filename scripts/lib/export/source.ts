import {
  DescribeTableCommand,
  ResourceNotFoundException,
  type DynamoDBClient,
} from "@aws-sdk/client-dynamodb";
import { CouldNotTell, reasonOf } from "../errors";

/** A table that is exported. */
export interface Source {
  readonly name: string;
  readonly arn: string;
  /** As DynamoDB last counted, which it does every six hours or so. */
  readonly items: number;
  readonly bytes: number;
}

/** @throws CouldNotTell when the table is not there or AWS does not answer. */
export async function readSource(client: DynamoDBClient, name: string, signal: AbortSignal): Promise<Source> {
  const { Table } = await client
    .send(new DescribeTableCommand({ TableName: name }), { abortSignal: signal })
    .catch((error: unknown) => {
      signal.throwIfAborted();
      throw new CouldNotTell(
        error instanceof ResourceNotFoundException
          ? `There is no table ${name} here. Deploy it, or check --env, --region and --profile.`
          : `${name} cannot be described: ${reasonOf(error)}. ${checkAccess}`,
      );
    });
  if (Table?.TableArn === undefined) throw new CouldNotTell(`AWS tells no ARN of ${name}. Try again.`);
  return { name, arn: Table.TableArn, items: Table.ItemCount ?? 0, bytes: Table.TableSizeBytes ?? 0 };
}

export const checkAccess =
  "Check credentials, region, endpoint and the rights that docs/runbooks/export-a-table.md lists.";
