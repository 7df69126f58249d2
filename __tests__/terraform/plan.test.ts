/**
 * Layer 3: Terraform and the real provider accept every stack, would create it in an empty account, and have
 * nothing left to do once it is created.
 *
 * Many stacks go through one run of Terraform, each as a module: every resource is validated, planned and, for
 * tables and audit stacks and those of dev, created as it was synthesized, beside those of all the others. What a module
 * leaves out is proved elsewhere: each stack's backend and its own default tags by __tests__/e2e (cdktf, drift,
 * documented-commands) for single stacks of dev and staging, and by the quickstart for all stacks of `local`.
 */

import { judge } from "../../scripts/lib/guard/judge";
import { apply, describePlan, init, plan, validate, type StackRuns } from "../../scripts/lib/stack-runs";
import { tableAlarms } from "../../stacks/monitoring/table-alarms";
import { localAccountId } from "../../stacks/local-endpoint";
import { auditedSystems, stackId } from "../../stacks/naming";
import { tablesOf } from "../../tables/catalogue";
import type { Capacity } from "../../tables/capacity";
import { environmentNames, type EnvironmentName } from "../../tables/naming";
import { systems, type System } from "../../tables/systems";
import { startDeployment, type Deployment } from "../support/deployment";
import {
  appliedByStack,
  joinStacks,
  readStack,
  countResources,
  showStacks,
  withLog,
} from "../support/joined-stacks";

const isScaled = (capacity: Capacity) =>
  capacity.mode === "provisioned" && capacity.autoscaling !== undefined;

/**
 * A key, its alias, an access policy, the alarms' topic with its policy, the tables; two targets and two policies for
 * all that scales; the alarms of all, and in dev somebody who is told.
 */
function resourceCount(system: System, environment: EnvironmentName): number {
  const tables = tablesOf(system);
  const scaled = tables
    .flatMap(({ capacity, indexes }) => [capacity, ...Object.values(indexes).map((index) => index.capacity)])
    .filter(isScaled);
  const alarms = tables.flatMap((spec) => tableAlarms(spec, environment));
  const told = environment === "dev" ? 1 : 0;
  return 5 + tables.length + 4 * scaled.length + alarms.length + told;
}

/** Those of `local` are applied by the quickstart. */
const environments = environmentNames.filter((name) => name !== "local");

/** dev has every optional part: of APIs tokens and CORS, of brand processing all; staging and prod have none. */
const settings = {
  DEV_JWT_ISSUER: "https://login.example.com/pool",
  DEV_JWT_AUDIENCE: "portal,console",
  DEV_CORS_ORIGINS: "https://portal.example.com",
  DEV_ALARM_EMAILS: "on-call@example.com",
  DEV_AGENT_GUARDRAIL: "abcdefgh1234:1",
  DEV_AGENT_KEY_ARN: "arn:aws:kms:us-east-1:123456789012:key/8f0b4b0e-9c1f-4d6a-8e3b-9c105f0a2c8e",
  DEV_ATHENA_DATABASE: "brands",
  DEV_ATHENA_WORKGROUP: "primary",
  DEV_ATHENA_OUTPUT: "s3://brand-processing-dev/athena-results/",
  DEV_ATHENA_DATA: "s3://brand-processing-dev/brands/",
  DEV_POPULATION_SCHEDULE: "cron(0 3 * * ? *)",
};
const tablesStacks = environments.flatMap((name) => systems.map((one) => stackId(one, "tables", name)));
/** Eight resources each, beside hundreds: in all of these environments. */
const auditStacks = (name: EnvironmentName) => auditedSystems.map((one) => stackId(one, "audit", name));
const servicesStacks = (name: EnvironmentName) => systems.map((one) => stackId(one, "services", name));

/** The provider creates one Lambda after the other, five seconds each: only those of dev are. */
const joined = {
  applied: [...tablesStacks, ...environments.flatMap(auditStacks), ...servicesStacks("dev")],
  planned: [
    ...systems.map((one) => stackId(one, "tables", "local")),
    ...auditStacks("local"),
    ...(["staging", "prod", "local"] as const).flatMap(servicesStacks),
  ],
};
/** It waits for a key longer than it works on it: they may all wait at once. */
const atOnce = { TF_CLI_ARGS_apply: "-parallelism=40" };

describe("Terraform", () => {
  let deployment: Deployment;
  let runs: StackRuns;
  beforeAll(async () => {
    deployment = await startDeployment(settings);
    runs = { ...deployment.runs, variables: { ...deployment.runs.variables, ...atOnce } };
    for (const [name, stacks] of Object.entries(joined)) joinStacks(runs, stacks, name);
  }, 60_000);
  afterAll(() => deployment.stop());

  const resources = (stack: string) => countResources(readStack(runs, stack));
  const validateAndPlan = async (name: keyof typeof joined) => {
    await withLog(init(runs, name));
    await withLog(validate(runs, name));
    return describePlan(await withLog(plan(runs, name)));
  };
  /** The guard lets everyone's first deployment through. */
  const refusals = async (name: keyof typeof joined) => {
    const plans = await showStacks(runs, joined[name], name);
    const guarded = { allowances: [], now: new Date(), lastOnDemand: new Map(), accountId: localAccountId };
    return plans.flatMap((one) => {
      expect(one.changes).toHaveLength(resources(one.stack));
      return judge(one, { environment: deployment.environment(one.environment), ...guarded }).refusals;
    });
  };
  const allOf = (stacks: readonly string[]) =>
    `${stacks.reduce((sum, stack) => sum + resources(stack), 0)} to create`;

  it.each(environments)("finds in a tables stack of %s what the specs ask for", (environment) => {
    for (const system of systems) {
      expect(resources(stackId(system, "tables", environment))).toBe(resourceCount(system, environment));
    }
  });

  it("finds an authorizer more where an API takes tokens", () => {
    expect(resources("design-analysis-services-prod")).toBe(36);
    expect(resources("design-analysis-services-dev")).toBe(37);
  });

  it("validates, plans and applies every other stack, and a second plan is empty", async () => {
    expect(await validateAndPlan("applied")).toBe(allOf(joined.applied));
    expect(await refusals("applied")).toEqual([]);
    await withLog(apply(runs, "applied"));
    expect(appliedByStack(runs, "applied")).toEqual(
      Object.fromEntries(joined.applied.map((stack) => [stack, resources(stack)])),
    );
    expect(describePlan(await withLog(plan(runs, "applied")))).toBe("no changes");
  }, 300_000);

  it("validates and plans every services stack of staging and prod, and every stack of local", async () => {
    expect(await validateAndPlan("planned")).toBe(allOf(joined.planned));
    expect(await refusals("planned")).toEqual([]);
  }, 120_000);
});
