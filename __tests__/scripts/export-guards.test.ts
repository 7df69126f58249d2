/** What `npm run export` does when DynamoDB is slow, refuses or fails, and when it is interrupted. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { marshall } from "@aws-sdk/util-dynamodb";
import { awsClients } from "../../scripts/lib/aws";
import { readDestination, type Asked } from "../../scripts/lib/export/destination";
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
import { temporaryFolder } from "../support/functions";
import { runScript, startScript } from "../support/scripts";

const { folder, remove } = temporaryFolder();
afterAll(remove);

let stub: ExportStub | undefined;
afterEach(() => stub?.close());

const play = async (answers: Readonly<Record<string, Answer>> = {}) => {
  stub = await playExport(answers);
  return { AWS_ENDPOINT_URL: stub.url };
};
const calls = (operation: string) => (stub?.calls ?? []).filter((call) => call.operation === operation);
const args = (...more: readonly string[]) => ["--table", "conversations", "--env", "prod", ...more];
const toBucket = (...more: readonly string[]) =>
  args("--bucket", "my-export-bucket", "--interval", "0.2", ...more);

/** In progress at first, and then as given. */
const after = (looks: number, last: object): Answer => {
  let seen = 0;
  return () => (++seen <= looks ? describeExport("IN_PROGRESS") : last);
};

describe("an export to S3", () => {
  it("is followed as long as it takes, with its items encrypted by S3's own key", async () => {
    const variables = await play({ DescribeExport: after(3, describeExport("COMPLETED")) });
    const { code, stdout, stderr } = await runScript("export", toBucket(), variables);
    expect(code).toBe(0);
    expect(stdout).toBe(
      "Exported 20,000 items of cg-chatbot-conversations, as of 2025-12-30T14:04:05.000Z: 12.3 MB in 1 file.\n" +
        "Manifest: s3://my-export-bucket/cg-chatbot-conversations/AWSDynamoDB/01767103445000-2d8752fd/manifest-summary.json\n",
    );
    // No terminal, no progress.
    expect(stderr).toBe(`Started: ${exportArn}\n`);
    expect(calls("DescribeExport")).toHaveLength(4);
    expect(calls("ExportTableToPointInTime")[0]?.input).toMatchObject({
      S3Prefix: "cg-chatbot-conversations",
      ExportFormat: "DYNAMODB_JSON",
      S3SseAlgorithm: "AES256",
    });
  });

  it("goes on after Ctrl-C, which says how to look at it again: exit 130", async () => {
    const variables = await play({ DescribeExport: () => describeExport("IN_PROGRESS") });
    const running = startScript("export", toBucket("--region", "us-east-1"), variables);
    await running.waitFor("Started");
    running.process.kill("SIGINT");
    expect(await running.ended).toBe(130);
    expect(running.output.stdout).toBe("");
    expect(running.output.stderr).toContain(
      `Look at it again with: npm run export -- --env prod --region us-east-1 --follow ${exportArn}\n`,
    );
  });

  it("that is running still is followed, and no second one is started", async () => {
    const variables = await play({
      ListExports: () => ({ ExportSummaries: [{ ExportArn: exportArn, ExportStatus: "IN_PROGRESS" }] }),
      DescribeExport: after(1, describeExport("COMPLETED")),
    });
    const { code, stderr } = await runScript("export", toBucket(), variables);
    expect(code).toBe(0);
    expect(stderr).toBe(`This export is running already: ${exportArn}\n`);
    expect(calls("ExportTableToPointInTime")).toEqual([]);
  });

  it("that fails while it runs says DynamoDB's reason: exit 1", async () => {
    const failure = { FailureCode: "S3AccessDenied", FailureMessage: "Access to the bucket is denied." };
    const variables = await play({ DescribeExport: after(1, describeExport("FAILED", failure)) });
    const { code, stdout, stderr } = await runScript("export", toBucket("--json"), variables);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ schemaVersion: 1, outcome: "refused" });
    expect(stderr).toContain(
      "The export failed (S3AccessDenied): Access to the bucket is denied. Put that right",
    );
  });

  it("is complete, but not told, when its manifest cannot be read: exit 2", async () => {
    const variables = await play({
      DescribeExport: () => describeExport("COMPLETED"),
      GetObject: (_input, response) => {
        response.writeHead(403, { "content-type": "application/xml" });
        response.end("<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>");
        return undefined;
      },
    });
    const { code, stderr } = await runScript("export", toBucket(), variables);
    expect(code).toBe(2);
    expect(stderr).toContain("The export is complete, but its manifest s3://my-export-bucket/");
    expect(stderr).toContain("AccessDenied");
  });

  it("cannot be looked at when there is none of that name: exit 2", async () => {
    const variables = await play({
      DescribeExport: (_input, response) => refuse(response, "ExportNotFoundException"),
    });
    const { code, stderr } = await runScript("export", ["--env", "prod", "--follow", exportArn], variables);
    expect(code).toBe(2);
    expect(stderr).toContain(`There is no export ${exportArn}.`);
  });
});

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

describe("an export to a file", () => {
  const path = join(folder, "conversations.jsonl");
  const item = marshall(conversations.example);
  const page = { Items: [item], LastEvaluatedKey: { conversation_id: item["conversation_id"] } };

  it("is refused over 1 GB, with both sizes, but not with --force", async () => {
    const variables = await play({
      DescribeTable: () => ({ Table: { TableArn: "arn", ItemCount: 2, TableSizeBytes: 1_000_000_001 } }),
      Scan: () => ({ Items: [item] }),
    });
    const { code, stderr } = await runScript("export", args("--to", path), variables);
    expect(code).toBe(1);
    expect(stderr).toContain(
      "cg-chatbot-conversations has 1.0 GB, and --to is for up to 1.0 GB: use --bucket",
    );
    expect(readdirSync(folder)).toEqual([]);
    expect((await runScript("export", args("--to", path, "--force"), variables)).code).toBe(0);
    expect(readFileSync(path, "utf8")).toContain('"title":"4K Renders Search"');
  });

  it("leaves what was there, and nothing beside it, when a page cannot be read: exit 2", async () => {
    let pages = 0;
    const before = readFileSync(path, "utf8");
    const variables = await play({
      Scan: (_input, response) => (++pages === 1 ? page : refuse(response, "AccessDeniedException")),
    });
    const { code, stderr } = await runScript("export", args("--to", path, "--force"), variables);
    expect(code).toBe(2);
    expect(stderr).toContain("cg-chatbot-conversations cannot be read to its end: AccessDeniedException");
    expect(readFileSync(path, "utf8")).toBe(before);
    expect(readdirSync(folder)).toEqual(["conversations.jsonl"]);
  });

  it("leaves nothing on Ctrl-C: exit 130", async () => {
    let reachSecond: () => void;
    const second = new Promise<void>((resolve) => (reachSecond = resolve));
    let pages = 0;
    const variables = await play({
      Scan: () => {
        pages += 1;
        if (pages === 1) return page;
        reachSecond();
        return undefined;
      },
    });
    const running = startScript("export", args("--to", join(folder, "interrupted.jsonl")), variables);
    await second;
    expect(readdirSync(folder).filter((name) => name.endsWith(".partial"))).toHaveLength(1);
    running.process.kill("SIGINT");
    expect(await running.ended).toBe(130);
    expect(readdirSync(folder)).toEqual(["conversations.jsonl"]);
  });

  it("to stdout ends quietly when its reader has gone", async () => {
    const variables = await play({ Scan: () => page });
    const running = startScript("export", args("--to", "-"), variables);
    await running.printed("4K Renders");
    running.process.stdout?.destroy();
    expect(await running.ended).toBe(141);
    expect(running.output.stderr).toBe("");
  });
});

describe("the command line", () => {
  const read = (asked: Partial<Asked>) =>
    readDestination({ force: false, dryRun: false, ...asked }, "prod", "us-east-1");

  it.each<[string, Partial<Asked>, string]>([
    ["no place to go to", { table: "conversations" }, "one of --bucket, --to and --follow."],
    [
      "two places",
      { table: "conversations", bucket: "my-export-bucket", to: "x.jsonl" },
      "one of --bucket, --to",
    ],
    ["no table", { bucket: "my-export-bucket" }, "--table takes its id or its name."],
    [
      "an unknown table",
      { table: "orders", bucket: "my-export-bucket" },
      'There is no table "orders" in prod.',
    ],
    [
      "a prefix without a bucket",
      { table: "conversations", to: "x.jsonl", prefix: "audits" },
      "--prefix goes with --bucket alone.",
    ],
    [
      "a moment of a scan",
      { table: "conversations", to: "x.jsonl", at: new Date() },
      "--at goes with --bucket alone.",
    ],
    [
      "a URL for a bucket",
      { table: "conversations", bucket: "s3://my-export-bucket" },
      "is no bucket's name.",
    ],
    ["an ARN that is no export's", { follow: "01767103445000-2d8752fd" }, "is no ARN of an export."],
    [
      "an export of another region",
      { follow: exportArn.replace("us-east-1", "eu-central-1") },
      "give --region eu-central-1.",
    ],
  ])("is refused for %s", (_what, asked, sentence) => {
    expect(() => read(asked)).toThrow(sentence);
  });

  it("takes a table by its name as well, and its name as the folder", () => {
    const destination = { kind: "bucket", table: "cg-chatbot-conversations" };
    for (const table of ["conversations", "cg-chatbot-conversations"]) {
      const expected = {
        ...destination,
        target: { bucket: "my-export-bucket", prefix: "cg-chatbot-conversations" },
      };
      expect(read({ table, bucket: "my-export-bucket" })).toMatchObject(expected);
    }
  });

  it.each([
    ["--at", "2025-12-30T14:00:00", "Give a time with its zone"],
    ["--at", "2999-01-01T00:00:00Z", "That time is still to come."],
  ])("is refused for %s %s: exit 2", async (option, value, sentence) => {
    const { code, stdout, stderr } = await runScript("export", toBucket(option, value));
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(sentence);
  });
});
