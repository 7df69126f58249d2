const { default: Sequencer } = require("@jest/test-sequencer");

/**
 * A fresh clone has no record of how long tests take, and jest would then begin with the largest files. Those
 * that take longest come first, so that no worker waits for the last of them.
 */
const longest = [
  "e2e/quickstart.test.ts",
  "e2e/documented-commands.test.ts",
  // It waits more than it works: 50,000 writes within the pace of an index.
  "scripts/populate-brands-kill.test.ts",
  "e2e/deploy.test.ts",
  "scripts/rollback.test.ts",
  "e2e/cdktf.test.ts",
  "terraform/plan.test.ts",
  "scripts/bench.test.ts",
  "e2e/runbooks.test.ts",
  "e2e/drift-stacks.test.ts",
  "scripts/bootstrap.test.ts",
  "functions/conversations/concurrent-writers.test.ts",
  "scripts/move-state.test.ts",
  "functions/hostile-input.test.ts",
  "scripts/monitoring-runbooks.test.ts",
  "functions/agent-matching/hostile-input.test.ts",
  "e2e/audit-trail.test.ts",
  "scripts/migrate-profiles-kill.test.ts",
  "e2e/drift.test.ts",
  "e2e/restore-switch.test.ts",
  // They wait for time-outs and retries.
  "functions/brand-processing/failing-services.test.ts",
  "functions/agent-matching/throttling.test.ts",
  "e2e/local-aws.test.ts",
];

const rank = ({ path }) => {
  const index = longest.findIndex((name) => path.endsWith(name));
  return index === -1 ? longest.length : index;
};

module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    return [...super.sort(tests)].sort((one, other) => rank(one) - rank(other));
  }
};
