/** Which export `npm run export -- --bucket` starts, and which it follows. */

import { awsClients } from "../../scripts/lib/aws";
import { startExport, type Target } from "../../scripts/lib/export/start";
import { loadEnvironments } from "../../stacks/environments";
import { conversations } from "../../tables/conversations";
import {
  describeExport,
  exportArn,
  playExport,
  refuse,
  tableArn,
  type Answer,
  type ExportStub,
} from "../support/export-stub";

let stub: ExportStub | undefined;
afterEach(() => stub?.close());

const play = async (answers: Readonly<Record<string, Answer>>) => {
  stub = await playExport(answers);
  return { AWS_ENDPOINT_URL: stub.url };
};
const calls = (operation: string) => (stub?.calls ?? []).filter((call) => call.operation === operation);

describe("starting an export", () => {
  const source = { name: conversations.name, arn: tableArn, items: 20_000, bytes: 12_345_678 };
  const target = { bucket: "my-export-bucket", prefix: "cg-chatbot-conversations" };
  const start = async (answers: Readonly<Record<string, Answer>>, more: Partial<Target> = {}) => {
    const { dynamodb } = awsClients(loadEnvironments({}).prod, {}, await play(answers));
    try {
      return await startExport(dynamodb, source, { ...target, ...more }, new AbortController().signal);
    } finally {
      dynamodb.destroy();
    }
  };

  it("takes a key, a moment and the bucket of another account", async () => {
    await start(
      {},
      { key: "alias/exports", bucketOwner: "999988887777", at: new Date("2025-12-30T14:00:00Z") },
    );
    expect(calls("ExportTableToPointInTime")[0]?.input).toMatchObject({
      S3SseAlgorithm: "KMS",
      S3SseKmsKeyId: "alias/exports",
      S3BucketOwner: "999988887777",
      ExportTime: Date.parse("2025-12-30T14:00:00Z") / 1000,
    });
  });

  it("starts one, though an answer was lost: the second call carries the same token", async () => {
    let isFirst = true;
    await start({
      ExportTableToPointInTime: (_input, response) => {
        if (!isFirst) return describeExport("IN_PROGRESS");
        isFirst = false;
        refuse(response, "InternalServerError", 500);
      },
    });
    const tokens = calls("ExportTableToPointInTime").map(({ input }) => input["ClientToken"]);
    expect(tokens).toHaveLength(2);
    expect(new Set(tokens).size).toBe(1);
    expect(tokens[0]).toMatch(/^[\w-]{32,36}$/);
  });

  describe("of a moment whose export failed before", () => {
    const at = new Date("2025-12-30T14:00:00Z");
    const second = `${tableArn}/export/01767103999000-5e9a01bc`;
    /** DynamoDB knows the moment's token, and gives the failed export for it. */
    const failedBefore = (status: string): Answer => {
      let known: unknown;
      return ({ ClientToken }) => {
        known ??= ClientToken;
        return known === ClientToken
          ? describeExport(status)
          : describeExport("IN_PROGRESS", { ExportArn: second });
      };
    };

    it.each([
      ["as DynamoDB answers", "FAILED", []],
      [
        "as it lists, though it repeats its first answer",
        "IN_PROGRESS",
        [{ ExportArn: exportArn, ExportStatus: "FAILED" }],
      ],
    ])("starts another one: failed %s", async (_what, status, ExportSummaries) => {
      const answers = {
        ListExports: () => ({ ExportSummaries }),
        ExportTableToPointInTime: failedBefore(status),
      };
      expect(await start(answers, { at })).toEqual({ arn: second, wasRunning: false });
      expect(calls("ExportTableToPointInTime")).toHaveLength(2);
    });

    it("starts no third one when that fails at once, too", async () => {
      await start({ ExportTableToPointInTime: () => describeExport("FAILED") }, { at });
      expect(calls("ExportTableToPointInTime")).toHaveLength(2);
    });
  });

  it.each<[string, Partial<Target>]>([
    ["to another folder", { prefix: "audits" }],
    ["to another bucket", { bucket: "your-export-bucket" }],
    ["of another moment", { at: new Date("2025-12-30T14:00:00Z") }],
    ["with another key", { key: "alias/exports" }],
  ])("starts one %s than that which is running", async (_what, more) => {
    const running = {
      ListExports: () => ({ ExportSummaries: [{ ExportArn: exportArn, ExportStatus: "IN_PROGRESS" }] }),
      DescribeExport: () => describeExport("IN_PROGRESS"),
    };
    expect(await start(running, more)).toMatchObject({ wasRunning: false });
    await stub?.close();
    expect(await start(running)).toMatchObject({ wasRunning: true });
  });

  const isFollowed = async (running: object, more: Partial<Target> = {}) => {
    const answers = {
      ListExports: () => ({ ExportSummaries: [{ ExportArn: exportArn, ExportStatus: "IN_PROGRESS" }] }),
      DescribeExport: () => describeExport("IN_PROGRESS", running),
    };
    return (await start(answers, more)).wasRunning;
  };

  it.each([
    ["is of a moment before", { ExportTime: 1_767_103_447 - 61 }],
    ["is in Ion", { ExportFormat: "ION" }],
    ["holds changes alone", { ExportType: "INCREMENTAL_EXPORT" }],
    ["does not say when it started", { StartTime: undefined }],
  ])("of now does not follow a running one that %s", async (_what, running) => {
    expect(await isFollowed(running)).toBe(false);
  });

  it("of a moment follows a running one of that moment, to the second", async () => {
    const ExportTime = 1_767_000_000;
    expect(await isFollowed({ ExportTime }, { at: new Date(ExportTime * 1000 + 250) })).toBe(true);
    await stub?.close();
    expect(await isFollowed({ ExportTime }, { at: new Date((ExportTime + 1) * 1000) })).toBe(false);
  });

  it.each([
    ["InvalidExportTimeException", "Refused", "--at has to lie within its point-in-time recovery."],
    ["ExportConflictException", "Refused", "cannot be exported: ExportConflictException: As it is. Check"],
    ["AccessDeniedException", "CouldNotTell", "the rights that docs/runbooks/export-a-table.md lists."],
  ])("that DynamoDB answers with %s is %s", async (type, name, sentence) => {
    const refusal = start({ ExportTableToPointInTime: (_input, response) => refuse(response, type) });
    await expect(refusal).rejects.toMatchObject({
      name,
      message: expect.stringContaining(sentence) as string,
    });
  });
});
