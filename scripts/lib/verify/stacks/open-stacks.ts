import type { Environment } from "../../../../stacks/environments";
import type { StackId } from "../../../../stacks/naming";
import { patientConfiguration, type AwsClients, type AwsOptions } from "../../aws";
import type { Report } from "../report";
import type { Tally } from "../tally";
import type { DeclaredStacks } from "./declared-stack";

export interface OpenStacks {
  /** Looks at all of them. */
  readonly verify: () => Promise<readonly Report[]>;
  /** Types and attributes of theirs that no check looks at, as Terraform calls them. */
  readonly notLookedAt: readonly string[];
}

export interface OpenStacksOptions {
  readonly environment: Environment;
  readonly aws: AwsOptions;
  readonly variables: NodeJS.ProcessEnv;
  /** Of another commit, or synthesized already; the working tree's by default. */
  readonly declared?: DeclaredStacks;
  readonly signal?: AbortSignal;
  readonly tally?: Tally;
}

/**
 * Synthesizes the stacks and makes the clients, once for however many looks. Where no stack is asked for, neither is
 * done: both take a second.
 *
 * @throws CouldNotTell and SettingError as synthesizing does.
 */
export async function openStacks(
  clients: Pick<AwsClients, "accountId" | "sts">,
  stacks: readonly StackId[],
  { environment, aws, variables, signal, tally, ...given }: OpenStacksOptions,
): Promise<OpenStacks> {
  if (stacks.length === 0) return { verify: () => Promise.resolve([]), notLookedAt: [] };
  const [{ stackClients }, { verifyStacks }, { synthesizeDeclared }, { notLookedAt }] = await Promise.all([
    import("./clients"),
    import("./verify-stacks"),
    import("./declared-stack"),
    import("./coverage"),
  ]);
  const declared = given.declared ?? (await synthesizeDeclared(variables, environment.name));
  const own = stackClients(clients, patientConfiguration(environment, aws, variables));
  return {
    verify: () =>
      verifyStacks(own, stacks, {
        environment,
        declared,
        ...(signal && { signal }),
        ...(tally && { tally }),
      }),
    notLookedAt: notLookedAt(stacks.flatMap((id) => declared.get(id) ?? [])),
  };
}
