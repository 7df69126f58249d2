import { describeEncryption } from "../backup/encryption";
import { count, describeBytes } from "../export/describe";
import type { Source } from "./source";

/** AWS: "Amazon DynamoDB pricing", restoring a table, us-east-1; by GB of the restored table. */
const dollarsPerGb = 0.15;
const bytesPerGb = 1024 ** 3;

/** What a restore is going to do, for people who are asked whether it shall. */
export function describeRestore(
  source: Source,
  {
    to,
    keyArn,
    settings,
    isThere,
  }: {
    readonly to: string;
    readonly keyArn: string;
    readonly settings: readonly string[];
    readonly isThere: boolean;
  },
): string {
  const dollars = (source.bytes / bytesPerGb) * dollarsPerGb;
  return [
    isThere ? `Goes on with the restore to ${to}` : `Restores to a new table ${to}`,
    `  from     ${describeSource(source)}`,
    `  size     about ${count(source.items, "item")}, ${describeBytes(source.bytes)} (AWS counts every six hours)`,
    `  key      ${keyArn}; the source has ${describeEncryption(source.encryption)}`,
    `  puts back what a restore forgets:`,
    ...settings.map((what) => `           ${what}`),
    `  costs    about $${dollars.toFixed(2)} ($${dollarsPerGb} a GB in us-east-1), then storage, recovery and capacity ` +
      "of one more table until it is deleted",
  ].join("\n");
}

export const describeSource = (source: Source): string =>
  source.kind === "backup"
    ? `the backup ${source.arn} of ${source.at.toISOString()}`
    : `${source.tableArn.split("/").at(-1) ?? ""} as it was at ${source.at.toISOString()}`;
