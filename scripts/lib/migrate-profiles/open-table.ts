/** The table of an environment, and how much of its capacity a migration may take. */

import {
  DescribeTableCommand,
  ResourceNotFoundException,
  type ProvisionedThroughputDescription,
  type TableDescription,
} from "@aws-sdk/client-dynamodb";
import type { Environment } from "../../../stacks/environments";
import { stackId, tableName } from "../../../stacks/naming";
import { agentProfiles as spec } from "../../../tables/agent-profiles";
import { requireAccount } from "../account";
import type { AwsClients } from "../aws";
import { CouldNotTell, describeError } from "../errors";

export interface TableFacts {
  readonly name: string;
  /** Another one for a table that was deleted and made again. */
  readonly identity: string;
  readonly indexes: readonly string[];
  /** Units a second that leave a fifth of the capacity to others. */
  readonly writeUnits: number;
  readonly readUnits: number;
}

/** Of what is provisioned. */
const share = 0.8;
/** On-demand tables take 4,000 writes a second at once (AWS: "On-demand capacity mode"): a quarter of that. */
const onDemandUnits = 1_000;

/** @throws CouldNotTell when it is another account, the table is missing or cannot be described. */
export async function openTable(
  clients: AwsClients,
  environment: Environment,
  signal: AbortSignal,
): Promise<TableFacts> {
  await requireAccount(clients, signal);
  const name = tableName(spec, environment.name);
  const table = await describe(clients, name, environment);
  const indexes = table.GlobalSecondaryIndexes ?? [];
  const throughputs = [table, ...indexes].map(({ ProvisionedThroughput }) => ProvisionedThroughput);
  const isOnDemand = table.BillingModeSummary?.BillingMode === "PAY_PER_REQUEST";
  const smallest = (units: "ReadCapacityUnits" | "WriteCapacityUnits", of: readonly Throughput[]): number =>
    isOnDemand
      ? onDemandUnits
      : Math.max(1, share * Math.min(...of.map((throughput) => throughput?.[units] ?? 1)));
  return {
    name,
    identity: [table.TableArn, table.TableId, table.CreationDateTime?.toISOString()].join(" "),
    indexes: indexes.flatMap(({ IndexName }) => IndexName ?? []),
    writeUnits: smallest("WriteCapacityUnits", throughputs),
    readUnits: smallest("ReadCapacityUnits", throughputs.slice(0, 1)),
  };
}

type Throughput = ProvisionedThroughputDescription | undefined;

async function describe(
  { dynamodb }: AwsClients,
  name: string,
  environment: Environment,
): Promise<TableDescription> {
  try {
    const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: name }));
    return Table ?? {};
  } catch (error) {
    throw new CouldNotTell(
      error instanceof ResourceNotFoundException
        ? `There is no table ${name}. Deploy it: npx cdktf deploy ${stackId(spec.system, "tables", environment.name)}`
        : `The table ${name} cannot be described: ${describeError(error)}. Check credentials and region.`,
    );
  }
}
