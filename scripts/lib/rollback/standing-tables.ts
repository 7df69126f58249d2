/** A stack's tables as they stand in AWS. */

import { DescribeTableCommand, ResourceNotFoundException } from "@aws-sdk/client-dynamodb";
import { tableName, type EnvironmentName } from "../../../tables/naming";
import type { TableSpec } from "../../../tables/table-spec";
import type { AwsClients } from "../aws";
import { CouldNotTell, reasonOf } from "../errors";

export interface StandingTable {
  readonly spec: TableSpec;
  /** Physical name. */
  readonly name: string;
  /** AWS gives a table that is made anew another one (TableId). */
  readonly identity: string;
  readonly keySchema: string;
  readonly isProtected: boolean;
  /** As AWS counted them last, which it does every six hours or so (AWS: TableDescription). */
  readonly items: number;
}

/**
 * The tables of these that stand: one that is being deleted stands no more.
 *
 * @throws CouldNotTell when AWS does not say.
 */
export async function readStanding(
  clients: Pick<AwsClients, "dynamodb">,
  specs: readonly TableSpec[],
  environment: EnvironmentName,
  signal: AbortSignal,
): Promise<readonly StandingTable[]> {
  const tables = await Promise.all(
    specs.map((spec) => describe(clients, spec, tableName(spec, environment), signal)),
  );
  return tables.filter((table) => table !== undefined);
}

async function describe(
  { dynamodb }: Pick<AwsClients, "dynamodb">,
  spec: TableSpec,
  name: string,
  signal: AbortSignal,
): Promise<StandingTable | undefined> {
  try {
    const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: name }), {
      abortSignal: signal,
    });
    if (Table === undefined || Table.TableStatus === "DELETING") return undefined;
    return {
      spec,
      name,
      identity: Table.TableId ?? "",
      keySchema: JSON.stringify([Table.KeySchema, Table.AttributeDefinitions]),
      isProtected: Table.DeletionProtectionEnabled ?? false,
      items: Table.ItemCount ?? 0,
    };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ResourceNotFoundException) return undefined;
    throw new CouldNotTell(
      `${name} cannot be described: ${reasonOf(error)}. Check credentials, region, endpoint and the right to ` +
        "describe tables.",
    );
  }
}

/**
 * What has happened to tables that nothing should have happened to. Their counts are not compared: people write,
 * items expire, and AWS counts every six hours.
 */
export function findLost(
  before: readonly StandingTable[],
  after: readonly StandingTable[],
): readonly string[] {
  return before.flatMap(({ name, identity, keySchema }) => {
    const now = after.find((table) => table.name === name);
    if (now === undefined) return [`${name} is gone`];
    if (now.identity !== identity) return [`${name} was deleted and made anew`];
    return now.keySchema === keySchema ? [] : [`${name} has other keys`];
  });
}

export const describeItems = ({ items }: Pick<StandingTable, "items">): string =>
  `${items.toLocaleString("en-GB")} ${items === 1 ? "item" : "items"} when AWS counted last`;
