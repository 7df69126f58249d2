import { randomUUID } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { isAccepted, parseJson } from "./lambda-call";
import type { AwsCall, AwsReply, Repair } from "./repair";

const service = "DynamoDB_20120810";

interface Input {
  readonly ClientToken?: string;
  readonly ExportArn?: string;
  readonly S3Bucket?: string;
  readonly S3Prefix?: string;
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
    const reply = await ask(call, { ...input, S3Prefix: scratch });
    const { ExportArn: arn } = descriptionIn(reply);
    if (arn === undefined) return reply;
    const { S3Bucket: bucket = "", S3Prefix: prefix } = input;
    const started = { bucket, prefix, scratch, start: new Date() };
    startedByArn.set(arn, started);
    return described(reply, started);
  };

  const ask = async ({ headers }: AwsCall, body: object): Promise<AwsReply> => {
    const { authorization = "", "x-amz-target": target = "" } = headers;
    const response = await fetch(motoUrl, {
      method: "POST",
      headers: {
        "content-type": "application/x-amz-json-1.0",
        authorization,
        "x-amz-target": String(target),
      },
      body: JSON.stringify(body),
    });
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: Buffer.from(await response.arrayBuffer()),
    };
  };

  /** Puts the items where AWS does, with the manifests beside them. */
  const layOut = async (arn: string, tableArn: string, started: Started): Promise<object> => {
    const { bucket, prefix, scratch, start } = started;
    const object = (key: string) => `${motoUrl}/${bucket}/${key}`;
    const put = (key: string, body: string | Uint8Array<ArrayBuffer>) =>
      fetch(object(key), { method: "PUT", body });
    const list = await (await fetch(`${motoUrl}/${bucket}?list-type=2&prefix=${scratch}`)).text();
    const written = /<Key>([^<]+)<\/Key>/.exec(list)?.[1] ?? "";
    const data = new Uint8Array(await (await fetch(object(written))).arrayBuffer());
    const text = gunzipSync(data).toString();
    const items = text.split("\n").filter((line) => line !== "").length;
    const folder = [prefix, "AWSDynamoDB", arn.split("/").at(-1)].filter(Boolean).join("/");
    const [dataKey, filesKey] = [`${folder}/data/${randomUUID()}.json.gz`, `${folder}/manifest-files.json`];
    await put(dataKey, data);
    await put(filesKey, `${JSON.stringify({ itemCount: items, dataFileS3Key: dataKey })}\n`);
    const summary = {
      version: "2020-06-30",
      exportArn: arn,
      startTime: start,
      endTime: new Date(),
      tableArn,
      exportTime: start,
      s3Bucket: bucket,
      s3Prefix: prefix ?? null,
      manifestFilesS3Key: filesKey,
      billedSizeBytes: text.length,
      itemCount: items,
      outputFormat: "DYNAMODB_JSON",
    };
    await put(`${folder}/manifest-summary.json`, JSON.stringify(summary));
    await fetch(object(written), { method: "DELETE" });
    return {
      ExportManifest: `${folder}/manifest-summary.json`,
      ItemCount: items,
      BilledSizeBytes: text.length,
      EndTime: Date.now() / 1000,
    };
  };

  return (call, forward) => {
    const input = (parseJson(call.body) ?? {}) as Input;
    if (call.target === `${service}.ExportTableToPointInTime`) {
      const { ClientToken: token = randomUUID() } = input;
      const reply = replyByToken.get(token) ?? start(call, input);
      replyByToken.set(token, reply);
      return reply;
    }
    const started = startedByArn.get(input.ExportArn ?? "");
    if (call.target !== `${service}.DescribeExport` || started === undefined) return undefined;
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

function described(reply: AwsReply, { prefix, start, manifest }: Started): AwsReply {
  const time = { StartTime: start.getTime() / 1000, ExportTime: start.getTime() / 1000 };
  const description = { ...descriptionIn(reply), S3Prefix: prefix, ...time, ...manifest };
  return { ...reply, body: Buffer.from(JSON.stringify({ ExportDescription: description })) };
}
