/** The pipeline for GitLab of docs/pipelines.md: it parses, and calls what is there with what it needs. */

import { readFileSync, rmSync, statSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { root } from "../scripts/lib/paths";
import { run } from "../scripts/lib/process";

interface Job {
  readonly extends?: string;
  readonly script?: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
  readonly id_tokens?: Readonly<Record<string, { readonly aud: string }>>;
  readonly environment?: string;
  readonly resource_group?: string;
  readonly rules?: readonly { readonly when?: string }[];
  readonly timeout?: string;
  readonly stage?: string;
}

const [, text = ""] =
  /^```yaml\n([\s\S]*?)^```$/m.exec(readFileSync(join(root, "docs/pipelines.md"), "utf8")) ?? [];
const {
  default: common,
  variables,
  stages,
  ...rest
} = parse(text) as {
  readonly default: { readonly before_script: readonly string[] };
  readonly variables: Readonly<Record<string, string>>;
  readonly stages: readonly string[];
} & Readonly<Record<string, Job>>;
const all = rest as Readonly<Record<string, Job>>;
const jobs = Object.entries(all)
  .filter(([name]) => !name.startsWith("."))
  .map(([name, job]) => {
    const base = all[job.extends ?? ""] ?? {};
    return {
      name,
      job: { ...base, ...job, variables: { ...variables, ...base.variables, ...job.variables } },
    };
  });
/** Secrets and settings that the project has, and what GitLab gives through `id_tokens`. */
const given = ["PLAN_PASSPHRASE", "WEB_IDENTITY"];

it.each(jobs)("$name runs scripts of the repository, with their variables, and ends in time", ({ job }) => {
  expect(stages).toContain(job.stage);
  expect(job.timeout).toMatch(/^[1-5]\dm$/);
  for (const line of job.script ?? []) {
    expect(line).toMatch(/^(\.ci\/run|scripts\/pipeline\/[\w-]+\.sh)$/);
    expect(statSync(join(root, line)).mode & 0o111).toBe(0o111);
    const needed = readFileSync(join(root, line), "utf8").matchAll(
      /\$\{?#?(?!GITHUB_)([A-Z][A-Z_]+)(?![\w:])/g,
    );
    expect([...Object.keys(job.variables), ...given]).toEqual(
      expect.arrayContaining([...needed].map(([, name = ""]) => name)),
    );
  }
});

it("credentials come by a token alone, and the apply role with an approval, one at a time", () => {
  for (const { name, job } of jobs.filter((one) => one.name !== "test")) {
    const isApply = name.startsWith("apply-");
    expect(job.id_tokens).toEqual({ WEB_IDENTITY: { aud: "sts.amazonaws.com" } });
    expect(job.variables["AWS_ROLE_ARN"]).toBe(
      `arn:aws:iam::$DEV_ACCOUNT_ID:role/dynamodb-layer-${isApply ? "apply" : "plan"}-dev`,
    );
    expect([job.environment, job.resource_group, job.rules?.[0]?.when]).toEqual(
      isApply ? ["dev", "dev", "manual"] : [undefined, undefined, undefined],
    );
  }
});

it("the token lies where the SDK looks for it, for nobody else to read", async () => {
  expect(common.before_script).toEqual(["npm ci", "scripts/pipeline/web-identity.sh"]);
  const folder = mkdtempSync(join(tmpdir(), "gitlab-"));
  const file = join(folder, "token");
  const env = {
    PATH: process.env["PATH"],
    WEB_IDENTITY: "header.claims.signature",
    AWS_WEB_IDENTITY_TOKEN_FILE: file,
  };
  const { code } = await run(join(root, "scripts/pipeline/web-identity.sh"), [], { env });
  expect(code).toBe(0);
  expect(readFileSync(file, "utf8")).toBe(env.WEB_IDENTITY);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  rmSync(folder, { recursive: true });
});
