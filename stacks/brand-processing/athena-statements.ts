import type { Statement } from "../constructs/table-statements";
import type { ServicesStack } from "../services-stack";
import type { Athena } from "./settings";

/** Of document 000: which brands to process, and what is known of all brands. */
const sourceTables = ["brands_to_check", "brand"];

/**
 * Lets a role run the population's query. Athena reads catalogue, data and results with the rights of its
 * caller (AWS: "Identity and access management in Athena").
 */
export function athenaStatements(
  { environment: { region }, accountId }: ServicesStack,
  { database, workgroup, output, data }: Athena,
): readonly Statement[] {
  const glue = (resource: string) => `arn:aws:glue:${region}:${accountId}:${resource}`;
  const [results, source] = [folderOf(output), folderOf(data)];
  return [
    {
      Sid: "QueryInTheWorkgroup",
      Effect: "Allow",
      Action: [
        "athena:StartQueryExecution",
        "athena:GetQueryExecution",
        "athena:GetQueryResults",
        "athena:StopQueryExecution",
      ],
      Resource: [`arn:aws:athena:${region}:${accountId}:workgroup/${workgroup}`],
    },
    {
      Sid: "FindTheDatabase",
      Effect: "Allow",
      Action: ["glue:GetDatabase"],
      // Athena looks `default` up as well (AWS: "Configure access to databases and tables in the Glue Data
      // Catalog", access per region).
      Resource: [glue("catalog"), ...new Set(["default", database].map((name) => glue(`database/${name}`)))],
    },
    {
      Sid: "FindTheTables",
      Effect: "Allow",
      Action: ["glue:GetTable", "glue:GetPartitions"],
      Resource: [
        glue("catalog"),
        glue(`database/${database}`),
        ...sourceTables.map((table) => glue(`table/${database}/${table}`)),
      ],
    },
    listFolder("ListTheData", source),
    {
      Sid: "ReadTheData",
      Effect: "Allow",
      Action: ["s3:GetObject"],
      Resource: [source.objects],
    },
    {
      Sid: "FindTheBucketOfTheResults",
      Effect: "Allow",
      Action: ["s3:GetBucketLocation"],
      Resource: [results.bucket],
    },
    listFolder("ListTheResults", results),
    {
      Sid: "WriteTheResults",
      Effect: "Allow",
      // Athena uploads large results in parts.
      Action: ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"],
      Resource: [results.objects],
    },
  ];
}

interface Folder {
  /** ARNs. */
  readonly bucket: string;
  readonly objects: string;
  readonly prefix: string;
}

/** @param url `s3://bucket/prefix/`, as the settings have checked it. */
function folderOf(url: string): Folder {
  const { host, pathname } = new URL(url);
  const [bucket, prefix] = [`arn:aws:s3:::${host}`, pathname.slice(1)];
  return { bucket, prefix, objects: `${bucket}/${prefix}*` };
}

const listFolder = (Sid: string, { bucket, prefix }: Folder): Statement => ({
  Sid,
  Effect: "Allow",
  Action: ["s3:ListBucket"],
  Resource: [bucket],
  Condition: { StringLike: { "s3:prefix": `${prefix}*` } },
});
