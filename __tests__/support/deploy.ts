import { randomUUID } from "node:crypto";
import { plainBoard } from "../../scripts/lib/deploy/board";
import { deploy, type Mode, type PlanOptions } from "../../scripts/lib/deploy/deploy";
import type { Report } from "../../scripts/lib/deploy/report";
import type { EnvironmentName } from "../../tables/naming";

/** What a deployment in this process tells, beside its report. */
export interface Told {
  readonly report: Report;
  readonly text: string;
}

/** Deploys as `npm run deploy -- --yes` does, without starting a process. */
export async function deployHere(
  variables: NodeJS.ProcessEnv,
  env: EnvironmentName,
  stacks: readonly string[],
  options: Partial<PlanOptions> = {},
  mode: Mode = { kind: "deploy", confirm: () => Promise.resolve(true) },
): Promise<Told> {
  const lines: string[] = [];
  const tell = (text: string) => lines.push(text);
  const report = await deploy(
    {
      env,
      stacks,
      aws: {},
      variables,
      signal: new AbortController().signal,
      jobs: 2,
      board: plainBoard({ write: tell }),
      tell,
      allowances: [],
      adopts: false,
      ...options,
    },
    mode,
  );
  return { report, text: lines.join("\n") };
}

/** A bucket that no other test has. */
export const bucketName = (): string => `state-${randomUUID()}`;
