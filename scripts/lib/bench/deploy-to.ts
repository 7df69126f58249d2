import type { EnvironmentName } from "../../../tables/naming";
import type { LocalAws } from "../../local/local-aws";
import { plainBoard } from "../deploy/board";
import { deploy } from "../deploy/deploy";

export interface BenchDeployment {
  readonly env: EnvironmentName;
  /** As people name them; all where there are none. */
  readonly stacks: readonly string[];
  readonly jobs: number;
  readonly signal: AbortSignal;
}

/**
 * Deploys stacks to a local AWS; the progress goes to stderr.
 *
 * @returns how many stacks.
 * @throws when one of them cannot be.
 */
export async function deployTo(
  aws: LocalAws,
  { env, stacks, jobs, signal }: BenchDeployment,
): Promise<number> {
  const report = await deploy(
    {
      env,
      stacks,
      aws: {},
      variables: { ...process.env, ...aws.variables },
      signal,
      jobs,
      board: plainBoard(process.stderr),
      tell: () => undefined,
      allowances: [],
      adopts: false,
    },
    { kind: "deploy", confirm: () => Promise.resolve(true) },
  );
  signal.throwIfAborted();
  if (report.outcome !== "deployed") {
    process.stderr.write(`${JSON.stringify(report)}\n`);
    throw new Error(`The deployment ended as "${report.outcome}".`);
  }
  return report.stacks.length;
}
