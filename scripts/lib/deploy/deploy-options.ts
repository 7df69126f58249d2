/** What every way to deploy is told. */

import type { EnvironmentName } from "../../../tables/naming";
import type { AwsOptions } from "../aws";
import type { Commit } from "../commits";
import type { Board } from "./board";
import type { Report } from "./report";
import { openWorkplace, type Workplace, type WorkplaceOptions } from "./workplace";

export interface Checkout {
  readonly commit: Commit;
  /** A file differs from it. */
  readonly isChanged: boolean;
}

export interface DeployOptions {
  readonly env: EnvironmentName;
  /** As people typed them; all of the environment's where there are none. */
  readonly stacks: readonly string[];
  readonly aws: AwsOptions;
  readonly variables: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  readonly jobs: number;
  readonly board: Board;
  /** For people: summaries before they are asked, and what happens. */
  readonly tell: (text: string) => void;
}

/** Gives a workplace and closes it; says where a state is that Terraform could not store. */
export async function withWorkplace(
  options: WorkplaceOptions & Pick<DeployOptions, "tell">,
  use: (work: Workplace) => Promise<Report>,
): Promise<Report> {
  return withWorkplaceOf(options, use, ({ stacks }) =>
    stacks.every(({ outcome }) => outcome !== "failed" && outcome !== "interrupted"),
  );
}

/** @param isGood whether nobody wants to read the logs. */
export async function withWorkplaceOf<T>(
  options: WorkplaceOptions & Pick<DeployOptions, "tell">,
  use: (work: Workplace) => Promise<T>,
  isGood: (result: T) => boolean = () => true,
): Promise<T> {
  const work = await openWorkplace(options);
  let allWentWell = false;
  try {
    const result = await use(work);
    allWentWell = isGood(result);
    return result;
  } finally {
    for (const file of await work.close({ allWentWell })) {
      options.tell(
        `Terraform could not store a state in its backend. It is kept in ${file}: push it before anything else ` +
          "(docs/runbooks/deploy.md, A state that could not be stored).",
      );
    }
  }
}
