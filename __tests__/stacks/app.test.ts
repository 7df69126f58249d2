import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildApp } from "../../stacks/app";
import { loadSettings } from "../../stacks/settings";
import { catalogue } from "../../tables/catalogue";
import { environmentNames, tableName } from "../../tables/naming";
import { systems } from "../../tables/systems";
import { resource, synthesizeAll, type Block, type StackDocument } from "../support/synthesis";

const stacks = synthesizeAll();
const entries = [...stacks.entries()];
const tablesStacks = entries.filter(([id]) => id.includes("-tables-"));
const nameOf = ({ name, function_name, agent_name }: Block) => name ?? function_name ?? agent_name;
const tablesIn = (document: StackDocument) => Object.entries(document.resource["aws_dynamodb_table"] ?? {});

describe("the whole app", () => {
  it("has a tables stack and a services stack a system and environment, and an audit stack of document 004", () => {
    const expected = environmentNames.flatMap((environment) => [
      ...systems.map((system) => `${system}-tables-${environment}`),
      ...systems.map((system) => `${system}-services-${environment}`),
      `design-analysis-audit-${environment}`,
    ]);
    expect([...stacks.keys()].sort()).toEqual(expected.sort());
  });

  it("holds every table of the catalogue once in every environment", () => {
    const names = entries.flatMap(([, document]) => tablesIn(document).map(([, table]) => table["name"]));
    const expected = environmentNames.flatMap((environment) =>
      catalogue.map((spec) => tableName(spec, environment)),
    );
    expect([...names].sort()).toEqual([...expected].sort());
  });

  it("pins the logical id of every table and key: moving a construct plans no replacement", () => {
    for (const [, document] of tablesStacks) {
      for (const [logicalId, table] of tablesIn(document)) {
        const spec = catalogue.find(({ id }) => id === logicalId);
        expect(table["name"]).toContain(spec?.name.replace("<env>", ""));
      }
      expect(Object.keys(document.resource["aws_kms_key"] ?? {})).toEqual(["key"]);
    }
  });

  it("encrypts every table with the key of its system and lets it be recovered", () => {
    for (const [, document] of entries) {
      for (const [, table] of tablesIn(document)) {
        expect(table["server_side_encryption"]).toEqual({
          enabled: true,
          kms_key_arn: "${aws_kms_key.key.arn}",
        });
        expect(table["point_in_time_recovery"]).toEqual({ enabled: true, recovery_period_in_days: 35 });
      }
    }
  });

  it.each([
    ["dev", false],
    ["local", false],
    ["staging", true],
    ["prod", true],
  ])("protects tables and keys of %s: %s", (environment, isProtected) => {
    for (const [, document] of tablesStacks.filter(([id]) => id.endsWith(`-${environment}`))) {
      for (const [, table] of tablesIn(document)) {
        expect(table["deletion_protection_enabled"]).toBe(isProtected);
        expect(table["lifecycle"]).toMatchObject({ prevent_destroy: isProtected });
      }
      expect(resource(document, "aws_kms_key", "key")["lifecycle"]).toEqual({ prevent_destroy: isProtected });
    }
  });

  it("pins the provider and refuses a Terraform without S3's native lock", () => {
    for (const [, document] of entries) {
      expect(document.terraform.required_providers["aws"]).toEqual({ source: "aws", version: "5.100.0" });
      expect(document.terraform.required_version).toBe(">= 1.10.0");
    }
  });

  it("gives every stack a state of its own, in files and in a bucket", () => {
    const inFiles = entries.map(([, document]) => document.terraform.backend["local"]?.["path"]);
    expect(new Set(inFiles).size).toBe(stacks.size);
    const buckets = Object.fromEntries(
      environmentNames.map((name) => [`${name.toUpperCase()}_STATE_BUCKET`, "terraform-state-bucket"]),
    );
    const inBucket = [...synthesizeAll(buckets).values()].map(
      (document) => document.terraform.backend["s3"]?.["key"],
    );
    expect(new Set(inBucket).size).toBe(stacks.size);
  });

  it("names every function, role, API, log group and queue once in an account", () => {
    const named = [
      "aws_lambda_function",
      "aws_iam_role",
      "aws_iam_policy",
      "aws_apigatewayv2_api",
      "aws_cloudtrail",
    ];
    const ofBrands = ["aws_sfn_state_machine", "aws_scheduler_schedule_group", "aws_bedrockagent_agent"];
    for (const type of [...named, ...ofBrands, "aws_cloudwatch_log_group", "aws_sqs_queue"]) {
      const names = entries.flatMap(([, document]) =>
        Object.values(document.resource[type] ?? {}).map((block) => nameOf(block)),
      );
      expect(names).not.toContain(undefined);
      expect(new Set(names).size).toBe(names.length);
    }
  });

  it("keeps no log for ever", () => {
    const groups = entries.flatMap(([, document]) =>
      Object.values(document.resource["aws_cloudwatch_log_group"] ?? {}),
    );
    expect(groups.length).toBeGreaterThan(0);
    for (const { retention_in_days } of groups) expect(retention_in_days).toBeGreaterThan(0);
  });

  it("holds no path of the machine that synthesized it", () => {
    for (const [, document] of entries) expect(JSON.stringify(document)).not.toContain(process.cwd());
  });
});

/** The zips of a synthesized stack, and the hash by which Terraform knows that they changed. */
function functionsOf(folder: string) {
  const { resource: resources } = JSON.parse(
    readFileSync(join(folder, "cdk.tf.json"), "utf8"),
  ) as StackDocument;
  return Object.values(resources["aws_lambda_function"] ?? {}).map(({ filename, source_code_hash }) => ({
    zip: join(folder, String(filename)),
    hash: source_code_hash,
  }));
}

describe("the manifest", () => {
  it("has no dependencies, so that each stack is planned, applied or destroyed alone, with the code it names", () => {
    const outdir = mkdtempSync(join(tmpdir(), "manifest-"));
    try {
      buildApp(loadSettings({}), { outdir }).synth();
      const manifest = JSON.parse(readFileSync(join(outdir, "manifest.json"), "utf8")) as {
        readonly stacks: Readonly<Record<string, { readonly dependencies: readonly string[] }>>;
      };
      expect(Object.keys(manifest.stacks)).toHaveLength(stacks.size);
      for (const { dependencies } of Object.values(manifest.stacks)) expect(dependencies).toEqual([]);
      expect(existsSync(join(outdir, "stacks/conversations-tables-prod/cdk.tf.json"))).toBe(true);
      const functions = [...stacks.keys()].flatMap((stack) => functionsOf(join(outdir, "stacks", stack)));
      expect(functions.length).toBeGreaterThan(0);
      for (const { zip, hash } of functions) {
        expect(hash).toBe(createHash("sha256").update(readFileSync(zip)).digest("base64"));
      }
    } finally {
      rmSync(outdir, { recursive: true });
    }
  });
});
