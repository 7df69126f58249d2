import { S3Client } from "@aws-sdk/client-s3";
import { dynamoDbClient } from "../../../functions/shared/dynamodb-client";
import type { AwsClients, AwsConfiguration } from "../aws";
import type { AwsOptions } from "../command";
import { progressLine } from "../progress-line";
import { Refused } from "../refused";
import { duration } from "../watch/text";
import { count, describeBytes, describeManifest } from "./describe";
import type { Asked, Destination } from "./destination";
import { followExport } from "./follow";
import { readManifest } from "./manifest";
import { writeItems, type Counts, type Write } from "./scan";
import { readSource, type Source } from "./source";
import { startExport, type Target } from "./start";
import { refuseOverwrite, writeWhole } from "./whole-file";

export interface Context extends AwsOptions, Pick<Asked, "force" | "dryRun"> {
  readonly interval: number;
  readonly configuration: AwsConfiguration;
  readonly clients: AwsClients;
  readonly signal: AbortSignal;
}

/** How it ended: fields for machines, and text for people. */
export interface Result extends Readonly<Record<string, unknown>> {
  readonly outcome: "exported" | "would export" | "refused";
  readonly text: string;
}

/** A scan of more than this is slow and dear, and disturbs who uses a provisioned table. */
const scanLimitBytes = 1e9;

/**
 * Exports to where it is to go.
 *
 * @throws Refused and CouldNotTell, which say what to do next.
 */
export async function exportTable(destination: Destination, context: Context): Promise<Result> {
  if (destination.kind === "running") {
    if (context.dryRun) throw new Refused("--follow starts nothing: leave --dry-run off.");
    return follow(destination.arn, context);
  }
  const { clients, signal, dryRun } = context;
  const source = await readSource(clients.dynamodb, destination.table, signal);
  switch (destination.kind) {
    case "bucket":
      return dryRun
        ? preview(source, `s3://${destination.target.bucket}/${destination.target.prefix}/AWSDynamoDB/`)
        : exportToBucket(source, destination.target, context);
    case "file":
      refuseLarge(source, context);
      refuseOverwrite(destination.path, context.force);
      return dryRun ? preview(source, destination.path) : exportToFile(source, destination.path, context);
    case "stdout":
      refuseLarge(source, context);
      return dryRun ? preview(source, "stdout") : exportToStdout(source, context);
  }
}

function preview({ name, items, bytes }: Source, to: string): Result {
  const text = `Would export ${name}, about ${count(items, "item")} and ${describeBytes(bytes)}, to ${to}`;
  return { outcome: "would export", table: name, items, bytes, to, text };
}

async function exportToBucket(source: Source, target: Target, context: Context): Promise<Result> {
  const { arn, wasRunning } = await startExport(context.clients.dynamodb, source, target, context.signal);
  console.error(wasRunning ? `This export is running already: ${arn}` : `Started: ${arn}`);
  return follow(arn, context);
}

async function follow(arn: string, context: Context): Promise<Result> {
  const { clients, configuration, interval, signal } = context;
  const progress = progressLine(process.stderr);
  const started = Date.now();
  const files = new S3Client({
    ...configuration,
    forcePathStyle: "endpoint" in configuration,
    // The bucket may be in another region than the table.
    followRegionRedirects: true,
  });
  try {
    const completed = await followExport(clients.dynamodb, arn, {
      intervalSeconds: interval,
      signal,
      onWait: ({ StartTime }) => {
        const seconds = (Date.now() - (StartTime?.getTime() ?? started)) / 1000;
        progress.show(`DynamoDB is exporting, most take minutes … ${duration(Math.max(0, seconds))}`);
      },
    });
    const manifest = await readManifest(files, completed, signal);
    return {
      outcome: "exported",
      table: completed.tableArn.split("/").at(-1),
      arn,
      exportTime: completed.exportTime,
      manifest: { ...manifest, bucket: completed.bucket },
      text: describeManifest(completed, manifest),
    };
  } catch (error) {
    progress.clear();
    if (!(error instanceof Refused)) console.error(`Look at it again with: ${followCommand(arn, context)}`);
    throw error;
  } finally {
    progress.clear();
  }
}

function followCommand(arn: string, { env, region, profile }: Context): string {
  const options = { env, region, profile, follow: arn };
  const given = Object.entries(options).flatMap(([name, value]) => (value ? [`--${name} ${value}`] : []));
  return `npm run export -- ${given.join(" ")}`;
}

function refuseLarge({ name, bytes }: Source, { force }: Context): void {
  if (force || bytes <= scanLimitBytes) return;
  throw new Refused(
    `${name} has ${describeBytes(bytes)}, and --to is for up to ${describeBytes(scanLimitBytes)}: ` +
      "use --bucket, or --force to scan it all the same.",
  );
}

async function exportToFile(source: Source, path: string, context: Context): Promise<Result> {
  const { items, bytes } = await writeWhole(path, context.force, (write) =>
    scan(source, write, context, "Nothing was kept."),
  );
  const text = `Exported ${count(items, "item")} of ${source.name} to ${path} (${describeBytes(bytes)}).`;
  return { outcome: "exported", table: source.name, file: path, items, bytes, text };
}

async function exportToStdout(source: Source, context: Context): Promise<Result> {
  const write: Write = (text) =>
    new Promise<void>((resolve, reject) => {
      process.stdout.write(text, (error) => (error ? reject(error) : resolve()));
    });
  const { items, bytes } = await scan(source, write, context, "The output is incomplete: do not use it.");
  const text = `Exported ${count(items, "item")} of ${source.name} (${describeBytes(bytes)}).`;
  return { outcome: "exported", table: source.name, items, bytes, text };
}

/** @param left what is said of the output when the table is not read to its end, for whatever reason. */
async function scan(
  source: Source,
  write: Write,
  { configuration, signal }: Context,
  left: string,
): Promise<Counts> {
  // A provisioned table throttles a scan: it slows down and goes on.
  const client = dynamoDbClient({ ...configuration, retryMode: "adaptive", maxAttempts: 10 });
  const progress = progressLine(process.stderr);
  try {
    return await writeItems(client, source.name, write, {
      signal,
      onProgress: ({ items, bytes }) => {
        const part = source.items > 0 ? ` of about ${source.items.toLocaleString("en-US")}` : "";
        progress.show(`${count(items, "item")}${part}, ${describeBytes(bytes)}`);
      },
    });
  } catch (error) {
    progress.clear();
    console.error(left);
    throw error;
  } finally {
    progress.clear();
    client.destroy();
  }
}
