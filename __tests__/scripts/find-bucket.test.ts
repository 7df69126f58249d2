import type { S3Client } from "@aws-sdk/client-s3";
import { findBucket } from "../../scripts/lib/bootstrap/find-bucket";
import { loadEnvironments } from "../../stacks/environments";

/** An S3 that answers each command by its name; a number is a refusal with that status. */
const find = (answers: Readonly<Record<string, object | number>>) => {
  const send = ({ constructor: { name } }: object) => {
    const answer = answers[name] ?? 404;
    if (typeof answer !== "number") return Promise.resolve(answer);
    return Promise.reject(Object.assign(new Error("refused"), { $metadata: { httpStatusCode: answer } }));
  };
  return findBucket({
    s3: { send } as unknown as S3Client,
    environment: loadEnvironments({}).prod,
    stateBucket: "acme-dynamodb-layer-prod",
    accountId: "123456789012",
    signal: new AbortController().signal,
  });
};
const tagged = (stack: string) => ({ TagSet: [{ Key: "Stack", Value: stack }] });

describe("looking for the state bucket", () => {
  it("finds none", async () => {
    expect(await find({ HeadBucketCommand: 404 })).toEqual({ kind: "none" });
  });

  it("refuses one of another account, and names the setting", async () => {
    await expect(find({ HeadBucketCommand: 403 })).rejects.toThrow(
      "The bucket acme-dynamodb-layer-prod belongs to another account, or these credentials may not use it: names " +
        "of buckets are shared by all of AWS. Set PROD_STATE_BUCKET to another name",
    );
  });

  it.each([
    ["another region", { HeadBucketCommand: 301 }],
    ["eu-west-1", { HeadBucketCommand: { BucketRegion: "eu-west-1" } }],
  ])("refuses one in %s", async (region, answers) => {
    await expect(find(answers)).rejects.toThrow(`lies in ${region}, and prod in us-east-1`);
  });

  it("refuses that of another environment", async () => {
    const answers = { HeadBucketCommand: {}, GetBucketTaggingCommand: tagged("bootstrap-staging") };
    await expect(find(answers)).rejects.toThrow(
      "is that of bootstrap-staging: each environment has a bucket",
    );
  });

  it.each([
    ["its tag", { GetBucketTaggingCommand: tagged("bootstrap-prod") }, true],
    [
      "nothing in it and no tags, as a run that was killed leaves it",
      { ListObjectVersionsCommand: {} },
      true,
    ],
    ["an object and no tags", { ListObjectVersionsCommand: { Versions: [{ Key: "2026/11.pdf" }] } }, false],
    ["a deleted object", { ListObjectVersionsCommand: { DeleteMarkers: [{ Key: "2026/11.pdf" }] } }, false],
    ["tags of others", { GetBucketTaggingCommand: { TagSet: [{ Key: "Team", Value: "billing" }] } }, false],
  ])("knows by %s whether it is ours", async (_, answers, isOurs) => {
    expect(await find({ HeadBucketCommand: {}, ...answers })).toEqual({
      kind: "there",
      isOurs,
      holdsOurState: false,
    });
  });

  it("sees the bootstrap's state in it", async () => {
    const answers = {
      HeadBucketCommand: { BucketRegion: "us-east-1" },
      GetBucketTaggingCommand: tagged("bootstrap-prod"),
      HeadObjectCommand: {},
    };
    expect(await find(answers)).toMatchObject({ holdsOurState: true });
  });

  it("cannot tell when S3 fails", async () => {
    await expect(find({ HeadBucketCommand: 503 })).rejects.toThrow("AWS does not say what is there already");
  });
});
