/**
 * Every command of the pages is run: here, against a local AWS, in the order in which it stands; or by
 * whatever the list below names.
 */

import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { AttachRolePolicyCommand, CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { awsConfiguration } from "../../scripts/lib/aws";
import { root } from "../../scripts/lib/paths";
import { run } from "../../scripts/lib/process";
import { apply, init, plan } from "../../scripts/lib/stack-runs";
import { serveApis, synthesize } from "../../scripts/local/served-apis";
import type { Gateway } from "../../scripts/local/gateway/start-gateway";
import { selectSubjects } from "../../scripts/lib/verify/select-subjects";
import { verifyAll } from "../../scripts/lib/verify/verify-all";
import { verifyActions } from "../../stacks/bootstrap/verify-actions";
import { auditedSystems, stackId } from "../../stacks/naming";
import { systems } from "../../tables/systems";
import { startDeployment, type Deployment } from "../support/deployment";
import { commandBlocks, isWalk, pages, readPage } from "../support/documents";
import { joinStacks, withLog } from "../support/joined-stacks";
import { compareActions, recordActions } from "../support/recorded-actions";
import { walk, walks, walkWith } from "../support/walks";

/** Commands that would take too long here, or run this test again. */
const runElsewhere: Readonly<Record<string, string>> = {
  "npm run quickstart": "__tests__/e2e/quickstart.test.ts",
  "npm test": ".ci/run",
  "npx jest __tests__/tables __tests__/stacks": ".ci/run",
  "npx tsc --noEmit": ".ci/run",
  "npm run lint": ".ci/run",
  "npm run bench -- functions --quick": "__tests__/scripts/bench.test.ts",
  "npm run affected -- --base origin/main": "__tests__/scripts/affected.test.ts",
  // They need the table, in an account: the same is run with --env local.
  "npm run migrate-profiles -- --env prod --from json_storage":
    "__tests__/scripts/migrate-profiles-command.test.ts",
  "npm run migrate-profiles -- --env prod --rollback --to json_storage":
    "__tests__/scripts/migrate-profiles-command.test.ts",
  ...runBy("docs/costs.md", "__tests__/scripts/cost/command.test.ts"),
  // On a table that is there, and protected.
  ...runBy("docs/runbooks/destroy-tables.md", "__tests__/e2e/cdktf.test.ts"),
  ...runBy("docs/runbooks/deploy.md", "__tests__/e2e/deploy.test.ts"),
  ...runBy("docs/runbooks/roll-back.md", "__tests__/scripts/rollback.test.ts"),
  ...runBy("docs/runbooks/connect-function.md", "__tests__/scripts/connect-function.test.ts"),
  ...runBy("docs/runbooks/populate-brands.md", "__tests__/scripts/populate-brands-command.test.ts"),
  ...runBy("docs/runbooks/bootstrap.md", "__tests__/scripts/bootstrap.test.ts"),
  ...runBy("docs/runbooks/export-a-table.md", "__tests__/scripts/export.test.ts"),
  ...runBy("docs/runbooks/audit-trail.md", "__tests__/e2e/audit-trail.test.ts"),
  ...runBy("docs/runbooks/restore-a-table.md", "__tests__/scripts/restore-command.test.ts"),
  ...runBy("docs/runbooks/throttling.md", "__tests__/scripts/monitoring-runbooks.test.ts"),
  ...runBy("docs/runbooks/hot-partition.md", "__tests__/scripts/monitoring-runbooks.test.ts"),
  ...runBy("docs/runbooks/failing-functions.md", "__tests__/scripts/monitoring-runbooks.test.ts"),
  ...runBy("docs/runbooks/drift-found.md", "__tests__/e2e/runbooks.test.ts"),
  ...runBy("docs/runbooks/failed-deployment.md", "__tests__/e2e/runbooks.test.ts"),
  ...runBy("docs/runbooks/key-disabled.md", "__tests__/e2e/runbooks.test.ts"),
  ...runBy("docs/runbooks/rotated-role.md", "__tests__/e2e/runbooks.test.ts"),
};

/** All of a page: its test runs them as they stand there. */
function runBy(page: string, test: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    commandBlocks(page).flatMap(({ commands }) => commands.map((one) => [one, test])),
  );
}

const blocks = pages()
  .flatMap(commandBlocks)
  // A walk through the APIs needs them running: below.
  .filter((block) => !isWalk(block))
  .map(({ page, commands }) => ({
    page,
    commands: commands.filter((command) => !(command in runElsewhere)),
  }))
  .filter(({ commands }) => commands.length > 0);

describe("the commands of the pages", () => {
  let deployment: Deployment;
  beforeAll(async () => (deployment = await startDeployment()), 60_000);
  afterAll(() => deployment.stop());

  it.each(blocks)(
    "of $page do what they say: $commands",
    async ({ commands }) => {
      const script = ["set -euo pipefail", ...commands].join("\n");
      const { code, stdout, stderr } = await run("bash", ["-c", script], {
        cwd: root,
        env: { ...deployment.variables, CI: "1" },
      });
      expect({ code, output: code === 0 ? "" : `${stdout}\n${stderr}` }).toEqual({ code: 0, output: "" });
    },
    300_000,
  );

  it("that are run elsewhere stand in the pages, and what runs them is there", () => {
    const documented = pages()
      .flatMap(commandBlocks)
      .flatMap(({ commands }) => commands);
    for (const [command, runner] of Object.entries(runElsewhere)) {
      expect(documented).toContain(command);
      expect(existsSync(join(root, runner))).toBe(true);
    }
  });
});

/** What stands in each walk, and in no other. */
const calls = {
  trades: "/status/session-1/agents",
  analyses: "/analysis/requests?status=failed",
  signed: "--aws-sigv4",
  conversations: "/conversations?limit=10",
  matches: "/agent/agent-1/conversations",
  brands: "54321,Blue Bottle",
  asked: "23456,Tim Hortons",
};

/** On all stacks of `local`, as `npm run quickstart -- --keep` leaves them: there, one of these is run as well. */
describe("the pages' walks through APIs and agent", () => {
  let deployment: Deployment;
  let gateway: Gateway;
  beforeAll(async () => {
    deployment = await startDeployment();
    const { aws, runs, variables } = deployment;
    const { apis, services } = synthesize(variables, runs.synthesized);
    const stacks = [
      ...systems.map((system) => stackId(system, "tables", "local")),
      ...services,
      ...auditedSystems.map((system) => stackId(system, "audit", "local")),
    ];
    joinStacks(runs, stacks, "local");
    for (const step of [init, plan, apply]) await withLog<unknown>(step(runs, "local"));
    gateway = await serveApis(aws, { apis, port: 0 });
  }, 300_000);
  afterAll(async () => {
    await gateway.stop();
    await deployment.stop();
  });
  const output = (name: keyof typeof calls) =>
    walk(walkWith(calls[name]), { ...deployment.variables, API_URL: gateway.url });

  it("are all run here", () => {
    expect(new Set(Object.values(calls).map(walkWith))).toEqual(new Set(walks));
  });

  it("record and follow a trade session", async () => {
    const trades = await output("trades");
    expect(trades).toContain('"overallStatus":"completed","pdfAdapter":{"status":"success"');
    expect(trades).toContain("overall completed");
    expect(trades).toContain('"totalTokens":14169');
  });

  it("record and follow a design analysis whose second step is retried", async () => {
    const analyses = await output("analyses");
    expect(analyses).toContain('"overall_status":"failed"');
    expect(analyses).toMatch(/"overall_status":"completed".*"total":1,"limit":10\}/);
    expect(analyses).toContain("overall completed");
  });

  it("send a signed request", async () => {
    expect(await output("signed")).toContain('"total":1,"limit":10}');
  });

  it("hold a conversation", async () => {
    const conversations = await output("conversations");
    expect(conversations.match(/"position":0,"message":\{"role":"user"/g)).toHaveLength(2);
    expect(conversations).toContain('"title":"4K Renders Search"');
    expect(conversations).toMatch(/"message_count":2.*"before":1\}/);
  });

  it("store an agent, find it and write to it", async () => {
    const matches = await output("matches");
    expect(matches).toContain('"reasons":["The job is plumber.","The city is berlin.",');
    expect(matches).toContain('"averagePrice":79.95');
    expect(matches).toMatch(/"agent_id":"agent-1","conversations":\[\{"conversation_id":"conv-1"/);
  });

  it("populate the table of brands and have the agent start a workflow", async () => {
    const brands = await output("brands");
    expect(brands).toMatch(/new +1\n/);
    expect(brands).toContain("54321  Blue Bottle (Food & Beverage): processing");
    expect(brands).toMatch(
      /\[stand-in for Bedrock, local only\] Brands by status: 0 unprocessed, [01] processing, [01] completed/,
    );
  });

  it("leave an environment that is verified with exactly the rights of the verifier's policy", async () => {
    const { variables } = deployment;
    const environment = deployment.environment("local");
    // Who else has a policy is asked only of one that somebody has.
    const iam = new IAMClient(awsConfiguration(environment, {}, variables));
    const RoleName = "trade-orchestrator";
    await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: "{}" }));
    const PolicyArn = "arn:aws:iam::123456789012:policy/agentcore_dynamodb_access-local";
    await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
    const called = await recordActions(() =>
      verifyAll(deployment.clients("local"), selectSubjects([], "local"), {
        environment,
        variables,
        probe: false,
      }),
    );
    const allowed = verifyActions.flatMap(({ actions }) => actions);
    expect(compareActions(called, allowed)).toEqual({ missing: [], unused: [] });
  }, 120_000);

  it("ask the agent", async () => {
    const asked = await output("asked");
    expect(asked).toContain("The workflow of brand 23456 has started.");
    expect(asked).toContain(
      '"actions":[{"name":"count_brands","parameters":{},"outcome":"Brands by status: ',
    );
  });
});

describe("the links of the pages", () => {
  it.each(pages().map((page) => ({ page })))("of $page lead somewhere", ({ page }) => {
    const targets = [...readPage(page).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(
      ([, target = ""]) => target,
    );
    const missing = targets.filter((target) => !existsSync(join(root, dirname(page), target)));
    expect(missing).toEqual([]);
  });
});
