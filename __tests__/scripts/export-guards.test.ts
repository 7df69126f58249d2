/** What `npm run export` does when DynamoDB is slow, refuses or fails, and when it is interrupted. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { marshall } from "@aws-sdk/util-dynamodb";
import { conversations } from "../../tables/conversations";
import {
  describeExport,
  exportArn,
  playExport,
  refuse,
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
