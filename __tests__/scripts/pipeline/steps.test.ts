/** The scripts of the pipeline's jobs as they run there, with npm and GitHub played. */

import { join } from "node:path";
import { PlayedRunner } from "../../support/played-runner";

let runner: PlayedRunner;
beforeEach(() => (runner = new PlayedRunner()));
afterEach(() => runner.remove());

const refusal = { rule: "destroys-table", subject: "agent-profiles-dev", reason: "", wayOut: "" };
const plans = (refusals: readonly object[] = [], isEmpty = false) =>
  JSON.stringify({
    schemaVersion: 1,
    environment: "dev",
    stacks: [{ stack: "agent-matching-tables-dev", isEmpty, verdict: { refusals, permitted: [] } }],
  });
const planned = (refusals: readonly object[] = []) => ({
  "plans.json": plans(refusals),
  "summary.md": "### Plan of dev\n",
  "plan.tfplan": "secret values",
});

describe("plan.sh", () => {
  const dev = { ENVIRONMENT: "dev" };

  it("plans the stacks that it is given and leaves what may be shown, and no plan, in the report", async () => {
    runner.plays("deploy", { stderr: "Planning …\n", out: planned() });
    const stacks = "agent-matching-tables-dev trade-status-tables-dev";
    const { code, stderr } = await runner.run("plan.sh", { ...dev, STACKS: stacks });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "Planning …\n" });
    expect(runner.calls).toEqual([
      `deploy -- --env dev ${stacks} --plan-only --out ${join(runner.folder, "plan")}`,
    ]);
    expect(JSON.parse(runner.read("report/outcome.json") ?? "")).toEqual({ environment: "dev", plan: 0 });
    expect(runner.read("report/summary.md")).toBe("### Plan of dev\n");
    expect(runner.read("report/plan.tfplan")).toBeUndefined();
    expect(runner.read("step-summary")).toBe("### Plan of dev\n");
    expect(runner.read("output")).toBe("changes=true\n");
  });

  it("says that nothing changes, so that nobody is asked to approve it", async () => {
    runner.plays("deploy", { out: { ...planned(), "plans.json": plans([], true) } });
    expect((await runner.run("plan.sh", dev)).code).toBe(0);
    expect(runner.read("output")).toBe("changes=false\n");
  });

  it("ends with 1 when the guard refuses, with the report all the same", async () => {
    runner.plays("deploy", { code: 1, out: planned([refusal]) });
    expect((await runner.run("plan.sh", dev)).code).toBe(1);
    expect(runner.calls).toHaveLength(1);
    expect(runner.read("report/outcome.json")).toContain('"plan":1');
    expect(runner.read("report/summary.md")).toBe("### Plan of dev\n");
  });

  it("ends with 2 when nothing could be planned, and keeps the reason", async () => {
    const reason = "Error acquiring the state lock";
    runner.plays("deploy", { code: 2, stderr: `${reason}\n` });
    expect((await runner.run("plan.sh", dev)).code).toBe(2);
    expect(runner.read("report/errors.txt")).toContain(reason);
    expect(runner.read("output")).toBe("changes=false\n");
  });

  describe("with commits that permit", () => {
    let repository: NodeJS.ProcessEnv;
    beforeEach(async () => (repository = { ...dev, ...(await runner.repository()) }));

    it("plans again with the allowances for what is refused, and with no others", async () => {
      const since = await runner.commit("Before\n\nAllow-Plan: agent-profiles-dev:too early");
      await runner.commit(
        "Copy the profiles\n\nAllow-Plan: agent-profiles-dev:copied to agent-profiles-2, $(see) `ops`\n" +
          "Allow-Plan: agent-profiles-staging:copied as well\n",
      );
      runner.plays("deploy", { code: 1, out: planned([refusal]) });
      runner.plays("deploy", { code: 0, out: planned() });
      const { code } = await runner.run("plan.sh", { ...repository, SINCE: since });
      expect(code).toBe(0);
      expect(runner.calls[1]).toBe(
        `deploy -- --env dev --plan-only --out ${join(runner.folder, "plan")} ` +
          "--allow=agent-profiles-dev:copied to agent-profiles-2, $(see) `ops`",
      );
      expect(runner.calls).toHaveLength(2);
    });

    it("reads none where the commit to read from is not there, and stays refused", async () => {
      await runner.commit("Copy the profiles\n\nAllow-Plan: agent-profiles-dev:copied");
      runner.plays("deploy", { code: 1, out: planned([refusal]) });
      const SINCE = "0".repeat(40);
      const { code, stderr } = await runner.run("plan.sh", { ...repository, SINCE });
      expect(code).toBe(1);
      expect(stderr).toContain("no allowances are read");
    });

    it("cannot tell with an allowance in another form", async () => {
      const since = await runner.commit("Before");
      await runner.commit("Copy the profiles\n\nAllow-Plan: everything");
      runner.plays("deploy", { code: 1, out: planned([refusal]) });
      const { code, stderr } = await runner.run("plan.sh", { ...repository, SINCE: since });
      expect(code).toBe(2);
      expect(stderr).toContain("--allow takes <table>:<reason>");
    });
  });
});

describe("pack.sh and apply.sh", () => {
  const passphrase = { PLAN_PASSPHRASE: "correct horse battery staple" };
  const prod = { ENVIRONMENT: "prod", ...passphrase };
  const pack = async () => {
    runner.write("plan/plan.tfplan", "the reviewed plan");
    expect((await runner.run("pack.sh", passphrase)).code).toBe(0);
    expect(runner.read("plan.tar.gz.enc")).not.toContain("reviewed");
  };
  const applied = { PLAN: "" };
  beforeEach(() => (applied.PLAN = join(runner.folder, "unpacked")));

  it("apply exactly what was packed, then verify", async () => {
    await pack();
    for (const command of ["deploy", "verify"]) runner.plays(command, {});
    expect((await runner.run("apply.sh", { ...prod, ...applied })).code).toBe(0);
    expect(runner.calls).toEqual([
      `deploy -- --env prod --apply ${applied.PLAN}`,
      "verify -- --env prod --github",
    ]);
    expect(runner.read("applied")).toBe("the reviewed plan");
    expect(runner.read("terraform")).toContain("TF_CLI_ARGS_apply=-lock-timeout=5m");
  });

  it("end as the apply does when it is refused, and verify nothing", async () => {
    await pack();
    runner.plays("deploy", { code: 1, stderr: "The plan is stale: plan again.\n" });
    const { code, stderr } = await runner.run("apply.sh", { ...prod, ...applied });
    expect({ code, stderr }).toEqual({ code: 1, stderr: "The plan is stale: plan again.\n" });
    expect(runner.calls).toHaveLength(1);
  });

  it("end with 1 when a table is not in spec after the apply", async () => {
    await pack();
    runner.plays("deploy", {});
    runner.plays("verify", { code: 1 });
    expect((await runner.run("apply.sh", { ...prod, ...applied })).code).toBe(1);
  });

  it("apply nothing with another passphrase", async () => {
    await pack();
    const PLAN_PASSPHRASE = "another passphrase of some length";
    const { code, stderr } = await runner.run("apply.sh", { ...prod, ...applied, PLAN_PASSPHRASE });
    expect(code).toBe(2);
    expect(stderr).toContain("The plan cannot be decrypted");
    expect(runner.calls).toEqual([]);
  });

  it("apply what the job of the plan has packed, and nothing else", async () => {
    await pack();
    const PACKED_HASH = /^packed=([0-9a-f]{64})$/m.exec(runner.read("output") ?? "")?.[1];
    for (const command of ["deploy", "verify"]) runner.plays(command, {});
    const onGithub = { ...prod, ...applied, GITHUB_ACTIONS: "true" };
    expect((await runner.run("apply.sh", { ...onGithub, PACKED_HASH })).code).toBe(0);
    for (const other of ["", "0".repeat(64)]) {
      const { code, stderr } = await runner.run("apply.sh", { ...onGithub, PACKED_HASH: other });
      expect(code).toBe(2);
      expect(stderr).toContain("The packed plan is not what the job of the plan has made");
    }
    expect(runner.calls).toHaveLength(2);
  });

  it("pack nothing with a short passphrase, or none", async () => {
    runner.write("plan/plan.tfplan", "the reviewed plan");
    const { code, stderr } = await runner.run("pack.sh", { PLAN_PASSPHRASE: "" });
    expect(code).toBe(2);
    expect(stderr).toContain("Set the secret PLAN_PASSPHRASE");
    expect(runner.read("plan.tar.gz.enc")).toBeUndefined();
  });
});

it.each([
  ["plan.sh", {}],
  ["drift.sh", {}],
  ["rollback.sh", { STACK: "trade-status-services-dev", REASON: "Errors since 14:10", MODE: "preview" }],
])("%s waits for the lock that another job holds", async (script, more) => {
  for (const command of ["deploy", "verify", "rollback"]) runner.plays(command, {});
  expect((await runner.run(script, { ENVIRONMENT: "dev", ...more })).code).toBe(0);
  expect(runner.read("terraform")).toBe(
    "TF_CLI_ARGS_apply=-lock-timeout=5m\nTF_CLI_ARGS_plan=-lock-timeout=5m\n",
  );
});

describe("affected.sh and environments.sh", () => {
  const SETTINGS = JSON.stringify({
    DEV_ACCOUNT_ID: "123456789012",
    DEV_STATE_BUCKET: "states-dev",
    PROD_ACCOUNT_ID: "210987654321",
    PROD_STATE_BUCKET: "states-prod",
  });

  it("give the configured environments that a change affects", async () => {
    const stacks = ["trade-status-tables-dev", "trade-status-tables-local", "trade-status-tables-staging"];
    runner.plays("affected", { stdout: JSON.stringify({ stacks, removed: ["orders-tables-dev"] }) });
    expect((await runner.run("affected.sh", { BASE: "HEAD^1", SETTINGS })).code).toBe(0);
    expect(runner.calls).toEqual(["affected -- --base HEAD^1 --json"]);
    expect(JSON.parse(runner.read("output")?.replace("targets=", "") ?? "")).toEqual({
      include: [{ environment: "dev", stacks: "trade-status-tables-dev" }],
      skipped: ["staging"],
      removed: ["orders-tables-dev"],
    });
  });

  it("end with 2 when that is not known", async () => {
    runner.plays("affected", { code: 2, stderr: 'There is no commit "HEAD^1".\n' });
    const { code, stderr } = await runner.run("affected.sh", { BASE: "HEAD^1", SETTINGS });
    expect(code).toBe(2);
    expect(stderr).toContain('There is no commit "HEAD^1"');
    expect(runner.read("output")).toBeUndefined();
  });

  it("give every configured environment for the nightly check", async () => {
    expect((await runner.run("environments.sh", { SETTINGS })).code).toBe(0);
    expect(runner.read("output")).toBe(
      'targets={"include":[{"environment":"dev","stacks":""},{"environment":"prod","stacks":""}],' +
        '"skipped":[],"removed":[]}\n',
    );
  });
});

it("settings.sh hands settings, role and region to the later steps, and nothing else", async () => {
  const SETTINGS = JSON.stringify({
    PROD_ACCOUNT_ID: "123456789012",
    PROD_REGION: "eu-west-1",
    PROD_STATE_BUCKET: "states-prod",
    PROD_PIPELINE_REPOSITORY: "example/dynamodb-layer",
    NODE_OPTIONS: "--require /tmp/other.js",
  });
  const { code } = await runner.run("settings.sh", { SETTINGS, ENVIRONMENT: "prod", ROLE: "apply" });
  expect(code).toBe(0);
  expect(runner.read("env")).toBe(
    "PROD_ACCOUNT_ID=123456789012\nPROD_REGION=eu-west-1\nPROD_STATE_BUCKET=states-prod\n" +
      "PROD_PIPELINE_REPOSITORY=example/dynamodb-layer\n" +
      "ROLE_ARN=arn:aws:iam::123456789012:role/dynamodb-layer-apply-prod\nAWS_REGION=eu-west-1\n",
  );
});

describe("comment.sh", () => {
  const variables = () => ({
    REPOSITORY: "example/dynamodb-layer",
    PULL_REQUEST: "17",
    COMMIT: "88f88792538f2588a5ee03ed2aea429721e07e05",
    RUN_URL: "https://github.com/example/dynamodb-layer/actions/runs/1",
    TARGETS: JSON.stringify({ include: [{ environment: "dev", stacks: "" }], skipped: [], removed: [] }),
    REPORTS: join(runner.folder, "reports"),
  });

  it("comments although the guard refuses, and fails the check", async () => {
    runner.write("reports/plan-dev/outcome.json", '{"environment":"dev","plan":1}');
    runner.write("reports/plan-dev/plans.json", plans([refusal]));
    runner.write("reports/plan-dev/summary.md", "**The guard refuses this.**");
    const { code, stderr } = await runner.run("comment.sh", variables());
    expect({ code, stderr }).toEqual({ code: 1, stderr: "The comment is created.\n" });
    expect(runner.sent).toMatchObject([
      { method: "POST", path: "repos/example/dynamodb-layer/issues/17/comments" },
    ]);
    expect(runner.sent[0]?.content["body"]).toContain("the guard refuses dev");
  });

  it("fails with 2 when the job that plans has left nothing, and says so", async () => {
    const { code } = await runner.run("comment.sh", variables());
    expect(code).toBe(2);
    expect(runner.sent[0]?.content["body"]).toContain("### dev could not be planned");
  });
});

describe("drift.sh and drift-issue.sh", () => {
  const variables = () => ({
    REPOSITORY: "example/dynamodb-layer",
    COMMIT: "88f88792538f2588a5ee03ed2aea429721e07e05",
    RUN_URL: "https://github.com/example/dynamodb-layer/actions/runs/1",
    TARGETS: JSON.stringify({ include: [{ environment: "dev", stacks: "" }], skipped: [], removed: [] }),
    REPORTS: join(runner.folder, "reports"),
  });
  const REPORT = () => join(runner.folder, "reports/drift-dev");

  it("find drift and open the issue", async () => {
    const finding = {
      subject: "agent-profiles-dev",
      tier: "declared",
      severity: "major",
      path: "timeToLive",
      expected: "off",
      actual: "on",
    };
    runner.plays("deploy", { out: { "plans.json": plans([], true), "summary.md": "" } });
    runner.plays("verify", {
      code: 1,
      stdout: JSON.stringify({ schemaVersion: 2, reports: [{ findings: [finding] }] }),
    });
    expect((await runner.run("drift.sh", { ENVIRONMENT: "dev", REPORT: REPORT() })).code).toBe(0);
    expect(runner.calls).toEqual([
      `deploy -- --env dev --plan-only --out ${join(runner.folder, "plan")}`,
      "verify -- --env dev --json --github",
    ]);
    const { code } = await runner.run("drift-issue.sh", variables());
    expect(code).toBe(1);
    expect(runner.sent).toMatchObject([{ method: "POST", path: "repos/example/dynamodb-layer/issues" }]);
    expect(runner.sent[0]?.content["body"]).toContain(
      "| major | `agent-profiles-dev` | `timeToLive` | off | on |",
    );
  });

  it("know nothing where an account could not be looked at, and leave the issue as it is", async () => {
    runner.plays("deploy", { code: 2, stderr: "No credentials.\n" });
    const annotation = "::error title=verify dev::No credentials either.";
    runner.plays("verify", { code: 2, stderr: `No credentials either.\n${annotation}\n` });
    expect((await runner.run("drift.sh", { ENVIRONMENT: "dev", REPORT: REPORT() })).code).toBe(0);
    const { code, stderr } = await runner.run("drift-issue.sh", variables());
    expect(code).toBe(2);
    expect(stderr).toContain("dev could not be looked at: No credentials.\nNo credentials either.");
    expect(stderr).not.toContain("::error");
    expect(runner.sent).toEqual([]);
  });
});
