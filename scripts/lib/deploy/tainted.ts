/** What an interrupted deployment had begun to create: Terraform would destroy it and create it anew. */

import { terraform, type StackRuns } from "../stack-runs";

/** Their replacement loses data, or makes a second key; everything else is replaced as Terraform has it. */
const kept = new Set(["aws_cloudtrail", "aws_dynamodb_table", "aws_kms_key", "aws_s3_bucket"]);

interface State {
  readonly resources?: readonly {
    readonly mode: string;
    readonly type: string;
    readonly name: string;
    readonly instances: readonly { readonly status?: string }[];
  }[];
}

/**
 * Tells Terraform that half-made tables, keys and audit trails are good: it then completes them in place.
 *
 * @returns their addresses.
 */
export async function untaintHalfMade(runs: StackRuns, stack: string): Promise<readonly string[]> {
  const { stdout } = await terraform(runs, stack, "state pull", ["state", "pull"], [], { isSilent: true });
  const { resources = [] } = (stdout.trim() === "" ? {} : JSON.parse(stdout)) as State;
  const addresses = resources
    .filter(({ mode, type }) => mode === "managed" && kept.has(type))
    .filter(({ instances }) => instances.some(({ status }) => status === "tainted"))
    .map(({ type, name }) => `${type}.${name}`);
  for (const address of addresses) await terraform(runs, stack, "untaint", ["untaint", address]);
  return addresses;
}
