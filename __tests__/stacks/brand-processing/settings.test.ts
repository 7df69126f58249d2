import { loadEnvironments } from "../../../stacks/environments";
import type { Variables } from "../../../stacks/setting-reader";

const prod = (variables: Variables) => loadEnvironments(variables).prod.brandProcessing;

const athena = {
  PROD_ATHENA_DATABASE: "brands",
  PROD_ATHENA_WORKGROUP: "brand-processing",
  PROD_ATHENA_OUTPUT: "s3://brand-data/results/",
  PROD_ATHENA_DATA: "s3://brand-data/tables/",
};

const allFour = "PROD_ATHENA_DATABASE, PROD_ATHENA_WORKGROUP, PROD_ATHENA_OUTPUT and PROD_ATHENA_DATA";

describe("the settings of brand processing", () => {
  it("are complete without any variable: a current model, three retries, nothing from Athena", () => {
    expect(prod({})).toEqual({
      agentModel: "us.anthropic.claude-sonnet-4-6",
      metadataModel: "us.anthropic.claude-sonnet-4-6",
      mostRetries: 3,
    });
  });

  it.each([
    ["eu-central-1", "eu.anthropic.claude-sonnet-4-6"],
    ["us-west-2", "us.anthropic.claude-sonnet-4-6"],
    ["ap-northeast-1", "global.anthropic.claude-sonnet-4-6"],
  ])("keep what the default model is told within the area, where it has a profile: %s", (region, model) => {
    expect(prod({ PROD_REGION: region }).agentModel).toBe(model);
  });

  it("are read by the environment's name", () => {
    expect(
      prod({
        ...athena,
        PROD_REGION: "eu-central-1",
        PROD_AGENT_MODEL: "eu.amazon.nova-pro-v1:0",
        PROD_METADATA_MODEL: "amazon.nova-lite-v1:0",
        PROD_AGENT_GUARDRAIL: "gr1a2b3c4d5e:7",
        PROD_AGENT_KEY_ARN: "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        PROD_POPULATION_SCHEDULE: "cron(0 3 * * ? *)",
        PROD_BRAND_RETRIES: "0",
      }),
    ).toEqual({
      agentModel: "eu.amazon.nova-pro-v1:0",
      metadataModel: "amazon.nova-lite-v1:0",
      guardrail: { id: "gr1a2b3c4d5e", version: "7" },
      agentKeyArn: "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
      athena: {
        database: "brands",
        workgroup: "brand-processing",
        output: "s3://brand-data/results/",
        data: "s3://brand-data/tables/",
      },
      populationSchedule: "cron(0 3 * * ? *)",
      mostRetries: 0,
    });
  });

  it("have a bucket of their own on the local AWS, and no schedule", () => {
    const { athena: local, populationSchedule } = loadEnvironments({}).local.brandProcessing;
    expect(local).toEqual({
      database: "brands",
      workgroup: "primary",
      output: "s3://brand-processing-local/athena-results/",
      data: "s3://brand-processing-local/brands/",
    });
    expect(populationSchedule).toBeUndefined();
  });

  const model = "a Bedrock model or inference profile, such as us.anthropic.claude-sonnet-4-6";
  const folder = "a folder of a bucket, s3://bucket/prefix/";
  it.each([
    ["AGENT_MODEL", "claude", model],
    ["AGENT_MODEL", "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0", model],
    ["METADATA_MODEL", "anthropic.*", model],
    ["METADATA_MODEL", "global.claude-sonnet-4-6", model],
    ["AGENT_GUARDRAIL", "gr1a2b3c4d5e", "a guardrail and its version, <id>:<version>"],
    ["AGENT_KEY_ARN", "alias/agent", "a KMS key's ARN, arn:aws:kms:<region>:<account>:key/<id>"],
    ["ATHENA_DATABASE", "Brands; DROP", "a database of Glue's catalogue, in small letters"],
    ["ATHENA_WORKGROUP", "*", "a workgroup's name"],
    ["ATHENA_OUTPUT", "s3://brand-data", folder],
    ["ATHENA_OUTPUT", "s3://brand-data/results", folder],
    ["ATHENA_OUTPUT", "s3://brand-data/results/../", folder],
    ["ATHENA_DATA", "s3://brand-data/*/", folder],
    ["ATHENA_DATA", "s3://brand-data/./", folder],
    ["POPULATION_SCHEDULE", "daily", "rate(<value> <unit>) or cron(<six fields>)"],
    ["POPULATION_SCHEDULE", "cron(0 3 * * ?)", "rate(<value> <unit>) or cron(<six fields>)"],
    ["BRAND_RETRIES", "11", "a whole number from 0 to 10"],
    ["BRAND_RETRIES", "-1", "a whole number from 0 to 10"],
  ])("are refused when malformed: %s=%s", (suffix, value, form) => {
    expect(() => prod({ [`PROD_${suffix}`]: value })).toThrow(
      `PROD_${suffix} must be ${form}; found "${value}".`,
    );
  });

  it.each(Object.keys(athena))("are refused when only some of Athena's are set: all but %s", (missing) => {
    expect(() => prod({ ...athena, [missing]: undefined })).toThrow(`Set ${allFour} all, or none of them.`);
  });

  it.each(["s3://brand-data/tables/", "s3://brand-data/tables/results/"])(
    "are refused when Athena would read its results as data: %s",
    (output) => {
      expect(() => prod({ ...athena, PROD_ATHENA_OUTPUT: output })).toThrow(
        `PROD_ATHENA_OUTPUT must lie outside of PROD_ATHENA_DATA; found "${output}" and "s3://brand-data/tables/".`,
      );
    },
  );

  it("are refused when a schedule has nothing to populate from", () => {
    expect(() => prod({ PROD_POPULATION_SCHEDULE: "rate(1 day)" })).toThrow(
      `PROD_POPULATION_SCHEDULE needs ${allFour}: brands come from there.`,
    );
  });

  it("are refused when the agent's key is in another region, which Bedrock cannot use", () => {
    const key = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd";
    expect(() => prod({ PROD_AGENT_KEY_ARN: key })).toThrow(
      `PROD_AGENT_KEY_ARN must be a key in us-east-1; found "${key}".`,
    );
  });
});
