/** Other tables that are encrypted with a key which goes: without it they are lost, and so are their backups. */

import {
  DescribeTableCommand,
  paginateListTables,
  ResourceNotFoundException,
} from "@aws-sdk/client-dynamodb";
import type { AwsClients } from "../aws";
import { reasonOf } from "../errors";
import { Refused } from "../refused";

export interface KeyUsersOptions {
  /** ARNs of the keys that are scheduled for deletion. */
  readonly keys: readonly string[];
  /** Physical names of the tables that go with them. */
  readonly named: readonly string[];
  readonly signal: AbortSignal;
  readonly tell: (text: string) => void;
}

/**
 * Looks at every table of the account and region, such as a restored one, which has the key of its source.
 *
 * @throws Refused with the tables that use one of the keys. What AWS does not say is told and held against nobody.
 */
export async function requireUnusedKeys(
  { dynamodb }: Pick<AwsClients, "dynamodb">,
  { keys, named, signal, tell }: KeyUsersOptions,
): Promise<void> {
  if (keys.length === 0) return;
  const users: string[] = [];
  const keyOf = async (name: string) => {
    const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: name }), {
      abortSignal: signal,
    });
    return Table?.SSEDescription?.KMSMasterKeyArn;
  };
  try {
    for await (const { TableNames = [] } of paginateListTables({ client: dynamodb }, {})) {
      for (const name of TableNames.filter((one) => !named.includes(one))) {
        signal.throwIfAborted();
        const key = await keyOf(name).catch((error: unknown) => {
          if (error instanceof ResourceNotFoundException) return undefined;
          throw error;
        });
        if (key !== undefined && keys.includes(key)) users.push(name);
      }
    }
  } catch (error) {
    signal.throwIfAborted();
    tell(`Whether other tables use the key of this stack could not be looked up: ${reasonOf(error)}.`);
  }
  if (users.length === 0) return;
  throw new Refused(
    `${users.join(", ")} ${users.length === 1 ? "is" : "are"} encrypted with the key of this stack, which would go ` +
      "with it. Nothing was changed. Restore what is needed with another key, and delete the rest first.",
  );
}
