/** What each function of brand processing may call, and nothing else. */

import { account, allStatements, athena, brandServices, functionIds } from "../../support/brand-services";
import { grantsOf } from "../../support/services";
import type { PolicyStatement } from "../../support/synthesis";

const document = brandServices(athena);

describe("the grants of the functions", () => {
  const table = `arn:aws:dynamodb:us-east-1:${account}:table/brand_processing_status_prod`;
  const callsOf = (id: string) =>
    grantsOf(document, id)
      .filter(({ Sid }) => !["WriteLogs", "WriteTraces"].includes(Sid) && !Sid.endsWith("Key"))
      .flatMap(({ Action, Resource }) => Action.map((action) => ({ action, of: [Resource].flat() })));

  it("let the steps read and change a brand", () => {
    expect(callsOf("workflow")).toEqual([
      { action: "dynamodb:GetItem", of: [table] },
      { action: "dynamodb:UpdateItem", of: [table] },
    ]);
  });

  const states = `arn:aws:states:us-east-1:${account}`;
  const starting = [
    { action: "dynamodb:GetItem", of: [table] },
    { action: "dynamodb:UpdateItem", of: [table] },
    { action: "dynamodb:Query", of: [`${table}/index/status-index`] },
    { action: "states:StartExecution", of: [`${states}:stateMachine:brand-processing`] },
  ];

  it("let the agent's function list, read and change brands, and start the workflow", () => {
    expect(callsOf("agent")).toEqual(starting);
  });

  it("let the sweeper do the same, and look at executions", () => {
    expect(callsOf("sweep")).toEqual([
      ...starting,
      { action: "states:DescribeExecution", of: [`${states}:execution:brand-processing:*`] },
    ]);
  });

  it("let the generator ask its model, and reach no table", () => {
    const profile = `arn:aws:bedrock:us-east-1:${account}:inference-profile/us.anthropic.claude-sonnet-4-6`;
    expect(callsOf("generate")).toEqual([
      { action: "bedrock:InvokeModel", of: [profile] },
      { action: "bedrock:GetInferenceProfile", of: [profile] },
      {
        action: "bedrock:InvokeModel",
        of: ["arn:aws:bedrock:*::foundation-model/anthropic.claude-sonnet-4-6"],
      },
    ]);
    expect(JSON.stringify(grantsOf(document, "generate"))).not.toMatch(/dynamodb|kms/);
  });

  it("let the population query the two tables of Athena in one workgroup, and write brands", () => {
    const glue = `arn:aws:glue:us-east-1:${account}`;
    expect(callsOf("populate").filter(({ action }) => !action.startsWith("s3:"))).toEqual([
      { action: "sqs:SendMessage", of: ["${aws_sqs_queue.populate_dead_letters.arn}"] },
      ...["BatchGetItem", "PutItem", "UpdateItem"].map((call) => ({
        action: `dynamodb:${call}`,
        of: [table],
      })),
      ...["StartQueryExecution", "GetQueryExecution", "GetQueryResults", "StopQueryExecution"].map(
        (call) => ({
          action: `athena:${call}`,
          of: [`arn:aws:athena:us-east-1:${account}:workgroup/brand-processing`],
        }),
      ),
      {
        action: "glue:GetDatabase",
        of: [`${glue}:catalog`, `${glue}:database/default`, `${glue}:database/brands`],
      },
      ...["GetTable", "GetPartitions"].map((call) => ({
        action: `glue:${call}`,
        of: [
          `${glue}:catalog`,
          `${glue}:database/brands`,
          `${glue}:table/brands/brands_to_check`,
          `${glue}:table/brands/brand`,
        ],
      })),
    ]);
  });

  it("let the population read the folder of the data and write the folder of the results", () => {
    const grants = grantsOf(document, "populate").filter(({ Action }) => Action[0]?.startsWith("s3:"));
    expect(grants.map(({ Action, Resource, Condition }) => ({ Action, Resource, Condition }))).toEqual([
      {
        Action: ["s3:ListBucket"],
        Resource: ["arn:aws:s3:::brand-data"],
        Condition: { StringLike: { "s3:prefix": "tables/*" } },
      },
      { Action: ["s3:GetObject"], Resource: ["arn:aws:s3:::brand-data/tables/*"] },
      { Action: ["s3:GetBucketLocation"], Resource: ["arn:aws:s3:::brand-results"] },
      {
        Action: ["s3:ListBucket"],
        Resource: ["arn:aws:s3:::brand-results"],
        Condition: { StringLike: { "s3:prefix": "athena/*" } },
      },
      {
        Action: ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"],
        Resource: ["arn:aws:s3:::brand-results/athena/*"],
      },
    ]);
  });

  it("reach the table's key through DynamoDB, by its alias, where they reach the table", () => {
    for (const id of functionIds.filter((one) => one !== "generate")) {
      const key = grantsOf(document, id).find(({ Sid }) => Sid === "BrandProcessingStatusKey");
      expect(key?.Condition).toEqual({
        StringEquals: { "kms:ViaService": "dynamodb.us-east-1.amazonaws.com" },
        "ForAnyValue:StringEquals": { "kms:ResourceAliases": "alias/brand-processing-tables-prod" },
      });
    }
  });
});

describe("the statements of all roles and policies", () => {
  const all = allStatements(document);
  const sidsOf = (found: readonly PolicyStatement[]) => [...new Set(found.map(({ Sid }) => Sid))].sort();

  it("name every action", () => {
    for (const action of all.flatMap(({ Action }) => Action)) {
      expect(action).toMatch(/^[a-z0-9-]+:[A-Za-z0-9]+$/);
    }
  });

  it("are for anything at all only where AWS has no resources: log delivery and X-Ray", () => {
    const ofAnything = all.filter(({ Resource }) => [Resource].flat().includes("*"));
    expect(sidsOf(ofAnything)).toEqual(["DeliverLogs", "ReadSamplingRules", "WriteTraces"]);
  });

  it("use * within an ARN for streams, keys of the alias, executions, regions of the profile, and objects", () => {
    const wild = all.filter(({ Resource }) => [Resource].flat().some((arn) => /.\*|\*./.test(arn)));
    expect(sidsOf(wild)).toEqual([
      "BrandProcessingStatusKey",
      "DescribeExecutions",
      "InvokeTheModelThroughIt",
      "LookUpTheModel",
      "ReadTheData",
      "WriteLogs",
      "WriteTheResults",
    ]);
  });
});
