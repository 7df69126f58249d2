import {
  DescribeExportCommand,
  ExportNotFoundException,
  type DynamoDBClient,
  type ExportDescription,
} from "@aws-sdk/client-dynamodb";
import { setTimeout as sleep } from "node:timers/promises";
import { CouldNotTell, reasonOf } from "../errors";
import { Refused } from "../refused";
import { checkAccess } from "./source";

export interface FollowOptions {
  readonly intervalSeconds: number;
  readonly signal: AbortSignal;
  /** Told before each wait. */
  readonly onWait: (description: ExportDescription) => void;
}

/** An export that has come to its end. */
export interface CompletedExport {
  readonly arn: string;
  readonly tableArn: string;
  readonly bucket: string;
  readonly prefix: string | undefined;
  /** The moment whose items it holds. */
  readonly exportTime: Date | undefined;
}

/**
 * Waits for the end of an export.
 *
 * @throws Refused with DynamoDB's reason when it failed; CouldNotTell when it cannot be seen.
 */
export async function followExport(
  client: DynamoDBClient,
  arn: string,
  { intervalSeconds, signal, onWait }: FollowOptions,
): Promise<CompletedExport> {
  for (;;) {
    const description = await describe(client, arn, signal);
    switch (description.ExportStatus) {
      case "COMPLETED":
        return {
          arn,
          tableArn: description.TableArn ?? "",
          bucket: description.S3Bucket ?? "",
          prefix: description.S3Prefix,
          exportTime: description.ExportTime,
        };
      case "FAILED": {
        const { FailureCode = "no code", FailureMessage = "no reason given" } = description;
        throw new Refused(
          `The export failed (${FailureCode}): ${FailureMessage.replace(/\.$/, "")}. ` +
            "Put that right, then start another one.",
        );
      }
      case "IN_PROGRESS":
      case undefined:
        onWait(description);
    }
    await sleep(intervalSeconds * 1000, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

async function describe(
  client: DynamoDBClient,
  arn: string,
  signal: AbortSignal,
): Promise<ExportDescription> {
  try {
    const command = new DescribeExportCommand({ ExportArn: arn });
    const { ExportDescription } = await client.send(command, { abortSignal: signal });
    return ExportDescription ?? {};
  } catch (error) {
    signal.throwIfAborted();
    throw new CouldNotTell(
      error instanceof ExportNotFoundException
        ? `There is no export ${arn}. Exports are known for 90 days: check the ARN, --region and --profile.`
        : `The export cannot be seen: ${reasonOf(error)}. ${checkAccess}`,
    );
  }
}
