/** What `npm run export` takes on its command line, and what it refuses before it asks AWS anything. */

import { readDestination, type Asked } from "../../scripts/lib/export/destination";
import { readMoment } from "../../scripts/lib/export/moment";
import { exportArn } from "../support/export-stub";
import { runScript } from "../support/scripts";

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
    ["a file without a name", { table: "conversations", to: "" }, "--to names no file: give the name"],
    ["a folder", { table: "conversations", to: "docs" }, "docs is a folder: give the name of a file"],
    ["a folder, though forced", { table: "conversations", to: "docs", force: true }, "docs is a folder"],
    ["what would be a folder", { table: "conversations", to: "exports/" }, "exports/ is a folder"],
    ["an ARN that is no export's", { follow: "01767103445000-2d8752fd" }, "is no ARN of an export."],
    [
      "an export of another region",
      { follow: exportArn.replace("us-east-1", "eu-central-1") },
      "give --region eu-central-1.",
    ],
  ])("is refused for %s", (_what, asked, sentence) => {
    expect(() => read(asked)).toThrow(sentence);
  });

  it.each(["aws", "aws-us-gov", "aws-cn"])("takes an export of the partition %s", (partition) => {
    const follow = exportArn.replace(":aws:", `:${partition}:`);
    expect(read({ follow })).toEqual({ kind: "running", arn: follow });
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
    ["2025-12-30T14:00:00", "Give a time with its zone"],
    ["2025-12-30", "Give a time with its zone"],
    ["2025-13-01T00:00:00Z", "Give a time with its zone"],
    ["2025-02-30T00:00:00Z", "The calendar has no such time"],
    ["2025-02-29T23:30-05:00", "The calendar has no such time"],
    ["2025-12-30T24:00:00Z", "The calendar has no such time"],
    ["2999-01-01T00:00:00Z", "That time is still to come."],
  ])("is refused for --at %s", (text, sentence) => {
    expect(() => readMoment(text)).toThrow(sentence);
  });

  it.each([
    ["2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000Z"],
    ["2024-12-31T23:30-05:00", "2025-01-01T04:30:00.000Z"],
    ["2025-12-30T14:00:00.25+01:00", "2025-12-30T13:00:00.250Z"],
  ])("takes --at %s", (text, moment) => {
    expect(readMoment(text).toISOString()).toBe(moment);
  });

  it("says which option is wrong: exit 2", async () => {
    const at = ["--table", "conversations", "--bucket", "my-export-bucket", "--at", "2025-02-30T00:00:00Z"];
    const { code, stdout, stderr } = await runScript("export", ["--env", "prod", ...at]);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("'--at <time>' argument '2025-02-30T00:00:00Z' is invalid. The calendar has");
  });
});
