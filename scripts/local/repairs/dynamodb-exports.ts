import { randomUUID } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { askDynamoDb, dynamodb } from "./ask-moto";
import { isAccepted, parseJson } from "./lambda-call";
import type { AwsCall, AwsReply, Repair } from "./repair";

/** By the scope of a signature moto knows the service; it looks at nothing else of it. */
const asS3 = {
  authorization:
    "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0",
};

interface Input {
  readonly ClientToken?: string;
  readonly ExportArn?: string;
  readonly S3Bucket?: string;
  readonly S3Prefix?: string;
  /** Seconds since 1970. */
  readonly ExportTime?: number;
}

interface Description extends Input {
  readonly ExportStatus?: string;
  readonly TableArn?: string;
}

interface Started {
  readonly bucket: string;
  readonly prefix: string | undefined;
  /** Where moto writes this one alone, until it is put where it belongs. */
  readonly scratch: string;
  readonly start: Date;
  /** The moment that is exported; moto exports the items of now whatever it is. */
  readonly time: Date;
  /** What the manifest adds to the description, when there is one. */
  manifest?: object;
}

/**
 * Exports of tables. moto 5.2.1 fails without a prefix, starts another one for the same token, and writes the
 * items but no manifest: this lays out what AWS does (AWS: "DynamoDB table export output format").
 */
export function dynamodbExports(motoUrl: string): Repair {
  const startedByArn = new Map<string, Started>();
  const replyByToken = new Map<string, Promise<AwsReply>>();

  const start = async (call: AwsCall, input: Input): Promise<AwsReply> => {
    const scratch = `scratch-of-exports/${randomUUID()}`;
    const reply = await askDynamoDb(motoUrl, call, "ExportTableToPointInTime", {
      ...input,
      S3Prefix: scratch,
    });
    const { ExportArn: arn } = descriptionIn(reply);
    if (arn === undefined) return reply;
    const { S3Bucket: bucket = "", S3Prefix: prefix } = input;
    const start = new Date();
    const time = input.ExportTime === undefined ? start : new Date(input.ExportTime * 1000);
    const started = { bucket, prefix, scratch, start, time };
    startedByArn.set(arn, started);
    return described(reply, started);
  };

  /** Puts the items where AWS does, with the manifests beside them. */
  const layOut = async (arn: string, tableArn: string, started: Started): Promise<object> => {
    const { bucket, prefix, scratch, start, time } = started;
    const s3 = (path: string, method = "GET", body?: string | Uint8Array<ArrayBuffer>) =>
      fetch(`${motoUrl}/${bucket}${path}`, { method, headers: asS3, ...(body !== undefined && { body }) });
    const list = await (await s3(`?list-type=2&prefix=${scratch}`)).text();
    const written = `/${/<Key>([^<]+)<\/Key>/.exec(list)?.[1] ?? ""}`;
    const data = new Uint8Array(await (await s3(written)).arrayBuffer());
    const text = gunzipSync(data).toString();
    const items = text.split("\n").filter((line) => line !== "").length;
    const folder = [prefix, "AWSDynamoDB", arn.split("/").at(-1)].filter(Boolean).join("/");
    const [dataKey, filesKey] = [`${folder}/data/${randomUUID()}.json.gz`, `${folder}/manifest-files.json`];
    await s3(`/${dataKey}`, "PUT", data);
    await s3(`/${filesKey}`, "PUT", `${JSON.stringify({ itemCount: items, dataFileS3Key: dataKey })}\n`);
    const summary = {
      version: "2020-06-30",
      exportArn: arn,
      startTime: start,
      endTime: new Date(),
      tableArn,
      exportTime: time,
      s3Bucket: bucket,
      s3Prefix: prefix ?? null,
      manifestFilesS3Key: filesKey,
      billedSizeBytes: text.length,
      itemCount: items,
      outputFormat: "DYNAMODB_JSON",
    };
    await s3(`/${folder}/manifest-summary.json`, "PUT", JSON.stringify(summary));
    await s3(written, "DELETE");
    return {
      ExportManifest: `${folder}/manifest-summary.json`,
      ItemCount: items,
      BilledSizeBytes: text.length,
      EndTime: Date.now() / 1000,
    };
  };

  return (call, forward) => {
    const input = (parseJson(call.body) ?? {}) as Input;
    if (call.target === `${dynamodb}.ExportTableToPointInTime`) {
      const { ClientToken: token = randomUUID() } = input;
      const reply = replyByToken.get(token) ?? start(call, input);
      replyByToken.set(token, reply);
      return reply;
    }
    const started = startedByArn.get(input.ExportArn ?? "");
    if (call.target !== `${dynamodb}.DescribeExport` || started === undefined) return undefined;
    return forward().then(async (reply) => {
      const { ExportArn: arn = "", TableArn = "", ExportStatus } = descriptionIn(reply);
      if (ExportStatus === "COMPLETED") started.manifest ??= await layOut(arn, TableArn, started);
      return described(reply, started);
    });
  };
}

function descriptionIn(reply: AwsReply): Description {
  if (!isAccepted(reply)) return {};
  return (parseJson(reply.body) as { readonly ExportDescription?: Description }).ExportDescription ?? {};
}

function described(reply: AwsReply, { prefix, start, time, manifest }: Started): AwsReply {
  const times = { StartTime: start.getTime() / 1000, ExportTime: time.getTime() / 1000 };
  const description = { ...descriptionIn(reply), S3Prefix: prefix, ...times, ...manifest };
  return { ...reply, body: Buffer.from(JSON.stringify({ ExportDescription: description })) };
}
