import { tableName, type EnvironmentName } from "../../../tables/naming";
import { CouldNotTell } from "../errors";
import { selectTable } from "../select-tables";
import type { Target } from "./start";
import { requireFileName } from "./whole-file";

/** What the command line asks for, as its options have it. */
export interface Asked {
  readonly table?: string;
  readonly bucket?: string;
  readonly prefix?: string;
  readonly at?: Date;
  readonly key?: string;
  readonly bucketOwner?: string;
  readonly to?: string;
  readonly follow?: string;
  readonly force: boolean;
  readonly dryRun: boolean;
}

/** One of the things that an export can be. */
export type Destination =
  | { readonly kind: "bucket"; readonly table: string; readonly target: Target }
  | { readonly kind: "file"; readonly table: string; readonly path: string }
  | { readonly kind: "stdout"; readonly table: string }
  | { readonly kind: "running"; readonly arn: string };

/** Only an export to a bucket has these. */
const ofBucket = ["prefix", "at", "key", "bucketOwner"] as const;
const flags = {
  prefix: "--prefix",
  at: "--at",
  key: "--key",
  bucketOwner: "--bucket-owner",
} as const satisfies Record<(typeof ofBucket)[number], string>;

/** S3: 3 to 63 of these; a slash or an ARN is what people give by mistake. */
const bucketName = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const exportArn = /^arn:aws[a-z-]*:dynamodb:(?<region>[a-z0-9-]+):\d{12}:table\/.+/;

/**
 * Where the export goes.
 *
 * @param region where the clients call.
 * @throws CouldNotTell when the options contradict each other, or one is malformed or names a folder for a file.
 */
export function readDestination(asked: Asked, environment: EnvironmentName, region: string): Destination {
  const { bucket, to, follow } = asked;
  if ([bucket, to, follow].filter((option) => option !== undefined).length !== 1) {
    throw new CouldNotTell("Say where the export goes: one of --bucket, --to and --follow. See --help.");
  }
  const stray = bucket === undefined ? ofBucket.find((name) => asked[name] !== undefined) : undefined;
  if (stray !== undefined) throw new CouldNotTell(`${flags[stray]} goes with --bucket alone. Leave it off.`);
  if (follow !== undefined) return { kind: "running", arn: readArn(follow, region) };
  if (asked.table === undefined) throw new CouldNotTell("Say which table: --table takes its id or its name.");
  const table = tableName(selectTable(asked.table, environment), environment);
  if (bucket === undefined) {
    const path = to ?? "";
    if (path === "-") return { kind: "stdout", table };
    requireFileName(path);
    return { kind: "file", table, path };
  }
  if (!bucketName.test(bucket)) {
    throw new CouldNotTell(
      `"${bucket}" is no bucket's name. Give the name alone, and folders with --prefix.`,
    );
  }
  const { at, key, bucketOwner } = asked;
  const prefix = (asked.prefix ?? table).replace(/^\/+|\/+$/g, "");
  return { kind: "bucket", table, target: { bucket, prefix: prefix || table, key, bucketOwner, at } };
}

function readArn(text: string, region: string): string {
  const found = exportArn.exec(text)?.groups?.["region"];
  if (found === undefined) {
    throw new CouldNotTell(`"${text}" is no ARN of an export. Give the one that starting it printed.`);
  }
  if (found !== region) {
    throw new CouldNotTell(`The export is in ${found}, and this looks in ${region}: give --region ${found}.`);
  }
  return text;
}
