/** How long all stacks of an environment take to deploy: side by side, and one after the other. */

import { availableParallelism } from "node:os";
import { startLocalAws } from "../../local/local-aws";
import type { Bench, BenchOptions } from "./bench";
import { deployTo } from "./deploy-to";

const env = "dev";

export const deployBench: Bench = {
  description: "deploys all stacks of an environment to an empty local AWS, side by side and one by one",
  async run({ quick, signal }: BenchOptions) {
    const stacks = quick ? ["trade-status-tables", "design-analysis-tables"] : [];
    const runs = [];
    for (const jobs of [availableParallelism() + 1, 1]) {
      runs.push({ jobs, ...(await deployOnce(stacks, jobs, signal)) });
    }
    return {
      engine: "moto",
      document: { environment: env, runs },
      text: runs
        .map(({ jobs, seconds, stacks: count }) => {
          const how = jobs === 1 ? "one after the other" : `${jobs} at a time`;
          return `${seconds.toFixed(1).padStart(7)} s  ${count} stacks, ${how} (--jobs ${jobs})`;
        })
        .join("\n"),
    };
  },
};

async function deployOnce(
  stacks: readonly string[],
  jobs: number,
  signal: AbortSignal,
): Promise<{ readonly stacks: number; readonly seconds: number }> {
  const aws = await startLocalAws({ signal });
  try {
    const started = performance.now();
    const deployed = await deployTo(aws, { env, stacks, jobs, signal });
    return { stacks: deployed, seconds: (performance.now() - started) / 1000 };
  } finally {
    await aws.stop();
  }
}
