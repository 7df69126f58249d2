import type { AwsClients, AwsOptions } from "../aws";
import type { Report } from "./report";
import type { Subjects } from "./select-subjects";
import { openStacks } from "./stacks/open-stacks";
import { verifyTables, type VerifyOptions } from "./verify-tables";

export interface VerifyAllOptions extends VerifyOptions {
  /** What the clients of the stacks are made with, as those of the tables were. */
  readonly aws?: AwsOptions;
  readonly variables?: NodeJS.ProcessEnv;
}

export interface OpenSubjects {
  /** Looks at everything that is asked for, tables first. */
  readonly verify: () => Promise<readonly Report[]>;
  /** Types and attributes of the stacks that no check looks at, as Terraform calls them. */
  readonly notLookedAt: readonly string[];
}

/**
 * Makes ready to look, once or again and again: the stacks are synthesized once.
 *
 * @throws CouldNotTell and SettingError as synthesizing does.
 */
export async function openAll(
  clients: AwsClients,
  { tables, stacks }: Subjects,
  { aws = {}, variables = process.env, ...options }: VerifyAllOptions,
): Promise<OpenSubjects> {
  const { verify, notLookedAt } = await openStacks(clients, stacks, { aws, variables, ...options });
  return {
    // Side by side: they ask other services.
    verify: async () => (await Promise.all([verifyTables(clients, tables, options), verify()])).flat(),
    notLookedAt,
  };
}

/** Everything that is asked for, once: what `npm run verify` does, and its bench measures. */
export const verifyAll = async (
  clients: AwsClients,
  subjects: Subjects,
  options: VerifyAllOptions,
): Promise<readonly Report[]> => (await openAll(clients, subjects, options)).verify();
