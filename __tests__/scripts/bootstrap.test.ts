/** The bootstrap of an environment by real Terraform, on the local AWS; in order, since each goes on from the last. */

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { IAMClient, ListPoliciesCommand, ListRolesCommand } from "@aws-sdk/client-iam";
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListBucketsCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { setTimeout as sleep } from "node:timers/promises";
import { root } from "../../scripts/lib/paths";
import { run } from "../../scripts/lib/process";
import { addressesOf, readState } from "../../scripts/lib/state/state-document";
import { startDeployment, type Deployment } from "../support/deployment";
import { commandBlocks } from "../support/documents";
import { runScript, startScript } from "../support/scripts";

const minutes = 60_000;
const Bucket = "acme-dynamodb-layer-dev-123456789012";
const settings = {
  DEV_STATE_BUCKET: Bucket,
  DEV_PIPELINE_REPOSITORY: "acme/dynamodb-layer",
  STAGING_STATE_BUCKET: "acme-invoices",
  STAGING_PIPELINE_REPOSITORY: "acme/dynamodb-layer",
};
const [firstTime, moving] = commandBlocks("docs/runbooks/bootstrap.md");

describe("npm run bootstrap", () => {
  let deployment: Deployment;
  let s3: S3Client;
  let iam: IAMClient;
  beforeAll(async () => {
    deployment = await startDeployment();
    const credentials = { accessKeyId: "local", secretAccessKey: "local" };
    const configuration = { endpoint: deployment.aws.endpoint, region: "us-east-1", credentials };
    s3 = new S3Client({ ...configuration, forcePathStyle: true });
    iam = new IAMClient(configuration);
  }, minutes);
  afterAll(async () => {
    s3.destroy();
    iam.destroy();
    await deployment.stop();
  });

  const variables = (): NodeJS.ProcessEnv => ({ ...deployment.runs.variables, ...settings });
  const policies = async () => {
    const { Policies = [] } = await iam.send(new ListPoliciesCommand({ Scope: "Local" }));
    return Policies.map(({ PolicyName }) => PolicyName ?? "");
  };
  const documented = async (commands: readonly string[] = []) => {
    const script = ["set -euo pipefail", ...commands].join("\n");
    const { code, stdout, stderr } = await run("bash", ["-c", script], {
      cwd: root,
      env: { ...deployment.runs.variables, CI: "1" },
    });
    expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
    return stdout;
  };

  it(
    "killed while it applies, and run again as the runbook has it: all is there once, and its state in the bucket",
    async () => {
      const killed = startScript("bootstrap", ["--env", "dev", "--yes"], variables());
      await killed.waitFor("applying");
      while ((await policies()).length < 3) await sleep(50);
      killed.process.kill("SIGKILL");
      await killed.ended;

      const told = await documented(firstTime?.commands);
      expect(told).toContain("Nothing was changed: this was a dry run.");
      expect(told).toContain("Done: ");
      expect(told).toContain("applies as arn:aws:iam::123456789012:role/dynamodb-layer-apply-dev.");
      expect(told).toContain("DEV_PIPELINE_REPOSITORY=acme/dynamodb-layer");
      const { Buckets } = await s3.send(new ListBucketsCommand());
      expect(Buckets?.map(({ Name }) => Name)).toEqual([Bucket]);
      const { Roles } = await iam.send(new ListRolesCommand());
      expect(Roles?.map(({ RoleName }) => RoleName).sort()).toEqual([
        "dynamodb-layer-apply-dev",
        "dynamodb-layer-plan-dev",
      ]);
      const parts = ["audit", "identities", "logs", "monitoring", "services", "state", "tables", "workflows"];
      expect((await policies()).sort()).toEqual(
        [
          "dynamodb-layer-boundary-dev",
          ...["services", "tables"].map((part) => `dynamodb-layer-verify-dev-${part}`),
          ...["apply", "plan"].flatMap((role) => parts.map((part) => `dynamodb-layer-${role}-dev-${part}`)),
        ].sort(),
      );
      const { Body } = await s3.send(
        new GetObjectCommand({ Bucket, Key: "bootstrap-dev/terraform.tfstate" }),
      );
      const state = readState((await Body?.transformToString()) ?? "", "the state");
      // Less the lifecycle, which the local AWS has not.
      expect(addressesOf(state).size).toBe(44);
      const files = readdirSync(join(deployment.aws.folder, "state"));
      expect(files.filter((name) => name.startsWith("bootstrap-dev.tfstate.moved-"))).toHaveLength(1);
      expect(existsSync(join(deployment.aws.folder, "state", "bootstrap-dev.tfstate"))).toBe(false);
    },
    4 * minutes,
  );

  it(
    "run again has nothing to do, and says so to machines",
    async () => {
      const { code, stdout } = await runScript("bootstrap", ["--env", "dev", "--yes", "--json"], variables());
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({
        schemaVersion: 1,
        environment: "dev",
        outcome: "nothing to do",
        stateBucket: Bucket,
        plan: { isEmpty: true },
        adopted: [],
        roles: { plan: "arn:aws:iam::123456789012:role/dynamodb-layer-plan-dev" },
        variables: { DEV_ACCOUNT_ID: "123456789012" },
      });
    },
    minutes,
  );

  it(
    "without the repository's setting takes no role away",
    async () => {
      const without = { ...variables(), DEV_PIPELINE_REPOSITORY: "" };
      const { code, stdout } = await runScript("bootstrap", ["--env", "dev", "--yes", "--json"], without);
      expect(code).toBe(1);
      expect(JSON.parse(stdout)).toMatchObject({
        outcome: "refused",
        error: expect.stringMatching(
          /^The plan takes away .*aws_iam_role\.apply.* run this with --remove/,
        ) as string,
      });
      expect(stdout).not.toContain("aws_iam_openid_connect_provider");
    },
    minutes,
  );

  it(
    "refuses another bucket while the roles use this one: the states would stay behind",
    async () => {
      const renamed = { ...variables(), DEV_STATE_BUCKET: "acme-states-dev" };
      const { code, stdout } = await runScript("bootstrap", ["--env", "dev", "--yes", "--json"], renamed);
      expect(code).toBe(1);
      expect(JSON.parse(stdout)).toMatchObject({
        outcome: "refused",
        error: expect.stringContaining(`The roles of dev use the states in ${Bucket}`) as string,
      });
    },
    minutes,
  );

  it(
    "refuses a provider for tokens that another environment has made, and says how to use it",
    async () => {
      const { code, stderr } = await runScript("bootstrap", ["--env", "staging", "--yes"], variables());
      expect(code).toBe(1);
      expect(stderr).toContain("is there already, and of bootstrap-dev. An account has one of them: set");
      expect(stderr).toContain("STAGING_PIPELINE_PROVIDER=existing");
    },
    minutes,
  );

  it(
    "refuses a bucket of others in the account, and takes it over when told to",
    async () => {
      await s3.send(new CreateBucketCommand({ Bucket: "acme-invoices" }));
      await s3.send(new PutObjectCommand({ Bucket: "acme-invoices", Key: "2026/11.pdf", Body: "%PDF" }));
      const existing = { ...variables(), STAGING_PIPELINE_PROVIDER: "existing" };
      const refused = await runScript("bootstrap", ["--env", "staging", "--yes", "--json"], existing);
      expect(refused.code).toBe(1);
      expect(JSON.parse(refused.stdout)).toMatchObject({
        outcome: "refused",
        error: expect.stringContaining("terraform import aws_s3_bucket.state acme-invoices") as string,
      });
      const args = ["--env", "staging", "--adopt-bucket", "--dry-run", "--json"];
      const adopted = await runScript("bootstrap", args, existing);
      expect(JSON.parse(adopted.stdout)).toMatchObject({
        outcome: "would change",
        adopted: ["aws_s3_bucket.state"],
        plan: { replace: 0, delete: 0 },
      });
    },
    2 * minutes,
  );

  it(
    "the runbook's way from local state has nothing to move where nothing was applied",
    async () => {
      expect(
        await documented([...(firstTime?.commands.slice(0, 2) ?? []), ...(moving?.commands ?? [])]),
      ).toContain("trade-status-tables-dev: no state");
    },
    2 * minutes,
  );

  it("stops on Ctrl-C: exit 130", async () => {
    const script = startScript("bootstrap", ["--env", "dev", "--yes"], variables());
    await script.waitFor("looking for what is there");
    script.process.kill("SIGINT");
    expect(await script.ended).toBe(130);
  });

  it.each([
    ["no bucket's name", { DEV_STATE_BUCKET: "" }, "DEV_STATE_BUCKET is not set: it names the bucket"],
    [
      "a repository with a wildcard",
      { DEV_PIPELINE_REPOSITORY: "acme/*" },
      "DEV_PIPELINE_REPOSITORY must be a GitHub repository, owner/name",
    ],
    [
      "no credentials",
      {
        AWS_ENDPOINT_URL: undefined,
        AWS_ACCESS_KEY_ID: undefined,
        AWS_SECRET_ACCESS_KEY: undefined,
        AWS_CONFIG_FILE: "/dev/null",
        AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
        AWS_EC2_METADATA_DISABLED: "true",
      },
      "AWS does not say whose credentials these are",
    ],
  ])("cannot tell with %s: exit 2, in JSON too", async (_, changed, sentence) => {
    const { code, stdout, stderr } = await runScript("bootstrap", ["--env", "dev", "--json"], {
      ...variables(),
      ...changed,
    });
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(sentence) as string });
    expect(JSON.parse(stdout)).toMatchObject({ outcome: "could not tell" });
  });
});
