/** What people, pipelines and machines are told of a plan, and of how a deployment ended. */

import { createColors } from "picocolors";
import { ApplyFollower, stepsOf } from "../../scripts/lib/deploy/apply-stack";
import { describeProgress } from "../../scripts/lib/deploy/apply-all";
import { runBounded } from "../../scripts/lib/deploy/bounded";
import { preventedIn, preventedVerdict } from "../../scripts/lib/deploy/prevented";
import {
  describeReport,
  documentOf,
  failureOf,
  outcomeOf,
  type StackReport,
} from "../../scripts/lib/deploy/report";
import { summarize } from "../../scripts/lib/deploy/summary";
import { markdownOf } from "../../scripts/lib/deploy/summary-markdown";
import { describeSummary, describeVerdict } from "../../scripts/lib/deploy/summary-text";
import { TerraformFailed } from "../../scripts/lib/stack-runs";
import { findingsOf } from "../../scripts/lib/verify/finding";
import { loadEnvironments } from "../../stacks/environments";
import type { Verdict } from "../../scripts/lib/guard/verdict";
import { describeStateLock, readStateLock } from "../../scripts/lib/state-lock";
import { change, plannedStack } from "../support/planned";

const plain = createColors(false);
const stack = "agent-matching-tables-dev";

const plan = plannedStack(stack, [
  change("aws_dynamodb_table.agent-profiles", "update", {
    before: { name: "agent-profiles-dev", point_in_time_recovery: [{ enabled: false }], secret: "old | `x`" },
    after: { name: "agent-profiles-dev", point_in_time_recovery: [{ enabled: true }], secret: "new" },
    sensitive: { secret: true },
  }),
  change("aws_appautoscaling_target.agent-profiles__read", "create"),
  change("aws_appautoscaling_target.agent-profiles__write", "create"),
  change("aws_dynamodb_table.old-profiles", "delete", { before: { name: "old-profiles-dev" } }),
  change("aws_kms_key.key", "replace", {
    before: { description: "a|b `c`\nd" },
    after: { description: "new" },
    replacedBy: ["description"],
  }),
]);
const passed: Verdict = { stack, refusals: [], permitted: [] };
const refused: Verdict = {
  stack,
  refusals: [
    { rule: "destroys-table", subject: "old-profiles-dev", reason: "All items go.", wayOut: "Back it up." },
  ],
  permitted: [
    {
      rule: "destroys-key",
      subject: "aws_kms_key.key",
      reason: "r",
      wayOut: "w",
      because: "copied on 3 May",
    },
  ],
};

describe("a plan's summary", () => {
  it("tells what becomes of each table, with the attributes that change and no sensitive value", () => {
    expect(describeSummary(summarize(plan), plain).split("\n")).toEqual([
      "agent-matching-tables-dev: 2 to create, 1 to change, 1 to replace, 1 to destroy",
      "  agent-profiles-dev",
      "    ~ aws_dynamodb_table.agent-profiles",
      "        point_in_time_recovery.0.enabled: false → true",
      "        secret: (sensitive) → (sensitive)",
      "    + 2 aws_appautoscaling_target: agent-profiles__read, agent-profiles__write",
      "  old-profiles-dev",
      "    - aws_dynamodb_table.old-profiles",
      "  ± aws_kms_key.key",
      '      description: "a|b `c`\\nd" → "new" forces replacement',
    ]);
  });

  it("says when there is nothing to do, and when only outputs change", () => {
    expect(describeSummary(summarize(plannedStack(stack, [])), plain)).toBe(`${stack}: no changes`);
    const outputs = plannedStack(stack, [], { isEmpty: false, outputs: ["key_arn"] });
    expect(describeSummary(summarize(outputs), plain)).toBe(
      `${stack}: outputs to change\n  outputs: key_arn`,
    );
  });

  it("names what is taken over", () => {
    const adopted = [{ address: "aws_dynamodb_table.agent-profiles", id: "agent-profiles-dev" }];
    const text = describeSummary(summarize(plannedStack(stack, [], { isEmpty: false, adopted })), plain);
    expect(text).toContain("1 to adopt\n  < aws_dynamodb_table.agent-profiles takes over agent-profiles-dev");
  });

  it("counts a replacement as two steps of an apply", () => {
    expect(stepsOf(plan)).toBe(6);
  });
});

describe("a plan's comment", () => {
  const commit = "0123456789abcdef0123456789abcdef01234567";
  const options = { environment: "dev", commit };

  it("has the verdict, a row a stack and the details, whose values stay in their cells", () => {
    const text = markdownOf([{ summary: summarize(plan), verdict: refused }], options);
    expect(text).toContain("### Plan of dev at `0123456789ab`");
    expect(text).toContain(
      "**The guard refuses this.**\n\n- **`old-profiles-dev`** in `agent-matching-tables-dev`",
    );
    expect(text).toContain("`aws_kms_key.key` (destroys-key) is permitted: copied on 3 May");
    expect(text).toContain('| `description` (forces replacement) | `"a\\|b \'c\'\\nd"` | `"new"` |');
    expect(text).not.toContain("old | `x`");
    const rows = text.split("\n").filter((line) => line.startsWith("|"));
    expect(new Set(rows.map((line) => line.replaceAll("\\|", "").split("|").length))).toEqual(
      new Set([6, 8]),
    );
  });

  it("stays below GitHub's limit and keeps the verdict then", () => {
    const many = Array.from({ length: 300 }, (_, index) =>
      change(`aws_lambda_function.f${index}`, "update", {
        before: { description: "x".repeat(110) },
        after: { description: "y".repeat(110) },
      }),
    );
    const text = markdownOf([{ summary: summarize(plannedStack(stack, many)), verdict: refused }], options);
    expect(text.length).toBeLessThan(65_536);
    expect(text).toContain("too long to be shown here");
    expect(text).toContain("Way out: Back it up.");
  });

  it("says what was not planned, and what does not change", () => {
    const text = markdownOf([{ summary: summarize(plannedStack(stack, [])), verdict: passed }], {
      ...options,
      failures: new Map([["trade-status-tables-dev", "locked"]]),
    });
    expect(text).toContain("**`trade-status-tables-dev` could not be planned:** locked");
    expect(text).toContain("The guard lets this through.");
    expect(text).toContain("No changes: `agent-matching-tables-dev`.");
  });
});

it("a verdict names the rule, the reason and the way out", () => {
  expect(describeVerdict(refused, plain).split("\n")).toEqual([
    "permitted aws_kms_key.key (destroys-key): copied on 3 May",
    "✗ refused agent-matching-tables-dev, old-profiles-dev (destroys-table)",
    "    All items go.",
    "    Way out: Back it up.",
  ]);
});

describe("Terraform's own refusal", () => {
  const output = `Error: Instance cannot be destroyed

Resource aws_dynamodb_table.trade-processing-status has
lifecycle.prevent_destroy set, but the plan calls for this resource to be
destroyed.

Error: Instance cannot be destroyed

Resource aws_kms_key.key has lifecycle.prevent_destroy set, but the plan calls`;

  it("is the guard's, with the table's name and the way out", () => {
    const addresses = preventedIn(output);
    expect(addresses).toEqual(["aws_dynamodb_table.trade-processing-status", "aws_kms_key.key"]);
    const { refusals } = preventedVerdict("trade-status-tables-prod", addresses);
    expect(refusals).toMatchObject([
      { rule: "replaces-data", subject: "ai-trade-matching-processing-status" },
      { rule: "destroys-key", subject: "aws_kms_key.key" },
    ]);
    expect(refusals[0]?.wayOut).toContain("docs/runbooks/change-a-table.md");
  });

  it("is not seen in another failure", () => {
    expect(preventedIn("Error: creating DynamoDB Table")).toEqual([]);
  });
});

describe("a state's lock", () => {
  const output = `Error: Error acquiring the state lock

Error message: operation error S3: PutObject, https response error
StatusCode: 412, api error PreconditionFailed
Lock Info:
  ID:        0f2c2b6e-9f0c-2d2d-6a3a-4a0f6f6f1c11
  Path:      state/trade-status-tables-dev/terraform.tfstate
  Operation: OperationTypeApply
  Who:       runner@build-7
  Version:   1.11.4
  Created:   2026-05-03 08:15:16.123456789 +0000 UTC
  Info:      `;

  it("is told with who, since when, and how to release it", () => {
    const lock = readStateLock(output);
    expect(describeStateLock("trade-status-tables-dev", lock, (id) => `unlock ${id}`)).toBe(
      "The state of trade-status-tables-dev is locked by runner@build-7, an apply since 2026-05-03 08:15:16 UTC. " +
        "Wait until it has ended, and run this again. Only if that run is certainly dead, its machine gone or its " +
        "Terraform killed: `unlock 0f2c2b6e-9f0c-2d2d-6a3a-4a0f6f6f1c11`.",
    );
  });

  it("that Terraform could not read is told without them", () => {
    expect(describeStateLock("x", readStateLock("Error acquiring the state lock"), undefined)).toBe(
      "The state of x is locked by another run. Wait until it has ended, and run this again.",
    );
  });
});

it("an apply tells how far it is and what it is at", () => {
  const follower = new ApplyFollower(3);
  const hook = (addr: string, action: string) => ({ resource: { addr }, action });
  follower.take({ type: "apply_start", hook: hook("aws_kms_key.key", "create") });
  follower.take({ type: "apply_start", hook: hook("aws_iam_policy.access", "update") });
  expect(describeProgress(follower.progress)).toBe("0 of 3, aws_kms_key.key creating, 1 more");
  follower.take({ type: "apply_complete", hook: hook("aws_kms_key.key", "create") });
  follower.take({ type: "apply_errored", hook: hook("aws_iam_policy.access", "update") });
  expect(describeProgress(follower.progress)).toBe("1 of 3");
  expect(follower.take({ type: "change_summary" })).toBe(false);
});

describe("stacks side by side", () => {
  const job = (name: string, begun: string[], rest: object = {}) => ({
    name,
    run: async () => {
      begun.push(name);
      await Promise.resolve();
      if (name.startsWith("bad")) throw new Error(name);
      return name;
    },
    ...rest,
  });

  it("wait for those that they come after, and let others go first", async () => {
    const begun: string[] = [];
    const jobs = [job("services", begun, { after: ["tables"] }), job("other", begun), job("tables", begun)];
    const settled = await runBounded(jobs, { limit: 1, stopsOnFailure: true });
    expect(begun).toEqual(["other", "tables", "services"]);
    expect(settled.get("services")).toEqual({ kind: "done", value: "services" });
  });

  it("are not begun after one has failed; those that run come to their end", async () => {
    const begun: string[] = [];
    const jobs = ["bad", "running", "third"].map((name) => job(name, begun));
    const settled = await runBounded(jobs, { limit: 2, stopsOnFailure: true });
    expect(begun).toEqual(["bad", "running"]);
    expect([...settled.values()].map(({ kind }) => kind).sort()).toEqual(["done", "failed", "not begun"]);
  });

  it("are all planned, whichever fails, but for what comes after it", async () => {
    const begun: string[] = [];
    const jobs = [job("bad", begun), job("after", begun, { after: ["bad"] }), job("third", begun)];
    const settled = await runBounded(jobs, { limit: 1, stopsOnFailure: false });
    expect(begun).toEqual(["bad", "third"]);
    expect(settled.get("after")).toEqual({ kind: "not begun" });
  });
});

describe("a deployment's end", () => {
  const failure = { kind: "other", error: "apply: Error: limit exceeded", log: "/logs/a.log" } as const;
  const report = (outcome: StackReport["outcome"], rest: Partial<StackReport> = {}): StackReport => ({
    stack,
    outcome,
    ...rest,
  });
  const drift = {
    tier: "declared",
    path: "timeToLive",
    expected: "on",
    actual: "off",
    remedy: "Deploy.",
  } as const;
  const table = (tier: "declared" | "unknown") => ({
    stack: "agent-matching-tables-dev" as const,
    kind: "table" as const,
    id: "agent-profiles",
    name: "agent-profiles-dev",
    findings: findingsOf({ kind: "table", name: "agent-profiles-dev" }, [{ ...drift, tier }]),
  });

  it.each([
    ["interrupted", [report("applied"), report("failed", { failure }), report("interrupted")], []],
    ["failed", [report("applied"), report("failed", { failure }), report("not begun")], []],
    ["stale", [report("failed", { failure: { kind: "stale", error: "plan again" } })], []],
    ["refused", [report("refused"), report("planned")], []],
    ["drift", [report("applied")], [table("declared")]],
    ["unverified", [report("applied")], [table("unknown")]],
    ["planned", [report("planned"), report("no changes")], []],
    ["deployed", [report("applied"), report("no changes")], []],
    ["no changes", [report("no changes")], []],
  ] as const)("is %s by the worst of its stacks", (outcome, stacks, verified) => {
    expect(outcomeOf(stacks, verified)).toBe(outcome);
  });

  it.each([
    ["exists", "ResourceConflictException: Function already exist: status-writer-dev"],
    ["exists", "ResourceInUseException: Table already exists: agent-profiles-dev"],
    ["other", "ResourceInUseException: Table is being updated: agent-profiles-dev"],
  ])("tells what %s from Terraform's error", (kind, output) => {
    const failed = new TerraformFailed(stack, "apply", output, "/logs/a.log", "other", output);
    expect(failureOf(stack, loadEnvironments({}).dev, failed)).toMatchObject({ kind });
  });

  it("is told with the log of what failed, what differs and how to go on", () => {
    const goOn = "npm run deploy -- --env dev agent-matching-tables-dev";
    const whole = {
      outcome: "failed",
      stacks: [report("applied", { seconds: 12.34 }), report("failed", { failure })],
      verified: [table("declared")],
      goOn,
    } as const;
    expect(describeReport(whole, plain).split("\n")).toEqual([
      "✓ agent-matching-tables-dev  applied  12.3 s",
      "✗ agent-matching-tables-dev  failed",
      "agent-matching-tables-dev: apply: Error: limit exceeded",
      "  Log: /logs/a.log",
      "✗ agent-profiles-dev: timeToLive is off, expected on. Deploy.",
      `To go on: ${goOn}`,
    ]);
    expect(documentOf(whole)).toMatchObject({
      outcome: "failed",
      error: "agent-matching-tables-dev: apply: Error: limit exceeded",
      goOn,
    });
  });
});
