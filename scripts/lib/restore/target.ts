import {
  DescribeTableCommand,
  ResourceNotFoundException,
  type TableDescription,
} from "@aws-sdk/client-dynamodb";
import { explained } from "../backup/answer";
import { Refused } from "../refused";
import type { AwsClients } from "../aws";
import type { Source } from "./source";

/** @returns nothing when there is no such table. */
export async function describeTarget(
  { dynamodb }: Pick<AwsClients, "dynamodb">,
  name: string,
  signal: AbortSignal,
): Promise<TableDescription | undefined> {
  try {
    const command = new DescribeTableCommand({ TableName: name });
    return (await dynamodb.send(command, { abortSignal: signal })).Table;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw explained(error, `${name} cannot be described`, signal);
  }
}

/** AWS's latest moment lies about five minutes back when a restore begins. */
const latestMilliseconds = 15 * 60_000;
/** Who repeats --at latest on the next day means another moment. */
const sameRunMilliseconds = 24 * 3_600_000;

/**
 * A table of the wanted name goes on only when it was made by this very restore.
 *
 * @throws Refused for any other table, with what it is.
 */
export function requireOwnRestore(name: string, table: TableDescription, source: Source): void {
  const { RestoreSummary: summary, CreationDateTime: created } = table;
  if (summary === undefined)
    throw new Refused(`There is a table ${name}, which no restore has made. ${another}`);
  const at = summary.RestoreDateTime;
  switch (source.kind) {
    case "backup": {
      if (summary.SourceBackupArn === source.arn) return;
      const from = summary.SourceBackupArn ?? `a moment of ${summary.SourceTableArn ?? "another table"}`;
      throw new Refused(
        `There is a table ${name}, restored from ${from}, not from ${source.arn}. Name that to go on. ${another}`,
      );
    }
    case "point in time": {
      if (summary.SourceBackupArn !== undefined || summary.SourceTableArn !== source.tableArn) {
        const from = summary.SourceBackupArn ?? summary.SourceTableArn ?? "another table";
        throw new Refused(`There is a table ${name}, restored from ${from}. ${another}`);
      }
      const isSame = source.isLatest ? isOfLatest(at, created) : isSameSecond(at, source.at);
      if (isSame) return;
      const moment = at?.toISOString() ?? "an unknown time";
      throw new Refused(
        `There is a table ${name}, restored to ${moment}. To go on with that one, use --at ${moment}. ${another}`,
      );
    }
  }
}

/** AWS restores to whole seconds. */
const isSameSecond = (a: Date | undefined, b: Date): boolean =>
  a !== undefined && Math.floor(a.getTime() / 1000) === Math.floor(b.getTime() / 1000);

const another = "Choose another name with --to.";

const isOfLatest = (at: Date | undefined, created: Date | undefined): boolean =>
  at !== undefined &&
  created !== undefined &&
  Math.abs(created.getTime() - at.getTime()) <= latestMilliseconds &&
  Date.now() - created.getTime() <= sameRunMilliseconds;
