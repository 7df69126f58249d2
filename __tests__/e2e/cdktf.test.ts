/**
 * cdktf's own commands against the local AWS: one stack at a time, its state in the environment's bucket,
 * protection included. Those of the pages are run by documented-commands.test.ts, without a bucket.
 */

import { ListTablesCommand } from "@aws-sdk/client-dynamodb";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { join } from "node:path";
import { root } from "../../scripts/lib/paths";
import { run, type Outcome } from "../../scripts/lib/process";
import { describePlan, plan } from "../../scripts/lib/stack-runs";
import { commandBlocks } from "../support/documents";
import { startDeployment, type Deployment } from "../support/deployment";

const minutes = 60_000;
const stack = "trade-status-tables-staging";
const [Bucket, Key] = ["layer-state-staging", `${stack}/terraform.tfstate`];
const table = "ai-trade-matching-processing-status-staging";

describe("npx cdktf", () => {
  let deployment: Deployment;
  let s3: S3Client;
  beforeAll(async () => {
    deployment = await startDeployment({ STAGING_STATE_BUCKET: Bucket });
    s3 = s3Client(deployment);
    await s3.send(new CreateBucketCommand({ Bucket }));
  }, minutes);
  afterAll(async () => {
    s3.destroy();
    await deployment.stop();
  });

  const cdktf = (args: readonly string[], variables: NodeJS.ProcessEnv = {}): Promise<Outcome> =>
    run(join(root, "node_modules/.bin/cdktf"), args, {
      cwd: root,
      env: { ...deployment.runs.variables, CI: "1", ...variables },
    });
  const tables = async () => {
    const { TableNames } = await deployment.clients("staging").dynamodb.send(new ListTablesCommand());
    return TableNames;
  };

  it(
    "lists every stack, and names the way out for protected tables",
    async () => {
      const { code, stdout } = await cdktf(["list"]);
      expect(code).toBe(0);
      expect(stdout.match(/-tables-(dev|staging|prod|local) /g)).toHaveLength(20);
      expect(stdout).toContain("RELEASE_PROTECTION=<table> cdktf deploy <stack>");
    },
    minutes,
  );

  it(
    "deploy touches one stack only, keeps its state in the bucket, and a diff after it is empty",
    async () => {
      const deployed = await cdktf(["deploy", stack, "--auto-approve"]);
      expect(deployed.stdout).toContain("Resources: 8 added, 0 changed, 0 destroyed.");
      expect(deployed.code).toBe(0);
      expect(await tables()).toEqual([table]);
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
      const state = JSON.parse((await Body?.transformToString()) ?? "") as { resources: readonly object[] };
      expect(state.resources.length).toBeGreaterThan(3);
      const { code, stdout } = await cdktf(["diff", stack]);
      expect(code).toBe(0);
      expect(stdout).toContain("No changes.");
    },
    3 * minutes,
  );

  it(
    "deploy of a stack whose state is locked is refused, and says by whom",
    async () => {
      const lock = { ID: "0c9a3a5e", Operation: "OperationTypeApply", Who: "pipeline@ci", Version: "1.11.4" };
      const lockFile = { Bucket, Key: `${Key}.tflock` };
      await s3.send(new PutObjectCommand({ ...lockFile, Body: JSON.stringify(lock) }));
      const { code, stdout, stderr } = await cdktf(["deploy", stack, "--auto-approve"]);
      expect(code).not.toBe(0);
      expect(stdout + stderr).toContain("Error acquiring the state lock");
      expect(stdout + stderr).toContain("pipeline@ci");
      await s3.send(new DeleteObjectCommand(lockFile));
    },
    minutes,
  );

  it(
    "destroy of a protected table is refused before anything is changed, with the two-step way out",
    async () => {
      const { code, stdout, stderr } = await cdktf(["destroy", stack, "--auto-approve"]);
      expect(code).toBe(1);
      expect(stdout + stderr).toContain("but then encountered a problem");
      expect(stdout).toContain("(1) RELEASE_PROTECTION=<table> cdktf deploy <stack>, (2)");
      expect(stdout + stderr).not.toContain("Destroying...");
      expect(await tables()).toEqual([table]);
      // cdktf ends before it has handed on the last of a long output, which is where the problem stands.
      await expect(plan(deployment.runs, stack, { destroys: true })).rejects.toThrow(
        "Instance cannot be destroyed",
      );
      expect(describePlan(await plan(deployment.runs, stack))).toBe("no changes");
    },
    3 * minutes,
  );

  it(
    "the two steps of the runbook take it down: the release changes the protection alone",
    async () => {
      const [block, ...others] = commandBlocks("docs/runbooks/destroy-tables.md");
      expect(others).toEqual([]);
      const script = ["set -euo pipefail", ...(block?.commands ?? [])].join("\n");
      const env = { ...deployment.runs.variables, CI: "1" };
      const { code, stdout } = await run("bash", ["-c", script], { cwd: root, env });
      expect(stdout).toContain("Resources: 0 added, 1 changed, 0 destroyed.");
      expect(stdout).toContain("Destroy complete! Resources: 8 destroyed.");
      expect(code).toBe(0);
      expect(await tables()).toEqual([]);
    },
    3 * minutes,
  );

  it(
    "a setting that is wrong stops every command with its sentence",
    async () => {
      const { code, stderr } = await cdktf(["synth"], { RELEASE_PROTECTION: "orders" });
      expect(code).not.toBe(0);
      expect(stderr).toContain('RELEASE_PROTECTION names "orders", which is no protected table.');
    },
    minutes,
  );
});

const s3Client = ({ aws }: Deployment): S3Client =>
  new S3Client({
    endpoint: aws.endpoint,
    region: "us-east-1",
    forcePathStyle: true,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
