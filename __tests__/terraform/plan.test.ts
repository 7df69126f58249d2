/**
 * Layer 3: Terraform and the real provider accept every stack, would create it in an empty account, and have
 * nothing left to do once it is created.
 */

import { apply, describePlan, init, plan, validate } from "../../scripts/lib/stack-runs";
import { stackId } from "../../stacks/naming";
import { tablesOf } from "../../tables/catalogue";
import type { Capacity } from "../../tables/capacity";
import { environmentNames } from "../../tables/naming";
import { systems, type System } from "../../tables/systems";
import { startDeployment, type Deployment } from "../support/deployment";

const isScaled = (capacity: Capacity) =>
  capacity.mode === "provisioned" && capacity.autoscaling !== undefined;

/** A key, its alias, an access policy, the tables; and two targets and two policies for all that scales. */
function resourceCount(system: System): number {
  const tables = tablesOf(system);
  const scaled = tables
    .flatMap(({ capacity, indexes }) => [capacity, ...Object.values(indexes).map((index) => index.capacity)])
    .filter(isScaled);
  return 3 + tables.length + 4 * scaled.length;
}

/** The quickstart does the same with those of `local`. */
const environments = environmentNames.filter((name) => name !== "local");

/** With every optional part of an API: tokens and CORS. */
const settings = {
  DEV_JWT_ISSUER: "https://login.example.com/pool",
  DEV_JWT_AUDIENCE: "portal,console",
  DEV_CORS_ORIGINS: "https://portal.example.com",
};
const servicesSystems = ["conversations", "agent-matching", "trade-status", "design-analysis"] as const;
/** Also applied, in a test of its own, which validates and plans it as well. */
const appliedServices = stackId("design-analysis", "services", "dev");

describe("Terraform", () => {
  let deployment: Deployment;
  beforeAll(async () => (deployment = await startDeployment(settings)), 60_000);
  afterAll(() => deployment.stop());

  const provision = async (stack: string) => {
    const { runs } = deployment;
    await init(runs, stack);
    await validate(runs, stack);
    const first = describePlan(await plan(runs, stack));
    await apply(runs, stack);
    return { stack, first, second: describePlan(await plan(runs, stack)) };
  };

  it.each(environments)(
    "validates, plans and applies every tables stack of %s, and a second plan is empty",
    async (environment) => {
      const outcomes = await Promise.all(
        systems.map((system) => provision(stackId(system, "tables", environment))),
      );
      expect(outcomes).toEqual(
        systems.map((system) => ({
          stack: stackId(system, "tables", environment),
          first: `${resourceCount(system)} to create`,
          second: "no changes",
        })),
      );
    },
    300_000,
  );

  it.each(environments)(
    "validates and plans every services stack of %s that is only planned",
    async (environment) => {
      const { runs } = deployment;
      const stacks = servicesSystems.map((system) => stackId(system, "services", environment));
      for (const stack of stacks.filter((id) => id !== appliedServices)) {
        await init(runs, stack);
        await validate(runs, stack);
        expect(describePlan(await plan(runs, stack))).toMatch(/^\d+ to create$/);
      }
    },
    120_000,
  );

  it("validates, plans and applies an API that takes tokens and answers browsers, and a second plan is empty", async () => {
    expect(await provision(appliedServices)).toEqual({
      stack: "design-analysis-services-dev",
      // The authorizer is one more than without tokens.
      first: "29 to create",
      second: "no changes",
    });
  }, 120_000);
});
