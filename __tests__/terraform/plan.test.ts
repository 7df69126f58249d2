/** Layer 3: Terraform and the real provider accept every stack, and would create it in an empty account. */

import { describePlan, init, plan, validate } from "../../scripts/lib/stack-runs";
import { environmentNames } from "../../tables/naming";
import { systems, type System } from "../../tables/systems";
import { startDeployment, type Deployment } from "../support/deployment";

/** A key, its alias, an access policy, the tables; and two targets and two policies for all that scales. */
const resources: Readonly<Record<System, number>> = {
  "brand-processing": 4,
  conversations: 4,
  "agent-matching": 3 + 2 + 5 * 4,
  "trade-status": 4,
  "design-analysis": 4,
};

const stacks = environmentNames.flatMap((environment) =>
  systems.map((system) => ({ stack: `${system}-tables-${environment}`, count: resources[system] })),
);

describe("Terraform validates and plans", () => {
  let deployment: Deployment;
  beforeAll(async () => (deployment = await startDeployment()), 60_000);
  afterAll(() => deployment.stop());

  it.each(stacks)(
    "$stack: $count to create",
    async ({ stack, count }) => {
      await init(deployment.runs, stack);
      await validate(deployment.runs, stack);
      expect(describePlan(await plan(deployment.runs, stack))).toBe(`${count} to create`);
    },
    120_000,
  );
});
