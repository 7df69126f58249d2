/** Every rule has a plan of Terraform's, against local AWS, that it refuses, and one that it nearly does. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { judge } from "../../../scripts/lib/guard/judge";
import { readLive } from "../../../scripts/lib/guard/live";
import type { GuardContext } from "../../../scripts/lib/guard/rule";
import { rules } from "../../../scripts/lib/guard/rules";
import type { RuleId, Verdict } from "../../../scripts/lib/guard/verdict";
import type { PlannedStack } from "../../../scripts/lib/plan/planned-stack";
import { apply, init, plan, show } from "../../../scripts/lib/stack-runs";
import { localAccountId } from "../../../stacks/local-endpoint";
import { startDeployment, type Deployment } from "../../support/deployment";
import { auditCases } from "../../support/guard-audit-cases";
import { sliceOf, withCases, type GuardCase } from "../../support/guard-cases";
import { otherCases } from "../../support/guard-other-cases";
import { policyCases } from "../../support/guard-policy-cases";
import { tableCases } from "../../support/guard-table-cases";
import { readStack, withLog } from "../../support/joined-stacks";
import { resource, synthesize } from "../../support/synthesis";

const stack = "agent-matching-tables-staging";
const own = synthesize(stack);
const templates = {
  table: resource(own, "aws_dynamodb_table", "agent-conversations"),
  // The provider waits ten seconds for the rotation.
  key: { ...resource(own, "aws_kms_key", "key"), enable_key_rotation: false, lifecycle: {} },
};
const cases = [
  ...tableCases(templates.table),
  ...otherCases(templates),
  ...policyCases(templates),
  ...auditCases,
];
const hour = 3_600_000;
const now = new Date("2026-11-20T12:00:00Z");

let deployment: Deployment;
let first: PlannedStack;
let planned: PlannedStack;

beforeAll(async () => {
  deployment = await startDeployment();
  const variables = { ...deployment.runs.variables, TF_CLI_ARGS_apply: "-parallelism=40" };
  const runs = { ...deployment.runs, variables };
  const document = readStack(runs, stack);
  const bare = {
    ...document,
    output: { key_arn: { value: "${aws_kms_key.key.arn}" } },
    resource: { aws_kms_key: { key: templates.key } },
  };
  const write = (phase: "applied" | "planned") =>
    writeFileSync(
      join(runs.synthesized, "stacks", stack, "cdk.tf.json"),
      JSON.stringify(withCases(bare, cases, phase)),
    );
  write("applied");
  await withLog(init(runs, stack));
  await withLog(plan(runs, stack));
  first = await show(runs, stack);
  await withLog(apply(runs, stack));
  write("planned");
  await withLog(plan(runs, stack));
  planned = await show(runs, stack);
}, 180_000);

afterAll(() => deployment.stop());

/** An hour after the last switch to on-demand. */
const context = (changes: Partial<GuardContext> = {}): GuardContext => ({
  environment: deployment.environment("staging"),
  accountId: localAccountId,
  allowances: [],
  now,
  lastOnDemand: switchedAt(1),
  ...changes,
});
const switchedAt = (hoursAgo: number) =>
  new Map([["to-on-demand-staging", new Date(now.getTime() - hoursAgo * hour)]]);

const caseOf = (id: string): GuardCase => {
  const found = cases.find((one) => one.id === id);
  if (found === undefined) throw new Error(`There is no case ${id}`);
  return found;
};
const slice = (id: string) => sliceOf(planned, caseOf(id));
const rulesOf = ({ refusals }: Verdict): readonly RuleId[] => [...new Set(refusals.map(({ rule }) => rule))];

describe("a plan of Terraform's", () => {
  it.each(cases.filter(({ refusedBy }) => refusedBy.length > 0))("is refused: $title ($id)", (one) => {
    const verdict = judge(sliceOf(planned, one), context());

    expect(rulesOf(verdict).toSorted()).toEqual([...one.refusedBy].sort());
    for (const { reason, wayOut } of verdict.refusals) {
      expect(reason).toMatch(/\.$/);
      expect(wayOut).toMatch(/^\(1\) .+, \(2\) .+\. See docs\/[\w/-]+\.md#[\w-]+\.$/s);
    }
    for (const id of one.refusedBy) {
      const others = rules.filter((rule) => rule.id !== id);
      expect(rulesOf(judge(sliceOf(planned, one), context(), others))).not.toContain(id);
    }
  });

  it.each(cases.filter(({ refusedBy }) => refusedBy.length === 0))("goes through: $title ($id)", (one) => {
    expect(sliceOf(planned, one).changes).not.toEqual([]);
    expect(judge(sliceOf(planned, one), context()).refusals).toEqual([]);
  });

  it.each(rules)("is there for the rule $id, refused and nearly so", ({ id }) => {
    expect(cases.filter(({ refusedBy }) => refusedBy.includes(id))).not.toEqual([]);
    expect(cases.filter(({ nearly }) => nearly.includes(id))).not.toEqual([]);
  });

  it("goes through when it creates everything", () => {
    expect(first.changes.length).toBeGreaterThan(40);
    expect(judge(first, context()).refusals).toEqual([]);
  });

  it("is refused for all its changes at once as for each", () => {
    expect(rulesOf(judge(planned, context())).toSorted()).toEqual(rules.map(({ id }) => id).sort());
  });
});

describe("a switch to on-demand", () => {
  const verdict = (lastOnDemand: ReadonlyMap<string, Date>) =>
    rulesOf(judge(slice("to-on-demand"), context({ lastOnDemand })));

  it("is refused 23 hours after the last one", () => {
    expect(verdict(switchedAt(23))).toEqual(["switches-billing-often"]);
  });

  it("goes through 24 hours after it, and the first time", () => {
    expect(verdict(switchedAt(24))).toEqual([]);
    expect(verdict(new Map())).toEqual([]);
  });

  it("asks AWS for the last one, which a table that was never switched has not", async () => {
    expect(await readLive(planned, deployment.clients("staging"))).toEqual({ lastOnDemand: new Map() });
  });
});

describe("--allow", () => {
  const allowances = [{ subject: "dropped-staging", reason: "copied to agent-profiles on 3 May" }];

  it("permits the refusals of its subject, with the reason", () => {
    const { refusals, permitted } = judge(slice("dropped"), context({ allowances }));

    expect(refusals).toEqual([]);
    expect(permitted).toEqual([
      expect.objectContaining({ rule: "destroys-table", because: "copied to agent-profiles on 3 May" }),
    ]);
  });

  it("permits nothing of another subject", () => {
    expect(rulesOf(judge(slice("forgotten"), context({ allowances })))).toEqual(["destroys-table"]);
  });
});
