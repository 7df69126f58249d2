/** A DynamoDB with one large table and one export, in the states that a local AWS cannot play. */

import { createServer, type ServerResponse } from "node:http";
import { localAccountId } from "../../stacks/local-endpoint";
import { addressOf, listen } from "../../scripts/local/ports";
import { callerIdentity } from "./lambda-stub";

export const tableArn = `arn:aws:dynamodb:us-east-1:${localAccountId}:table/cg-chatbot-conversations`;
export const exportArn = `${tableArn}/export/01767103445000-2d8752fd`;

export type Answer = (
  input: Readonly<Record<string, unknown>>,
  response: ServerResponse,
) => object | undefined;

export interface ExportStub {
  readonly url: string;
  /** Operations in the order in which they were called, with their input. */
  readonly calls: readonly {
    readonly operation: string;
    readonly input: Readonly<Record<string, unknown>>;
  }[];
  close(): Promise<void>;
}

/** An answer that is refused as DynamoDB refuses it. */
export function refuse(response: ServerResponse, type: string, status = 400): undefined {
  response.writeHead(status, { "content-type": "application/x-amz-json-1.0" });
  response.end(JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: "As it is." }));
}

export const describeExport = (status: string, more: object = {}): object => ({
  ExportDescription: {
    ExportArn: exportArn,
    ExportStatus: status,
    TableArn: tableArn,
    S3Bucket: "my-export-bucket",
    S3Prefix: "cg-chatbot-conversations",
    ExportFormat: "DYNAMODB_JSON",
    ExportType: "FULL_EXPORT",
    StartTime: 1_767_103_447,
    ExportTime: 1_767_103_445,
    ...more,
  },
});

/** @param answers by operation, before those that every export meets; `GetObject` is what S3 has. */
export async function playExport(answers: Readonly<Record<string, Answer>>): Promise<ExportStub> {
  const calls: { operation: string; input: Readonly<Record<string, unknown>> }[] = [];
  const usual: Readonly<Record<string, Answer>> = {
    DescribeTable: () => ({ Table: { TableArn: tableArn, ItemCount: 20_000, TableSizeBytes: 12_345_678 } }),
    ListExports: () => ({ ExportSummaries: [] }),
    ExportTableToPointInTime: () => describeExport("IN_PROGRESS"),
    GetObject: ({ path }) =>
      String(path).endsWith("manifest-files.json") ? {} : { itemCount: 20_000, billedSizeBytes: 12_345_678 },
  };
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      const target = String(request.headers["x-amz-target"] ?? "").split(".")[1];
      if (target === undefined && request.method === "POST") {
        response.writeHead(200, { "content-type": "text/xml" }).end(callerIdentity(localAccountId));
        return;
      }
      const operation = target ?? "GetObject";
      const input =
        target === undefined ? { path: request.url } : (JSON.parse(body) as Record<string, unknown>);
      calls.push({ operation, input });
      const answer = (answers[operation] ?? usual[operation])?.(input, response);
      if (answer !== undefined) response.end(JSON.stringify(answer));
    });
  });
  await listen(server, 0);
  return {
    url: addressOf(server),
    calls,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
